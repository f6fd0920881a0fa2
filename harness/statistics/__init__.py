"""Arrays in, numbers out: intervals, power, and the seeds of every random procedure."""
