"""The demo: an invented district, three simulated hospitals, a real hub, and the story of what happened."""
