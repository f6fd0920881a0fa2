"""What an embedder costs to run, measured on this machine.

profiling   the command: a process per embedder, one after the other, a recorded run for each
process     starts the process, reads what it reports, says how it died
child       inside that process: opens the embedder, measures, reports
measuring   when to time what, how often, until when
load        how many texts keep all of an embedder busy
texts       what is embedded: queries and documents, made up or the user's own
observed    what the process reports
measures    observed → measures
opening     the one place where an embedder to be measured is opened
"""
