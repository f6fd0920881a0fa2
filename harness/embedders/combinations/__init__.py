"""Several candidates as one."""
