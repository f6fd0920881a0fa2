"""Results that go from one software to another: mteb's result files, runs of TREC, rankings."""
