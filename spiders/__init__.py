"""Spiders and site files: each knows one kind of site."""
