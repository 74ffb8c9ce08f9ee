"""The rules about what manifests say of functions."""
