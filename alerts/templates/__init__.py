"""Finds ads whose texts are near-duplicates of each other, and shows what stands in their slots."""
