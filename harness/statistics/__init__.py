"""Arrays in, numbers out: intervals, and the seeds of every random procedure."""
