"""Deployment programs in TypeScript and JavaScript, run on paper: their code is read, never executed."""
