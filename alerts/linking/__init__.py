"""Ties ads into clusters by the keys they share, as ads come, and guards what a weak tie would join."""
