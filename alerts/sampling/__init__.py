"""Samples of the market for researchers: who is drawn, and an extract that gives nobody away."""
