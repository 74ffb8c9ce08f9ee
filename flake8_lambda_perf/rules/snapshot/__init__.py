"""The rules about what a snapshot must not keep."""
