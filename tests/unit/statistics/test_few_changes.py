"""Bounds where few of many groups changed: against distributions that are known, and drawn weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from harness.statistics import few_changes
from harness.statistics.estimates import Constant, estimate, items_to_reach
from harness.statistics.few_changes import UNSEEN, FewChanges
from harness.statistics.seeding import generator

if TYPE_CHECKING:
    from harness.model import Estimate


def changed(*changes: float, groups: int = 100, span: float = 1.0) -> FewChanges:
    """These changes, the other groups without one."""
    return FewChanges(sum(changes) / groups, changes, groups, 0.01, span)


@pytest.mark.parametrize("groups", [20, 100, 1000, 100_000])
@pytest.mark.parametrize("losses", [1, 2, 5])
@pytest.mark.parametrize("alpha", [0.001, 0.05, 0.4])
def test_lost_hits(groups: int, losses: int, alpha: float) -> None:
    """All of one size: the share that is lost has a beta distribution, with the imagined group counted in or not."""
    found = changed(*[-1.0] * losses, groups=groups)
    assert found.lower(alpha) == pytest.approx(-stats.beta.isf(alpha, losses + UNSEEN, groups - losses), rel=1e-3)
    p = stats.beta.sf(0.4, losses + UNSEEN, groups - losses)
    assert found.p_above(-0.4) == pytest.approx(p, rel=1e-3, abs=1e-300)


@pytest.mark.parametrize(("wins", "losses"), [(0, 5), (1, 6), (3, 3), (10, 15), (25, 0)])
def test_a_whole_group_makes_it_exact(wins: int, losses: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted as 1, the imagined group makes bounds those of McNemar's exact test; as 2/3 they are narrower."""

    def level_at_0(found: FewChanges) -> float:
        return 2 * min(found.p_above(0.0) or 0, found.p_below(0.0) or 0)

    found = changed(*[1.0] * wins, *[-1.0] * losses)
    less = level_at_0(found)
    monkeypatch.setattr(few_changes, "UNSEEN", 1.0)
    monkeypatch.setattr(few_changes, "_above", few_changes._above.__wrapped__)  # not the kept ones
    exact = 2 * stats.binom.cdf(min(wins, losses), wins + losses, 0.5)
    assert level_at_0(found) == pytest.approx(exact, rel=1e-4)
    assert 0.3 * exact < less <= exact


def test_p_is_that_of_t() -> None:
    """As of scipy: twelve losses of 0.1 are no chance, though a gain of 1 that was missed would make up for most."""
    losses = np.append(np.full(12, -0.1), np.zeros(88))
    found = estimate(losses)
    assert isinstance(found, FewChanges)
    assert found.p() == pytest.approx(stats.ttest_1samp(losses, 0.0).pvalue)
    assert (found.p() or 1) < 0.001
    assert (found.interval().low or 0) < 0 < (found.interval().high or 0)


def test_changes_of_all_sizes() -> None:
    """The bounds are quantiles of the mean under drawn weights, within what 200,000 draws tell."""
    random = generator("weights")
    changes = random.normal(0.1, 0.3, 20)
    found = changed(*changes, groups=300)
    counts = np.append(np.ones(20), [UNSEEN, 280])
    drawn = {side: random.dirichlet(counts, 200_000) @ [*changes, side, 0.0] for side in (-1.0, 1.0)}
    for alpha in (0.025, 0.05):
        assert found.lower(alpha) == pytest.approx(np.quantile(drawn[-1.0], alpha), abs=1e-4)
        assert found.upper(alpha) == pytest.approx(np.quantile(drawn[1.0], 1 - alpha), abs=1e-4)
    assert found.p_above(0.0) == pytest.approx(float(np.mean(drawn[-1.0] <= 0)), abs=0.004)


def test_small_changes_are_not_surer_than_what_may_be_missed() -> None:
    """Where changes come near 0, the bounds come near those of the imagined group alone."""
    found = changed(1e-9, -1e-9)
    alone = stats.beta.isf(0.05, UNSEEN, 100)
    assert (found.lower(), found.upper()) == pytest.approx((-alone, alone), rel=1e-3)
    assert alone < (Constant(0.0, 100).upper() or 0)


def test_a_wider_span_and_a_larger_change() -> None:
    """What one group can change at most stretches the bounds; a change beyond it is the most there is."""
    low, wide = (changed(0.1, -0.2, span=span).lower() or 0 for span in (1.0, 3.0))
    assert wide < 2 * low
    assert changed(2.0, -0.2).upper() == pytest.approx(changed(2.0, -0.2, span=2.0).upper())


def test_groups_count_by_their_size() -> None:
    """Where documents have two questions on average, one that is lost is half a document."""
    groups = np.repeat(np.arange(20), [3, 1] * 10)
    found = estimate(-(np.arange(40) == 0).astype(float), groups)
    assert isinstance(found, FewChanges)
    assert (found.changes, found.groups, found.value) == ((-0.5,), 20, -1 / 40)


def test_the_error_is_the_spread_of_drawn_weights() -> None:
    """Within three percent, of 100,000 draws."""
    changes = np.array([0.3, -0.2, 0.5, 0.1, -0.4, 0.2])
    values = np.append(changes, np.zeros(94))
    found = estimate(values)
    drawn = generator("error").dirichlet(np.append(np.ones(6), [UNSEEN, 94]), 100_000) @ [*changes, 1.0, 0.0]
    assert found.error == pytest.approx(float(drawn.std()), rel=0.03)


def test_what_it_rests_on() -> None:
    """How many of how many changed."""
    assert changed(0.3, -0.2).reason.startswith("2 of 100 independent groups of items changed")


@pytest.mark.parametrize(("share", "size", "items"), [(0.05, 1.0, 100), (0.05, 0.3, 100), (0.03, 0.5, 150)])
def test_as_many_items_as_needed(share: float, size: float, items: int) -> None:
    """So many items show "not worse by 0.02" of an equal embedder in 80 % and somewhat more."""
    random = generator("needed", str(size))

    def drawn(count: int) -> Estimate:
        return estimate(random.choice([-size, 0.0, size], count, p=[share / 2, 1 - share, share / 2]))

    needed = int(np.median([items_to_reach(drawn(items), items, 0.02, 0.05) or 0 for _ in range(101)]))
    assert needed > items
    assert 0.72 <= np.mean([(drawn(needed).lower() or -1) > -0.02 for _ in range(200)]) <= 0.99


def test_no_number_of_items_shows_nothing() -> None:
    """A distance of 0, or below."""
    assert [changed(0.1).items_needed(100, distance, 0.05) for distance in (0.0, -0.1)] == [None, None]
