"""Other software's things as ours, and ours as theirs. Knows no files of ours, no store, no backends."""
