"""Measures how well claims of invented people find their persons: the hub, its scoring alone, and others."""
