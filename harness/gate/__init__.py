"""Differences × what a team tolerates → a verdict."""
