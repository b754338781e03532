"""Goes out, brings ads home, keeps proof."""

__version__ = "0.1.0"
