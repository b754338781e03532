"""The review page: what an investigator reads, served on loopback and without scripts, and what is decided there."""
