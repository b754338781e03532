"""Pictures: which hashes are of one picture, so that its copies are one key."""
