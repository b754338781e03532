"""The commands of the judging room."""
