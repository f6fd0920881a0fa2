"""What the columns of published data of sentence pairs are called, whoever reads them."""

from __future__ import annotations

FIRST: tuple[str, ...] = ("sentence1", "text1", "premise", "query", "question1", "word1", "s1", "sent1", "sentence")
FIRST += ("query1", "sentence_1", "sentence_a", "text_a", "text_1", "word_1", "句子1", "文本1")
SECOND: tuple[str, ...] = ("sentence2", "text2", "hypothesis", "passage", "question2", "word2", "s2", "sent2", "title")
SECOND += ("query2", "sentence_2", "sentence_b", "text_b", "text_2", "document", "word_2", "句子2", "文本2")
SCORE: tuple[str, ...] = ("score", "relatedness_score", "similarity_score", "relatedness", "similarity", "sim")
SCORE += ("human_(mean)", "gold", "label", "labels", "分数", "得分", "相似度")
"""The usual ones first, as `normal` has them."""


def normal(name: str) -> str:
    """A column's name without regard to case, blanks, dashes and an underscore before it."""
    return name.strip().lower().replace("-", "_").replace(" ", "_").lstrip("_")
