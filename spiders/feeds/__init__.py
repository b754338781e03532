"""Families of feeds: sources that hand out their ads as data, page by page."""
