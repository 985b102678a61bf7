"""Every smoothing against its formula written out on dictionaries, and as a distribution."""

from collections import Counter, defaultdict
from math import inf, isclose, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elman.ngram.counts import count
from elman.ngram.estimate import estimate
from elman.ngram.smoothing import SMOOTHINGS
from elman.ngram.workspace import Workspace

V, END = 7, 0
NAMES = SMOOTHINGS.names()
TEXT = np.random.default_rng(1).choice(V - 1, 400, p=[0.15, 0.3, 0.25, 0.2, 0.07, 0.03])  # id 6 never occurs


def model_of(text, name, order, line_end=END, kept=None, **options):
    kind = SMOOTHINGS.get(name)
    levels = count(np.array(text), V, order, line_end, Workspace())
    return estimate(levels, kind(kind.Config(**options)), Workspace(), kept(levels) if kept else None)


class ByHand:
    """The formulas, on dictionaries."""

    def __init__(self, text, order, line_end=END):
        text = [int(w) for w in text]
        padded = text if line_end is None else [line_end, *text]
        self.order = order
        self.raw = [Counter() for _ in range(order + 1)]
        self.raw[1].update((w,) for w in text)
        for n in range(2, order + 1):
            for i in range(len(padded) - n + 1):
                g = tuple(padded[i : i + n])
                if line_end is None or line_end not in g[1:-1]:
                    self.raw[n][g] += 1

    def counts(self, n, continuation):
        if not continuation or n == max(k for k in range(1, self.order + 1) if self.raw[k]):
            return self.raw[n]
        before = defaultdict(set)
        for g in self.raw[n + 1]:
            before[g[1:]].add(g[0])
        return Counter({g: len(before[g]) or c for g, c in self.raw[n].items()})

    def p(self, name, context, w, **options):
        n = len(context) + 1
        if n > 1 and not any(g[:-1] == context for g in self.raw[n]):
            return self.p(name, context[1:], w, **options)
        return getattr(self, name)(context, w, n, **options)

    def below(self, name, context, w, **options):
        return self.p(name, context[1:], w, **options) if context else 1 / V

    def of(self, context, n, continuation=False):
        counts = self.counts(n, continuation)
        return {g[-1]: c for g, c in counts.items() if g[:-1] == context and c}

    def mle(self, context, w, n):
        c = self.of(context, n)
        return c.get(w, 0) / sum(c.values())

    def add_delta(self, context, w, n, delta=1.0):
        c = self.of(context, n)
        return (c.get(w, 0) + delta) / (sum(c.values()) + delta * V)

    def witten_bell(self, context, w, n):
        c = self.of(context, n)
        return (c.get(w, 0) + len(c) * self.below("witten_bell", context, w)) / (sum(c.values()) + len(c))

    def stupid_backoff(self, context, w, n, alpha=0.4):
        c = self.of(context, n)
        if w in c:
            return c[w] / sum(c.values())
        return alpha * self.p("stupid_backoff", context[1:], w, alpha=alpha) if context else 0.0

    def absolute_discounting(self, context, w, n, name="absolute_discounting", continuation=False):
        values = Counter(self.counts(n, continuation).values())
        d = values[1] / (values[1] + 2 * values[2]) if values[1] and values[2] else 0.5
        c = self.of(context, n, continuation)
        total = sum(c.values())
        left = d * len(c) / total
        return max(c.get(w, 0) - d, 0) / total + left * self.below(name, context, w)

    def kneser_ney(self, context, w, n):
        return self.absolute_discounting(context, w, n, "kneser_ney", True)

    def modified_kneser_ney(self, context, w, n):
        n_ = Counter(self.counts(n, True).values())
        d = [0, 0.5, 1.0, 1.5]
        if n_[1] and n_[2] and n_[3] and n_[4]:
            y = n_[1] / (n_[1] + 2 * n_[2])
            found = [0] + [r - (r + 1) * y * n_[r + 1] / n_[r] for r in (1, 2, 3)]
            if all(0 <= found[r] <= r for r in (1, 2, 3)):
                d = found
        c = self.of(context, n, True)
        total = sum(c.values())
        left = sum(d[min(value, 3)] for value in c.values()) / total
        own = (c[w] - d[min(c[w], 3)]) / total if w in c else 0
        return own + left * self.below("modified_kneser_ney", context, w)

    def katz(self, context, w, n):
        n_ = Counter(self.raw[n].values())
        once = n_[1] / (n_[1] + 2 * n_[2]) if n_[1] and n_[2] else 0.5
        d = {r: 1 - once / r for r in range(1, 6)}
        if all(n_[r] for r in range(1, 7)):
            a = 6 * n_[6] / n_[1]
            good = {r: ((r + 1) * n_[r + 1] / n_[r] / r - a) / (1 - a) for r in range(1, 6)} if a < 1 else {1: 1}
            if all(0 < x < 1 for x in good.values()):
                d = good
        c = self.of(context, n)
        total = sum(c.values())
        kept = {v: k * d.get(k, 1.0) for v, k in c.items()}
        left = total - sum(kept.values())
        if left <= 0:
            total, left = total + 1, 1
        unseen = sum(self.below("katz", context, v) for v in range(V) if v not in c)
        if unseen < 1e-6:
            return kept[w] / total / (1 - left / total)
        return kept[w] / total if w in c else left / total * self.below("katz", context, w) / unseen


def contexts_of(text, longest):
    if not longest:
        return [()]
    rng = np.random.default_rng(2)
    padded = [END, *(int(w) for w in text)]
    found = {()}
    for i in range(1, len(padded) + 1):
        for n in range(1, longest + 1):
            c = tuple(padded[max(0, i - n) : i])
            found.add(c[len(c) - 1 - c[::-1].index(END) :] if END in c else c)
    found |= {tuple(rng.integers(1, V, rng.integers(1, longest + 1)).tolist()) for _ in range(20)}
    return sorted(found)


def state_of(model, context):
    return model.read(np.array(context, np.int64), np.array([len(context)]), np.zeros(1, np.int64)).states[0]


def close(left, right):
    return isclose(left, right, rel_tol=2e-6, abs_tol=1e-9)


by_hand = pytest.mark.parametrize("name", [name for name in NAMES if hasattr(ByHand, name)])


@by_hand
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_formula(name, order):
    model, hand = model_of(TEXT, name, order), ByHand(TEXT, order)
    for context in contexts_of(TEXT, order - 1)[:80]:
        distribution = np.exp(model.distribution(state_of(model, context)))
        for w in range(V):
            assert close(distribution[w], hand.p(name, context, w)), (context, w)


@by_hand
@settings(max_examples=25)
@given(st.lists(st.integers(0, V - 1), min_size=1, max_size=40), st.integers(1, 4))
def test_the_formula_on_any_text(name, text, order):
    model, hand = model_of(text, name, order), ByHand(text, order)
    for context in contexts_of(text, order - 1)[:6]:
        distribution = np.exp(model.distribution(state_of(model, context)))
        for w in range(V):
            assert close(distribution[w], hand.p(name, context, w)), (context, w)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line_end", [END, None])
def test_every_context_has_a_distribution_and_steps_agree_with_it(name, line_end):
    model = model_of(TEXT, name, 4, line_end)
    if SMOOTHINGS.get(name).normalized:
        for context in contexts_of(TEXT, 3):
            assert isclose(np.exp(model.distribution(state_of(model, context))).sum(), 1, abs_tol=1e-6)
    states = np.array([state_of(model, context) for context in contexts_of(TEXT, 3)])
    for w in range(V):
        steps = model.step(states, np.full(len(states), w))
        expected = [model.distribution(state)[w] for state in states]
        np.testing.assert_allclose(steps.log_probs, expected, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_compiled_lookup_equals_the_steps(monkeypatch, name):
    model = model_of(TEXT, name, 4)
    words = np.random.default_rng(3).integers(0, V, 50_000)
    ends = np.sort(np.random.default_rng(4).integers(0, 50_000, 700))
    ends[-1] = 50_000
    states = np.array([state_of(model, context) for context in contexts_of(TEXT, 3)])
    states = np.random.default_rng(5).choice(states, 700)
    found = []
    for mode in ("native", "reference"):
        monkeypatch.setenv("ELMAN_KERNELS", mode)
        found.append(model.read(words, ends, states))
    for left, right in zip(*found, strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-12)


@pytest.mark.parametrize("name", ["modified_kneser_ney", "witten_bell", "stupid_backoff"])
@pytest.mark.parametrize("order", [1, 2, 4])
@pytest.mark.parametrize("count_of_words", [9_000, 12_000])  # with a table of pairs, and without
def test_compiled_lookup_where_contexts_have_many_followers(monkeypatch, name, order, count_of_words):
    draw = np.random.default_rng(6)
    text = np.minimum(draw.zipf(1.3, 30_000), 400) - 1
    kind = SMOOTHINGS.get(name)
    model = estimate(count(text, 400, order, 0, Workspace()), kind(kind.Config()), Workspace())
    assert order == 1 or np.diff(model.orders[0].starts.astype(np.int64)).max() > 100
    words = np.concatenate([text[: count_of_words // 2], draw.integers(0, 400, count_of_words // 2)])
    ends = np.append(np.sort(draw.integers(0, count_of_words, 300)), count_of_words)
    found = []
    for mode in ("native", "reference"):
        monkeypatch.setenv("ELMAN_KERNELS", mode)
        found.append(model.read(words, ends, np.zeros(301, np.int64)))
    for left, right in zip(*found, strict=True):
        assert np.array_equal(left, right)


def test_a_word_that_never_followed_has_probability_0_without_smoothing():
    model = model_of([1, 2, 0, 1, 3, 0], "mle", 2)
    steps = model.step(np.array([state_of(model, (1,))]), np.array([4]))
    assert steps.log_probs[0] == -inf
    assert log(0.5) == pytest.approx(model.distribution(state_of(model, (1,)))[2])


@pytest.mark.parametrize("name", [n for n in NAMES if SMOOTHINGS.get(n).normalized])
def test_what_is_left_out_goes_below(name):
    def kept(levels):
        return [np.ones(len(level.words), bool) if k < 2 else level.counts > 1 for k, level in enumerate(levels)]

    from elman.ngram.pruning import prune

    levels = count(TEXT, V, 3, END, Workspace())
    chosen = kept(levels)
    kind = SMOOTHINGS.get(name)
    model = prune(estimate(levels, kind(kind.Config()), Workspace(), chosen), chosen)
    assert len(model.orders[2].words) == int((levels[2].counts > 1).sum())
    for context in contexts_of(TEXT, 2):
        assert isclose(np.exp(model.distribution(state_of(model, context))).sum(), 1, abs_tol=1e-6)
