"""`mteb:NAME?option=value` is taken apart, put together again, and refused where it means nothing."""

from __future__ import annotations

import pytest

from harness.catalogue.mteb.names import Asked, read_name, suite_name
from harness.errors import UsageError


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("mteb:SciFact", Asked("SciFact")),
        ("mteb:MTEB(cmn, v1)", Asked("MTEB(cmn, v1)")),
        ("mteb:ViDoRe(v1&v2)", Asked("ViDoRe(v1&v2)")),
        ("mteb:MTEB(cmn, v1)?protocol=mteb", Asked("MTEB(cmn, v1)", protocol="mteb")),
        ("mteb:STS22.v2?subset=zh,zh-en&split=test", Asked("STS22.v2", subset="zh,zh-en", split="test")),
        ("mteb:Tatoeba?language=zho,jpn-Jpan", Asked("Tatoeba", language="zho,jpn-Jpan")),
        ("mteb:SciFact?data=~/数据/sci fact", Asked("SciFact", data="~/数据/sci fact")),
        ("mteb:SciFact?data=a%26b%3Fc", Asked("SciFact", data="a&b?c")),
        ("mteb:SciFact?data=modelscope:org/name", Asked("SciFact", data="modelscope:org/name")),
        ("mteb:X?level=2&rows=500", Asked("X", level=2, rows=500)),
    ],
)
def test_a_name_is_taken_apart(text: str, asked: Asked) -> None:
    """A name may have brackets, commas and &; a value may be written with %XX."""
    assert read_name(text) == asked


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mteb:", "names no task"),
        ("mteb:X?sbset=zh", "Did you mean 'subset'"),
        ("mteb:X?data=R&D/x", "unknown option 'D/x'. Within a value, & is written %26. Known: "),
        ("mteb:X?subset", "once, as subset=VALUE"),
        ("mteb:X?subset=", "once, as subset=VALUE"),
        ("mteb:X?subset=a&subset=b", "once, as subset=VALUE"),
        ("mteb:X?protocol=theirs", "protocol is one of ours, mteb"),
        ("mteb:X?rows=-1", "rows is a whole number from 0"),
        ("mteb:X?rows=²", "rows is a whole number from 0"),
    ],
)
def test_an_option_that_means_nothing_is_refused(text: str, message: str) -> None:
    """The error says what is wrong with it, and what is known."""
    with pytest.raises(UsageError, match=message):
        read_name(text)


@pytest.mark.parametrize("subset", ["zh", "title and abstract", "c++", "a&b", "50%", "a=b", "中文"])
def test_a_suite_name_is_read_as_what_it_names(subset: str) -> None:
    """Whatever a subset is called."""
    assert read_name(suite_name("T", subset, numbers={"rows": 0})) == Asked("T", subset=subset)


def test_a_suite_name_is_plain() -> None:
    """Empty parts are left out, and what needs no escape has none."""
    assert suite_name("T", "title and abstract", numbers={"level": 1}) == "mteb:T?subset=title and abstract&level=1"
