"""How fast the engine is beside its peers, and what the fixes gain: `python -m tests.bench`."""
