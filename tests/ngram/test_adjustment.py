"""The adjustment of a sparse non-negative matrix: numbers computed elsewhere, brute force, finite differences."""

import numpy as np
import pytest

from elman.ngram.adjusting import learn
from elman.ngram.adjustment import Adjustment, Events
from elman.ngram.features import Features, active, links_of
from elman.ngram.skipgrams import histories, templates

A, B, C = range(3)
TEXT = np.array([A, B, A, B, A, C, A, B, C, A])
LOOKS = templates(3, 1, 2)  # empty, previous word, previous two, the word two back


def events_of(ids, columns, looks, features, own=0):
    which = active(columns, looks, features.keys, features.begins)
    return Events(which, links_of(which, ids, features.starts, features.targets), own)


@pytest.fixture(scope="module")
def small():
    """Ten words, their features, and their events left out of their own counts."""
    columns = histories(TEXT, None, 2)
    features = Features.of(columns, TEXT, LOOKS, 3)
    return features, events_of(TEXT, columns, LOOKS, features, own=1)


def test_what_follows_b_a_is_as_computed_by_hand(small):
    features, _ = small
    adjustment = Adjustment(features, 3, 64)
    one = [np.array([A]), np.array([B])]
    y = np.zeros(3)
    for feature in active(one, LOOKS, features.keys, features.begins)[0]:
        links = slice(features.starts[feature], features.starts[feature + 1])
        y[features.targets[links]] += adjustment.weights(np.array([feature]))
    assert y == pytest.approx([5 / 6, 113 / 60, 77 / 60], abs=1e-12)
    assert y / y.sum() == pytest.approx([0.208333333333, 0.470833333333, 0.320833333333], abs=1e-11)


def test_leaving_one_out_gives_loss_and_gradient_by_template_as_computed_elsewhere(small):
    features, events = small
    found = Adjustment(features, 3, 64).slopes(events, floor=-np.inf)
    assert found.nats == pytest.approx(13.464351236298, abs=1e-11)
    by_template = found.of_counts.sum((1, 2))
    assert by_template == pytest.approx([-0.772604588394, -0.973009446694, 0.776315789474, 0.969298245614], abs=1e-11)
    assert found.of_targets.sum(1) == pytest.approx(by_template, abs=1e-12)


@pytest.mark.parametrize(
    ("more", "plain", "left_out"), [(2, 5.183280860369, 16.393532508963), (10, 4.633587707866, 39.413990992122)]
)
def test_without_leaving_out_the_longest_feature_wins(small, more, plain, left_out):
    features, events = small
    adjustment = Adjustment(features, 3, 1 << 16)
    adjustment.theta[np.unique(adjustment._of_counts[0][2])] = more  # the metafeature of that template alone
    assert adjustment.slopes(events._replace(own=0), floor=-np.inf).nats == pytest.approx(plain, abs=1e-10)
    assert adjustment.slopes(events, floor=-np.inf).nats == pytest.approx(left_out, abs=1e-10)


@pytest.fixture(scope="module")
def drawn():
    """A text of lines, its features, an adjustment that is not zero, and a text that was not counted."""
    draw = np.random.default_rng(5)
    ids = draw.integers(0, 7, 500)
    looks = templates(3, 2, 3)
    features = Features.of(histories(ids, 0, 4), ids, looks, 8)
    adjustment = Adjustment(features, 8, 4096)
    adjustment.theta[:] = draw.normal(0, 0.5, 4096)
    return ids, looks, features, adjustment


def brute_force(features, adjustment, kind, feature, link):
    """Return A of one link by its definition."""
    theta = adjustment.theta
    total, count = features.totals[feature], features.counts[link]
    found = theta[adjustment._of_features[feature]]
    found += sum(theta[cells[kind, features.targets[link]]] for cells in adjustment._of_targets)
    for step, share in buckets(total):
        for other, rest in buckets(count):
            found += share * rest * sum(theta[cells[kind, step, other]] for cells in adjustment._of_counts)
    return found


def buckets(count):
    lower = int(np.log2(count))
    near = np.log2(count) - lower
    return (lower, 1 - near), (lower + 1, near)


def test_weights_are_those_of_the_definition(drawn):
    _, _, features, adjustment = drawn
    chosen = np.array([0, 3, 9, 40, len(features.keys) - 1])
    found, place = adjustment.weights(chosen), 0
    for feature in chosen:
        kind = int(np.searchsorted(features.begins, feature, side="right")) - 1
        for link in range(features.starts[feature], features.starts[feature + 1]):
            a = brute_force(features, adjustment, kind, feature, link)
            share = features.counts[link] / features.totals[feature]
            assert found[place] == pytest.approx(np.exp(a) * share, rel=1e-12)
            place += 1
    assert place == len(found)


def test_the_cells_of_a_metafeature_depend_on_its_facts_alone(drawn):
    adjustment = drawn[3]
    template, count, link, both, *_, every = adjustment._of_counts
    assert len(np.unique(template)) <= template.shape[0]
    assert (count == count[:1, :, :1]).all()
    assert (link == link[:1, :1]).all()
    assert (both == both[:1]).all()
    assert len(np.unique(every)) > 2000  # of 4,096 cells
    word, with_template = adjustment._of_targets
    assert (word == word[:1]).all()
    assert (with_template != with_template[:1]).any()


@pytest.mark.parametrize("own", [0, 1])
def test_the_gradient_is_that_of_finite_differences(drawn, own):
    ids, looks, features, adjustment = drawn
    other = ids if own else np.random.default_rng(6).integers(0, 8, 60)
    events = events_of(other, histories(other, 0, 4), looks, features, own)
    gradient = np.zeros(len(adjustment.theta))
    adjustment.add_to(gradient, adjustment.slopes(events))
    busy = np.argsort(-np.abs(gradient))[:40]
    for cell in [*busy, adjustment._uniform]:
        before, values = adjustment.theta[cell], []
        for step in (1e-5, -1e-5):
            adjustment.theta[cell] = before + step
            values.append(adjustment.slopes(events).nats)
        adjustment.theta[cell] = before
        assert gradient[cell] == pytest.approx((values[0] - values[1]) / 2e-5, rel=1e-6, abs=1e-6)


def test_words_seen_once_are_left_out_without_a_zero():
    ids = np.arange(6)
    columns = histories(ids, None, 1)
    looks = templates(2, 0, 2)
    features = Features.of(columns, ids, looks, 6)
    found = Adjustment(features, 6, 64).slopes(events_of(ids, columns, looks, features, own=1))
    # The word itself has what all share, 1/6; the five others a fifth each besides.
    assert found.nats == pytest.approx(6 * np.log(2 / (1 / 6)), abs=1e-12)
    assert np.isfinite(found.of_counts).all()


def test_learning_makes_other_words_likelier(drawn):
    _, looks, features, _ = drawn
    adjustment, said = Adjustment(features, 8, 4096), []
    other = np.random.default_rng(7).integers(0, 7, 300)
    events = events_of(other, histories(other, 0, 4), looks, features)
    before = adjustment.slopes(events).nats
    learn(adjustment, events, 0.1, 3, said.append)
    assert adjustment.slopes(events).nats < before - 10
    assert len(said) == 3
    assert said[2].startswith("adjustment, pass 3: perplexity ")


def test_nothing_is_learned_from_nothing(drawn):
    _, looks, features, _ = drawn
    adjustment = Adjustment(features, 8, 16)
    nothing = np.empty((0, len(looks)), np.int64)
    learn(adjustment, Events(nothing, nothing), 0.1, 2, lambda _: None)
    assert not adjustment.theta.any()
