"""`--max-cost`: it stops in time, and nothing that was paid is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.embedders.remote.prices import Price, PriceList
from harness.embedders.remote.spending import Budget
from harness.embedders.remote.terms import Terms
from harness.embedders.resolve import parse_spec
from harness.errors import EmbedderError, UsageError
from harness.store import Store
from harness.workflows.run import Request, failed, paid, run
from tests.faults import BAD_ANSWERS, beyond, since, slow
from tests.faulty_server import tokens
from tests.watching import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faulty_server import FaultyServer

TOKEN = 0.001
"""What a token, of which the server counts one per character, costs here."""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """300 pairs of texts of 100 characters, which are 25 tokens by the estimate and 100 by the server's count."""
    folder = tmp_path / "long"
    folder.mkdir()
    (folder / "suite.yaml").write_text(
        "title: Long\nlicence: CC0-1.0\ntask: similarity\ntables: {pairs: pairs.tsv}\nmetrics: [spearman]\n", "utf-8"
    )
    rows = [f"{f'{row:04d}a' * 20}\t{f'{row:04d}b' * 20}\t{row % 5}" for row in range(300)]
    (folder / "pairs.tsv").write_text("\n".join(["sentence1\tsentence2\tscore", *rows]) + "\n", "utf-8")
    return folder


@pytest.fixture
def asking(suite: Path, tmp_path: Path, faulty: FaultyServer) -> Callable[..., Request]:
    """Makes a request whose services may cost so much."""

    def asking(
        amount: float | None, *more: str, suites: tuple[Path, ...] = (suite,), batch_size: int = 5, timeout: int = 60
    ) -> Request:
        options = f"batch_size={batch_size}&concurrency=8&timeout={timeout}"
        specs = {"paid": f"openai:m?base_url={faulty.url}&{options}"}
        specs |= {text: text for text in more}
        embedders = {label: parse_spec(text) for label, text in specs.items()}
        terms = Terms(None, PriceList({"m": Price(TOKEN * 1e6), "o": Price(1.0, "CNY")}), Budget(amount))
        return Request([str(one) for one in suites], embedders, tmp_path / "r.duckdb", tmp_path / "vectors", terms)

    return asking


def cost(faulty: FaultyServer) -> float:
    """What the server would charge for all that it answered."""
    return tokens(faulty.embedded) * TOKEN


@pytest.mark.parametrize("amount", [3.0, 10.0, 20.0])
def test_it_stops_before_the_request_that_would_exceed_it(
    asking: Callable[..., Request], faulty: FaultyServer, amount: float
) -> None:
    """Eight requests at once, of four times as many tokens as were estimated: never more than the amount is spent."""
    (made,) = run(asking(amount), Watcher())
    assert made.status == "failed"
    assert made.reason.startswith(f"--max-cost {amount:g} is reached")
    assert amount / 3 < cost(faulty) <= amount
    assert failed([made]) is EmbedderError


def test_everything_that_was_paid_is_cached_and_recorded(asking: Callable[..., Request], faulty: FaultyServer) -> None:
    """The next run with more money asks for no text again; the failed one says what it has cost."""
    asked = asking(20.0)
    (made,) = run(asked, Watcher())
    paid_for = set(faulty.embedded)
    (recorded,) = [value for *_, name, _, value, _ in Store(asked.store).findings([], []) if name == "cost"]
    assert recorded == pytest.approx(cost(faulty))
    assert paid(made) == [f"{cost(faulty):.2f} USD"]
    faulty.forget()
    (again,) = run(asking(None), Watcher())
    assert again.status == "ok"
    again_asked = {text for text in faulty.embedded if text.endswith(("a", "b"))}
    assert not again_asked & paid_for - set(faulty.asked[0].texts)


@pytest.mark.parametrize("name", ["too few", "bad base64", "ragged", "no data"])
@pytest.mark.usefixtures("hurried")
def test_answers_that_are_no_use_are_paid_too(asking: Callable[..., Request], faulty: FaultyServer, name: str) -> None:
    """A server that spoils every answer with more than 30 texts: what it charges for all of them is within bounds."""
    faulty.faults.append(beyond(30, BAD_ANSWERS[name]))
    (made,) = run(asking(20.0, batch_size=40), Watcher())
    assert made.status == "failed"
    assert 0 < cost(faulty) <= 20


@pytest.mark.usefixtures("hurried")
def test_requests_that_timed_out_are_taken_for_paid(asking: Callable[..., Request], faulty: FaultyServer) -> None:
    """Whoever answers too late may charge for it; whoever refuses does not."""
    faulty.faults.append(since(2, slow(3)))
    (made,) = run(asking(20.0, timeout=1), Watcher())
    assert made.status == "failed"
    (recorded,) = [value for *_, name, _, value, _ in Store(asking(None).store).findings([], []) if name == "cost"]
    assert tokens(faulty.asked[0].texts) * TOKEN < recorded <= 20


def test_later_suites_of_paid_services_fail_at_once_and_local_ones_go_on(
    asking: Callable[..., Request], faulty: FaultyServer, toy_suite: Path, suite: Path
) -> None:
    """Toy would be cheap enough, and is not asked for any more."""
    made = run(asking(3.0, "baseline:hashing", suites=(suite, toy_suite)), Watcher())
    assert [one.status for one in made] == ["failed", "failed", "ok", "ok"]
    assert "is reached" in made[1].reason
    assert not {"cheap flights", "红烧肉怎么做"} & set(faulty.texts)


def test_members_are_paid_in_their_own_currency(
    asking: Callable[..., Request], faulty: FaultyServer, toy_suite: Path
) -> None:
    """The finding says which, whoever of them it is about."""
    both = f"hybrid:rrf(openai:m?base_url={faulty.url},openai:o?base_url={faulty.url})"
    _, made = run(asking(None, both, suites=(toy_suite,)), Watcher())
    (cost,) = [finding for finding in made.findings if finding.name == "cost"]  # what `paid` has embedded costs nothing
    assert cost.subject == "CNY"
    assert cost.note.startswith("openai:o")
    assert [amount.split()[-1] for amount in paid(made)] == ["CNY"]


def test_a_plan_above_the_amount_is_said_before(asking: Callable[..., Request]) -> None:
    """It runs all the same: an estimate may be wrong, and what is paid is kept."""
    watch = Watcher()
    run(asking(3.0), watch)
    (warning,) = watch.warnings
    assert warning.endswith("USD, more than --max-cost 3: it will stop there")
    quiet = Watcher()
    assert run(asking(1e6), quiet)[0].status == "ok"
    assert quiet.warnings == []


@pytest.mark.usefixtures("elsewhere")
def test_what_cannot_be_counted_is_refused_at_the_start(asking: Callable[..., Request], faulty: FaultyServer) -> None:
    """A price that is not known, and two currencies; nothing was sent. Local embedders need no price."""
    host = faulty.url.split("/")[2]
    with pytest.raises(UsageError) as unknown:
        run(asking(5.0, f"openai:x?base_url={faulty.url}"), Watcher())
    assert str(unknown.value) == (
        f"--max-cost: the price of {host}/x is not known. Write it into harness.toml, per million tokens, 0 where it "
        f'costs nothing, as in\n  [prices]\n  "{host}/x" = {{per_million = 0.02, currency = "USD"}}'
    )
    with pytest.raises(UsageError, match="these services are paid in USD and CNY"):
        run(asking(5.0, f"openai:o?base_url={faulty.url}"), Watcher())
    assert faulty.asked == []
    assert run(asking(1e6, "baseline:hashing"), Watcher())[1].status == "ok"
