"""Judgement types and metrics, by family: judgements in, a number out, no I/O and no random numbers."""
