"""A made-up sample market of three sites on this machine, with the truth about every ad in it."""
