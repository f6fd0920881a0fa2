"""What a plan says before anything is sent, and that it comes true."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders.remote.endpoint import Endpoint
from harness.embedders.remote.prices import Price, PriceList
from harness.embedders.remote.spending import Budget
from harness.embedders.remote.terms import Terms
from harness.embedders.resolve import parse_spec
from harness.errors import EmbedderError, UsageError
from harness.workflows import plan, planned_rows, shelf
from harness.workflows.plan import Line
from harness.workflows.run import Request, planned, run
from harness.workflows.shelf import load_suite
from tests.mteb_registry import foreign
from tests.watching import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faulty_server import FaultyServer


@pytest.fixture
def asking(toy_suite: Path, tmp_path: Path, faulty: FaultyServer) -> Callable[..., Request]:
    """Makes a request for toy; an embedder `openai:m…` is one of the server's, at 1000 USD for a million tokens."""
    prices = PriceList({"m": Price(1000.0)})

    def asking(*specs: str, suites: tuple[Path, ...] = (toy_suite,), terms: Terms | None = None) -> Request:
        embedders = {}
        for number, spec in enumerate(specs):
            address = f"base_url={faulty.url}"
            text = spec.replace("openai:m?", f"openai:m?{address}&").replace("ce:m?", f"ce:m?{address}&")
            embedders[f"{number}"] = parse_spec(text)
        chosen = terms or Terms(price=prices)
        return Request([str(suite) for suite in suites], embedders, tmp_path / "r.duckdb", tmp_path / "vectors", chosen)

    return asking


OPENAI = "openai:m?batch_size=3"


def lines_of(asked: Request) -> list[Line]:
    """The plan, where every suite can be read."""
    lines, unread = planned(asked)
    assert unread == []
    return lines


def test_a_plan_counts_texts_requests_tokens_and_money_and_sends_nothing(
    asking: Callable[..., Request], faulty: FaultyServer
) -> None:
    """8 texts, of which 3 go into a request: 1 + 2 requests, one for the sentinels, 16 for 4 times 10 probes."""
    (line,) = lines_of(asking(OPENAI))
    assert (line.texts, line.to_embed, line.checks, line.requests) == (8, 8, 2 + 3 * 4 + 10, 3 + 2 + 3 * 4 + 10)
    assert (line.host, line.name, line.remote) == (faulty.url.split("/")[2], "m", False)
    assert line.cost == pytest.approx(line.tokens / 1000)
    assert line.saved == 0
    assert faulty.asked == []


@pytest.mark.parametrize(
    "specs",
    [
        [OPENAI],
        [f"{OPENAI}&query_prompt=find: "],
        [OPENAI, f"{OPENAI}&precision=int8", f"{OPENAI}&dimensions=4"],
        [f"{OPENAI}&long=mean&segment=2"],
        [f"hybrid:rrf(bm25:,{OPENAI})", OPENAI],
        ["hybrid:rerank(bm25:,ce:m?batch_size=2)"],
        [f"hybrid:rerank({OPENAI},ce:m?batch_size=2)?depth=2"],
    ],
    ids=["plain", "prompt", "one identity three times", "segments", "member", "reranker", "two stages"],
)
def test_the_run_makes_the_requests_of_its_plan(
    asking: Callable[..., Request], faulty: FaultyServer, specs: list[str]
) -> None:
    """Before anything is cached, half-way, and when all is: then there are none, and the plan says so."""
    asked = asking(*specs)
    for number in range(2):
        lines = lines_of(asked)
        assert faulty.asked == []
        run(asked, Watcher())
        assert len(faulty.asked) == sum(line.requests for line in lines)
        assert (number == 0) is bool(faulty.asked)
        assert sum(line.to_embed for line in lines) == 0 or number == 0
        faulty.forget()


def test_what_one_embedder_will_have_embedded_the_next_one_has(
    asking: Callable[..., Request], toy_suite: Path, tmp_path: Path
) -> None:
    """Over suites and embedders of one identity; with another prompt it is another identity."""
    again = tmp_path / "again"
    shutil.copytree(toy_suite, again)
    first, same, other = lines_of(
        asking(OPENAI, f"{OPENAI}&similarity=dot", f"{OPENAI}&query_prompt=find: ", suites=(toy_suite, again))
    )
    assert (first.texts, first.to_embed) == (8, 8)
    assert (same.texts, same.to_embed, same.tokens, same.requests, same.cost) == (8, 0, 0, 0, 0)
    assert other.to_embed == 8


def test_the_cache_saves_what_it_has(asking: Callable[..., Request]) -> None:
    """After a run, all of the texts; their money moves from the one to the other."""
    (before,) = lines_of(asking(OPENAI))
    run(asking(OPENAI), Watcher())
    (after,) = lines_of(asking(OPENAI))
    assert (after.texts, after.to_embed, after.requests, after.cost) == (8, 0, 0, 0)
    assert after.saved == pytest.approx(after.known_tokens / 1000)
    assert 0 < after.known_tokens < before.tokens  # which held the checks too


def test_local_embedders_are_listed_without_money(asking: Callable[..., Request]) -> None:
    """With their texts; one that calls no model has none."""
    spelling, words, absent = lines_of(asking("baseline:hashing", "bm25:", "ce:/nowhere"))
    assert (spelling.texts, spelling.to_embed, spelling.requests, spelling.cost) == (8, 8, 0, None)
    assert (words, words.note) == (Line("1", note="calls no model"), "calls no model")
    assert (absent.texts, bool(absent.note)) == (0, True)


def test_a_guess_is_called_one(asking: Callable[..., Request]) -> None:
    """Which pairs are scored is known behind BM25, and not before a first stage has its vectors."""
    assert not any(line.note for line in lines_of(asking("hybrid:rerank(bm25:,ce:m?batch_size=2)")))
    lines = lines_of(asking(f"hybrid:rerank({OPENAI},ce:m?batch_size=2)?depth=2"))
    assert [line.note.startswith("the first stage decides") for line in lines] == [True, True]
    assert [line.to_embed for line in lines] == [8, 6]


def test_a_plan_refuses_what_a_run_refuses(asking: Callable[..., Request]) -> None:
    """A backend that does not exist."""
    with pytest.raises(UsageError, match="opnai"):
        planned(asking("opnai:m"))


def test_a_suite_that_cannot_be_read_keeps_no_other_from_being_planned(
    asking: Callable[..., Request], toy_suite: Path, tmp_path: Path
) -> None:
    """As in a run, where it fails alone; it is named with its faults, once for all embedders."""
    broken = shutil.copytree(toy_suite, tmp_path / "broken")
    (broken / "qrels.tsv").unlink()
    lines, unread = planned(asking("baseline:hashing", "bm25:", suites=(broken, toy_suite)))
    assert [(line.texts, line.note) for line in lines] == [(8, ""), (0, "calls no model")]
    assert [error.suite for error in unread] == ["broken"]
    (remark,) = planned_rows.remarks(lines, unread)
    assert remark.startswith("left out, every run of it would fail: suite broken has 1 fault:\n")
    assert "qrels.tsv" in remark


def test_what_cannot_be_asked_is_said(asking: Callable[..., Request], monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as an option that only the texts show to be wrong: the run would fail there."""

    def fail(*_: object) -> None:
        raise EmbedderError("no room\nfor this")

    monkeypatch.setattr(plan, "answered", fail)
    asked = asking("baseline:hashing")
    (line,) = lines_of(asked)
    assert (line.texts, line.note) == (0, "no room")
    assert list(planned_rows.remarks([line])) == ["0: no room"]
    assert list(planned_rows.remarks(lines_of(asking("bm25:")))) == []


@pytest.mark.usefixtures("elsewhere")
def test_consent_is_asked_for_before_anything_is_sent(asking: Callable[..., Request], faulty: FaultyServer) -> None:
    """One message: each host once, with its texts and embedders; members of hybrids too."""
    asked = asking(OPENAI, "openai:other?base_url=http://192.0.2.1/v1", f"hybrid:rrf(bm25:,{OPENAI})")
    with pytest.raises(UsageError) as refused:
        run(asked, Watcher())
    host = faulty.url.split("/")[2]
    assert str(refused.value) == (
        "texts would leave this machine, for\n"
        f"  {host}: 8 texts, for 0\n"
        "  192.0.2.1: 8 texts, for 1\n"
        f'Say --allow-remote if they may, or write allow_remote = ["{host}", "192.0.2.1"] into harness.toml'
    )
    assert faulty.asked == []
    assert not asked.store.exists()


@pytest.mark.usefixtures("elsewhere")
def test_consent_may_be_given_and_is_not_needed_for_what_is_cached(
    asking: Callable[..., Request], faulty: FaultyServer
) -> None:
    """For one host or all; a run that sends nothing needs none."""
    allowed = Terms(frozenset({faulty.url.split("/")[2]}))
    (made,) = run(asking(OPENAI, terms=allowed), Watcher())
    assert made.status == "ok"
    faulty.forget()
    (again,) = run(asking(OPENAI, terms=Terms()), Watcher())
    assert (again.status, faulty.asked) == ("ok", [])
    with pytest.raises(UsageError, match="texts would leave"):
        run(asking(f"{OPENAI}&query_prompt=find: ", terms=Terms()), Watcher())
    (other,) = run(asking(f"{OPENAI}&query_prompt=find: ", terms=Terms(None)), Watcher())
    assert other.status == "ok"


@pytest.fixture
def foreign_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The folder of a suite that other software judges."""
    (tmp_path / "sums").mkdir()
    (tmp_path / "sums" / "suite.yaml").write_text("", "utf-8")
    monkeypatch.setattr(
        shelf, "load_suite", lambda place: foreign("sums") if place.name == "sums" else load_suite(place)
    )
    return str(tmp_path / "sums")


def test_texts_that_nobody_knows_are_not_counted_but_named(
    asking: Callable[..., Request], toy_suite: Path, foreign_too: str
) -> None:
    """They are in no number, the cost is open, and a ranker, which has no vectors, is asked for none of them."""
    suites = (toy_suite, Path(foreign_too))
    known, local, words = lines = lines_of(asking(OPENAI, "baseline:hashing", "bm25:", suites=suites))
    assert (known.texts, known.foreign, known.unforeseen) == (8, ("sums",), True)
    assert (local.foreign, local.unforeseen, words.foreign) == (("sums",), False, ())
    shown = dict(zip(planned_rows.BRIEF, planned_rows.brief(lines)[0], strict=True))
    assert shown["≈ cost"].endswith(" USD + not known")
    assert planned_rows.brief(lines)[1][planned_rows.BRIEF.index("≈ cost")] == ""
    cells = dict(zip(planned_rows.COLUMNS, planned_rows.rows(lines)[0], strict=True))
    assert (cells["cost"], cells["note"]) == (None, "not counted, as nobody knows their texts: sums")
    assert "not counted, as nobody knows their texts: sums" in list(planned_rows.remarks(lines))


@pytest.mark.usefixtures("elsewhere")
def test_texts_that_nobody_knows_need_consent_and_a_price(
    asking: Callable[..., Request], foreign_too: str, faulty: FaultyServer
) -> None:
    """Although the plan has nothing to send: what the software will ask for leaves this machine."""
    suites = (Path(foreign_too),)
    with pytest.raises(UsageError, match="0 texts and those of sums, nobody knows how many, for 0"):
        run(asking(OPENAI, suites=suites), Watcher())
    priceless = Terms(None, price=PriceList({}), budget=Budget(1.0))
    with pytest.raises(UsageError, match=r"the price of .* is not known"):
        run(asking(OPENAI, suites=suites, terms=priceless), Watcher())
    assert faulty.asked == []
    (made,) = run(asking(OPENAI, suites=suites, terms=Terms(None)), Watcher())
    assert (made.status, made.texts) == ("ok", 2)


def test_a_limit_holds_for_texts_that_nobody_knew(
    asking: Callable[..., Request], foreign_too: str, faulty: FaultyServer
) -> None:
    """The run ends before the request that would exceed it."""
    terms = Terms(price=PriceList({"m": Price(1000.0)}), budget=Budget(0.0001))
    (made,) = run(asking(OPENAI, suites=(Path(foreign_too),), terms=terms), Watcher())
    assert made.status == "failed"
    assert "--max-cost" in made.reason
    assert faulty.asked == []


def test_a_plan_for_people_has_totals_and_one_for_programs_has_none() -> None:
    """Two services in two currencies and one without a price; what is saved is blank where it is nothing."""
    lines = [
        Line("a", "", Endpoint("http://h1"), "m", 10, 4, 1000, 500, 2, 1, Price(1.0, "USD", "2026-01-02", "x")),
        Line("b", "", Endpoint("http://h2"), "n", 10, 10, 1000, 0, 3, 0, Price(1000.0, "CNY")),
        Line("c", "openai:o", Endpoint("http://h3"), "o", 10, 10, 1000, 0, 3, 0, None),
        Line("d", texts=7, to_embed=7, tokens=70),
    ]
    assert planned_rows.brief(lines) == [
        ["a", "10", "4", "1,000", "2", "0.0010 USD", "0.0005 USD", "h1"],
        ["b", "10", "10", "1,000", "3", "1.00 CNY", "", "h2"],
        ["c · openai:o", "10", "10", "1,000", "3", "not known", "", "h3"],
        ["d", "7", "7", "70", "", "", "", ""],
        ["all", "37", "31", "3,070", "8", "0.0010 USD + 1.00 CNY + not known", "0.0005 USD", ""],
    ]
    assert list(planned_rows.remarks(lines)) == [
        "h3/o: price not known: [prices] in harness.toml",
        "1 of the requests are to see whether a service is steady, and the same as before",
        "h1/m: 1 USD per 1M tokens (2026-01-02, x)",
        "h2/n: 1000 CNY per 1M tokens",
    ]
    objects: list[dict[str, Any]] = [
        dict(zip(planned_rows.COLUMNS, row, strict=True)) for row in planned_rows.rows(lines)
    ]
    assert objects[0] == {
        "embedder": "a",
        "model": "",
        "endpoint": "h1",
        "remote": True,
        "texts": 10,
        "cached": 6,
        "to_embed": 4,
        "tokens": 1000,
        "requests": 2,
        "checks": 1,
        "cost": 0.001,
        "saved": 0.0005,
        "currency": "USD",
        "note": "",
    }
    assert (objects[2]["cost"], objects[2]["currency"], objects[2]["note"][:9]) == (None, "", "price not")
    assert (objects[3]["cost"], objects[3]["note"]) == (None, "")
    assert json.dumps(objects)
