"""Runs on the same items, compared: two of them, a field of them, the course of one."""
