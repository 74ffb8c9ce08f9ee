"""The rules about imports."""
