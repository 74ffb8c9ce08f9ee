"""Deployment programs in Python, CDK's and Pulumi's, run on paper: their code is read, never executed."""
