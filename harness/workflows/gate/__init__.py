"""A candidate against a baseline, and an embedder against itself.

setup      a gate before anybody is judged: baseline, anchor, who, by what
choosing   who stands against whom, on which suites and metrics: every fault of the configuration at once
pairing    two runs → what there is to answer a gate with
plans      what gates need: items, and a margin above the noise
costs      profiles, findings and prices → values that budgets are held against
freshness  whether the runs that are judged are those that are meant
gate, aa   the two workflows
"""
