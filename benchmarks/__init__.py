"""Measures of speed and quality; printed, never tests."""
