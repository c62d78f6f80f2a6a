"""Identity among five million people: one decision, merging, and loading a base."""
