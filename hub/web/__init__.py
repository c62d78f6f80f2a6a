"""The web part: health, metrics, and what plugins serve."""
