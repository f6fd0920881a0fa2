"""Models of sentence-transformers: what `st:` and `ce:` open."""
