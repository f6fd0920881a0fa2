"""A class per kind of suite, an instance per suite: tables in, judgements out."""
