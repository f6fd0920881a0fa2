"""Correlations equal scipy's, separation metrics scikit-learn's, on data with and without ties."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
import sklearn.metrics

from harness.metrics.correlation import Graded, pearson, spearman
from harness.metrics.separation import Separated, auc, average_precision, best_accuracy, best_f1, best_f1_threshold

IDS = [str(i) for i in range(200)]


def scores(decimals: int) -> np.ndarray:
    """200 scores, the more tied the fewer their decimals."""
    return np.random.default_rng(3).standard_normal(200).round(decimals)


def grades() -> np.ndarray:
    """200 grades from 0 to 5."""
    return np.random.default_rng(4).integers(6, size=200).astype(float)


@pytest.mark.parametrize("decimals", [0, 1, 12])
def test_correlations_equal_scipy(decimals: int) -> None:
    """Within 1e-12, with few and with many tied values."""
    gold, predicted = grades(), grades() / 7 + scores(decimals)
    judged = Graded(IDS, IDS, gold, predicted)
    assert spearman(None).score(judged) == pytest.approx(scipy.stats.spearmanr(gold, predicted).statistic, abs=1e-12)
    assert pearson(None).score(judged) == pytest.approx(scipy.stats.pearsonr(gold, predicted).statistic, abs=1e-12)


@pytest.mark.parametrize("decimals", [0, 1, 12])
def test_separation_equals_scikit_learn(decimals: int) -> None:
    """Average precision, ROC AUC, the best F1 of the precision-recall curve and the best accuracy, within 1e-12."""
    label, score = grades() > 3, grades() / 7 + scores(decimals)
    judged = Separated(IDS, IDS, label, score)
    precision, recall, _ = sklearn.metrics.precision_recall_curve(label, score)
    curve = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    assert average_precision(None).score(judged) == pytest.approx(
        sklearn.metrics.average_precision_score(label, score), abs=1e-12
    )
    assert auc(None).score(judged) == pytest.approx(sklearn.metrics.roc_auc_score(label, score), abs=1e-12)
    assert best_f1(None).score(judged) == pytest.approx(curve.max(), abs=1e-12)
    shares = [sklearn.metrics.accuracy_score(label, score >= cut) for cut in [*np.unique(score), np.inf]]
    assert best_accuracy(None).score(judged) == pytest.approx(max(shares), abs=1e-12)
    at_threshold = sklearn.metrics.f1_score(label, score >= best_f1_threshold(judged))
    assert at_threshold == pytest.approx(best_f1(None).score(judged), abs=1e-12)
