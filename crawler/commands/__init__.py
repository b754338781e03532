"""The commands of the crawler's room."""
