"""The rules about clients."""
