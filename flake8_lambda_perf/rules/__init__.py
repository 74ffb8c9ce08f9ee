"""What is slow: one rule a file, one folder a family, and the catalogue of them all."""
