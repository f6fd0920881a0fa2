"""Whoever is judged: one file per backend, and wrappers around embedders."""
