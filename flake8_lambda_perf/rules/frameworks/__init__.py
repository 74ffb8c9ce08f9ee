"""The rules about frameworks."""
