"""Which person a claim is about."""
