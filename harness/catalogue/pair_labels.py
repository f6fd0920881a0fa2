"""What labels of pairs say, as people and programs write them: 1 for a match, 0 for none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN: Mapping[str, int] = {"1": 1, "1.0": 1, "true": 1, "0": 0, "0.0": 0, "false": 0}
"""What nobody can misread, in small letters: spreadsheets write TRUE, programs that had gaps in a column 1.0."""
MATCH = frozenset({"是", "对", "相同", "匹配", "蕴含", "yes", "y", "match", "same", "positive"})
MATCH |= {"duplicate", "paraphrase", "entailment"}
"""Words for a match."""
NO_MATCH = frozenset({"否", "错", "不同", "不匹配", "矛盾", "no", "n", "different", "negative", "contradiction"})
NO_MATCH |= {"not_entailment", "not_paraphrase", "not_duplicate"}
"""Words for none."""
NEITHER = frozenset({"neutral", "中立", "-", "-1"})
"""Words of inference for what mteb's tasks leave out."""
