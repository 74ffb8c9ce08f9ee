"""Many modules together: what each name means, who calls whom, and how often a line runs."""
