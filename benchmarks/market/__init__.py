"""A public benchmark: generated Nordic ad markets with their truth, and a scorer for any system's output."""
