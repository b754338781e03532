"""Tells people what is due, by mail, webhook or file, each thing once."""
