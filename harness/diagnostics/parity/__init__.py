"""Is it the same model behind two names? Observations of two sides → what keeps them apart, and a verdict.

probes       the texts that both sides are asked for
observation  what was seen of one side
agreement    how near two observations are
changes      what a pipeline may do to a text, each to be tried
cause        what causes are called, in the order of what decides first
causes       what shows each of them, by family
verdict      all of it together
"""
