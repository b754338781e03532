"""Gives ads to processes that read them, and keeps what was read."""
