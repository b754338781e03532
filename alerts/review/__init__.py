"""The review page: what an investigator reads, served on loopback, read-only and without scripts."""
