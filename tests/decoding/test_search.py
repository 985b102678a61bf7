"""Search against every sequence there is, and against the goldens of a toy that was counted out by hand."""

import numpy as np
import pytest

from elman.decoding.length_rules import Average, LengthPenalty, SumOfLogs, WordReward
from elman.decoding.search import Beam, greedy, search
from elman.errors import ConfigError, TrainingError
from tests.decoding.toys import Markov, Table, every_path

RULES = [SumOfLogs(), Average(), Average(0.5), LengthPenalty(), LengthPenalty(1.0), WordReward(0.7), WordReward(0.9, 3)]
every_rule = pytest.mark.parametrize("rule", RULES, ids=str)
NONE = [np.empty(0, np.int64)]


def best_of_all(stepper, rule, most, count, number=0, prefix=(), least=0):
    ended = stepper.end is not None
    found = []
    for path, log_prob in every_path(stepper, most, number, prefix):
        if np.isfinite(log_prob) and len(path) >= least:
            length = np.array(len(path) + ended)
            found.append((float(rule.score(np.array(log_prob), length)), path))
    return sorted(found, key=lambda one: -one[0])[:count]


def same(found, expected):
    assert [one.ids for one in found] == [path for _, path in expected]
    assert [one.score for one in found] == pytest.approx([score for score, _ in expected], abs=1e-12)


@every_rule
@pytest.mark.parametrize(("size", "most"), [(2, 7), (3, 6), (5, 4)])
@pytest.mark.parametrize("sparse", [False, True])
def test_a_wide_beam_finds_the_best_of_all_sequences(rule, size, most, sparse):
    for seed in range(4):
        stepper = Markov(size, seed, end=size - 1, sparse=sparse)
        [found] = search(stepper, NONE, np.array([most]), Beam(size**most, 3, rule))
        expected = best_of_all(stepper, rule, most, 3)
        assert all(one.ended for one in found) == bool(expected)
        same([one for one in found if one.ended], expected)


@every_rule
def test_without_an_end_every_path_is_as_long_as_asked(rule):
    stepper = Markov(3, 1)
    [found] = search(stepper, NONE, np.array([5]), Beam(3**5, 4, rule))
    same(found, best_of_all(stepper, rule, 5, 4))
    assert not any(one.ended for one in found)


@every_rule
@pytest.mark.parametrize("width", [1, 2, 5])
def test_results_do_not_depend_on_what_is_beside(rule, width):
    stepper = Markov(6, 3, end=5)
    draw = np.random.default_rng(0)
    prefixes = [draw.integers(0, 5, size) for size in (0, 2, 0, 3, 1, 0, 1)]
    most = np.array([9, 12, 3, 7, 30, 1, 8])
    least = np.array([0, 3, 1, 0, 20, 0, 7])

    class Shifted(Markov):
        first = 0

        def begin(self, inputs):
            return super().begin(inputs + self.first)

    shifted = Shifted(6, 3, end=5)
    together = search(stepper, prefixes, most, Beam(width, 2, rule), least)
    for number in range(7):
        shifted.first = number
        alone = search(shifted, prefixes[number : number + 1], most[[number]], Beam(width, 2, rule), least[[number]])
        assert alone == [together[number]]


@every_rule
@pytest.mark.parametrize("width", [1, 3])
def test_the_score_of_what_was_found_is_the_score_of_reading_it(rule, width):
    stepper = Markov(5, 2, end=4)
    prefix = np.array([1, 3])
    for number, found in enumerate(search(stepper, [prefix] * 4, np.full(4, 8), Beam(width, 3, rule))):
        for one in found:
            assert one.ids[:2] == [1, 3]
            ids = np.array([[0, *one.ids, 4]])
            read = stepper.read(ids, None, stepper.begin(np.array([number])))
            assert -read.nats.sum() == pytest.approx(one.log_prob, abs=1e-12)
            assert -read.nats[0, :2].sum() == pytest.approx(one.given, abs=1e-12)
            assert one.score == pytest.approx(float(rule.score(np.array(one.log_prob), np.array(len(one.ids) + 1))))


@every_rule
def test_prefixes_and_least_lengths_against_all_sequences(rule):
    stepper = Markov(3, 5, end=2)
    for prefix, least in (([1], 0), ([0, 1], 4), ([], 3)):
        [found] = search(stepper, [np.array(prefix, np.int64)], np.array([6]), Beam(3**6, 2, rule), np.array([least]))
        same(found, best_of_all(stepper, rule, 6, 2, prefix=prefix, least=least))


TOY = Table([[0.3, 0.3, 0.4, 0], [0.1, 0.6, 0.3, 0], [0, 0, 1, 0], [0.5, 0.4, 0.1, 0]], start=3, end=2)  # a b / <s>


def spelled(ids):
    return "".join("ab"[token] for token in ids) + "/"


@pytest.mark.parametrize(
    ("rule", "widest", "score", "path", "narrow"),
    [
        (SumOfLogs(), 2, -1.6094379124, "a/", "a/"),
        (Average(), 2, -0.6939276719, "bbbbb/", "a/"),
        (Average(0.5), 2, -1.1380444618, "a/", "a/"),
        (LengthPenalty(0.2), 2, -1.5605758057, "a/", "a/"),
        (LengthPenalty(0.6), 2, -1.4672568770, "a/", "a/"),
        (LengthPenalty(1.0), 2, -1.3795182107, "a/", "a/"),
        (WordReward(0.5), 2, -0.6094379124, "a/", "a/"),
        (WordReward(1.0), 2, 1.8364339687, "bbbbb/", "a/"),
        (WordReward(1.0, 4), 2, 0.8580852163, "bbb/", "a/"),
    ],
    ids=str,
)
def test_the_toy_under_nine_rules(rule, widest, score, path, narrow):
    [[found]] = search(TOY, NONE, np.array([6]), Beam(widest, 1, rule))
    assert (spelled(found.ids), found.score) == (path, pytest.approx(score, abs=2e-10))
    [[found]] = search(TOY, NONE, np.array([6]), Beam(1, 1, rule))
    assert spelled(found.ids) == narrow


@pytest.mark.parametrize(
    ("rule", "steps"),
    [
        (SumOfLogs(), (2, 3, 3)),
        (Average(), (5, 6, 6)),
        (Average(0.5), (3, 5, 5)),
        (LengthPenalty(0.2), (2, 3, 3)),
        (LengthPenalty(0.6), (3, 4, 4)),
        (LengthPenalty(1.0), (3, 5, 5)),
        (WordReward(0.5), (4, 6, 6)),
        (WordReward(1.0), (6, 6, 6)),
        (WordReward(1.0, 4), (4, 6, 6)),
    ],
    ids=str,
)
def test_the_exact_stop_comes_as_early_as_it_can(rule, steps):
    for width, expected in enumerate(steps, 1):
        made = []

        class Counting(Table):
            def advance(self, ids, state, made=made):
                made.append(len(ids))
                return super().advance(ids, state)

        counting = Counting(np.exp(TOY.rows), 3, 2)
        search(counting, NONE, np.array([6]), Beam(width, 1, rule))
        assert len(made) == expected


def test_every_ended_path_counts_and_a_least_length_holds():
    [found] = search(TOY, NONE, np.array([6]), Beam(3, 3, LengthPenalty(0.6)))
    assert [spelled(one.ids) for one in found] == ["a/", "b/", "bb/"]
    assert [one.score for one in found] == pytest.approx([-1.4672568770, -1.9329551208, -2.2139730159], abs=1e-10)
    [[found]] = search(TOY, NONE, np.array([6]), Beam(8), np.array([3]))
    assert (spelled(found.ids), found.log_prob) == ("bbb/", pytest.approx(-3.1419147837, abs=1e-10))


def test_a_beam_of_one_is_not_greedy():
    stepper = Table([[0.9, 0, 0.1, 0], [0.5, 0, 0.5, 0], [0, 0, 1, 0], [0.4, 0.1, 0.5, 0]], 3, 2)
    [[found]] = greedy(stepper, NONE, np.array([9]))
    assert (found.ids, found.log_prob, found.ended) == ([], pytest.approx(np.log(0.5)), True)
    [[other]] = search(stepper, NONE, np.array([9]), Beam(1, 1, Average()))
    assert other.ids == [0] * 8
    found = greedy(Markov(5, 7, end=4), NONE * 4, np.array([1, 9, 3, 9]))
    for number, [one] in enumerate(found):
        ids = np.array([[0, *one.ids, *([4] if one.ended else [])]])
        read = Markov(5, 7, end=4)
        assert -read.read(ids, None, read.begin(np.array([number]))).nats.sum() == pytest.approx(one.log_prob)


class Watching(Markov):
    """Looks at one of three places: at that of the token that was read."""

    def looked(self, state):
        return np.eye(3)[state[:, 1] % 3]


def step_by_step(stepper, number, prefix, most, least=0, banned=(), blocked=0):
    """Return the greedy path, by hand: its tokens, log p, whether it ended, log p of its prefix, where it looked."""
    state, path, total, given, looked = stepper.begin(np.array([number])), [], 0.0, 0.0, []
    last = stepper.start
    while len(path) < most:
        [log_probs], state = stepper.advance(np.array([last]), state)
        if len(path) < len(prefix):
            last = prefix[len(path)]
            given = total = total + log_probs[last]
            path.append(last)
            continue
        looked.append(stepper.looked(state)[0] if isinstance(stepper, Watching) else None)
        left = log_probs.copy()
        left[list(banned)] = -np.inf
        for token in range(stepper.size):
            grams = [tuple(path[i : i + blocked]) for i in range(len(path) - blocked + 1)]
            if blocked and token != stepper.end and tuple([*path, token][-blocked:]) in grams:
                left[token] = -np.inf
        end = left[stepper.end] if len(path) >= least else -np.inf
        left[stepper.end] = -np.inf
        if len(path) + 1 == most:
            left[:] = -np.inf
        if np.isfinite(end) and end >= left.max():
            return path, total + end, True, given, looked
        if not np.isfinite(left.max()):
            return path, total, False, given, looked
        last = int(left.argmax())
        total += left[last]
        path.append(last)
    return path, total, False, given, looked


@pytest.mark.parametrize("seed", range(6))
def test_greedy_is_the_likeliest_token_step_by_step(seed):
    draw, stepper = np.random.default_rng(seed), Watching(5, seed, end=4, sparse=seed % 2 == 1)
    prefixes = [draw.integers(0, 4, count) for count in (0, 1, 2, 0)]
    most, least = np.array([1, 9, 7, 12]), np.array([0, 2, 3, 5])
    for banned, blocked in (((), 0), ((1,), 0), ((), 2), ((0,), 1)):
        found = greedy(stepper, prefixes, most, banned, blocked, least)
        for number, (prefix, one) in enumerate(zip(prefixes, found, strict=True)):
            expected = step_by_step(stepper, number, prefix.tolist(), most[number], least[number], banned, blocked)
            if not np.isfinite(expected[3]):
                assert one == []
                continue
            [one] = one
            assert (one.ids, one.ended) == (expected[0], expected[2])
            assert (one.log_prob, one.score, one.given) == pytest.approx((expected[1], expected[1], expected[3]))
            if one.looked is not None:
                assert one.looked.tolist() == np.array(expected[4]).tolist()
        alone = [greedy(stepper, NONE, most[:1], banned, blocked, least[:1]), found[:1]]
        assert [[one.ids for one in some] for [some] in alone] == [[one.ids for one in some] for some in found[:1]] * 2


def test_greedy_finds_nothing_that_is_impossible():
    endless = Table([[0.5, 0.5, 0], [1, 0, 0], [0.5, 0.5, 0]], 0, 2)
    [[found]] = greedy(endless, NONE, np.array([4]), banned=[0, 1])
    assert (found.ids, found.log_prob, found.ended) == ([], 0.0, False)  # cut, as a search cuts it
    assert greedy(TOY, [np.array([3])], np.array([4])) == [[]]
    with pytest.raises(ConfigError, match=r"length: got at least 5 and at most 4 tokens\. Turn them round\."):
        greedy(TOY, NONE, np.array([4]), least=np.array([5]))


def test_banned_tokens_and_repeated_ngrams_stay_out():
    stepper = Markov(4, 1)
    [[found]] = search(stepper, NONE, np.array([12]), Beam(3, banned=[2]))
    assert 2 not in found.ids
    for size in (1, 2, 3):
        most = 4 if size == 1 else 10
        [[found]] = search(stepper, NONE, np.array([most]), Beam(3, blocked=size))
        grams = [tuple(found.ids[i : i + size]) for i in range(len(found.ids) - size + 1)]
        assert len(grams) == len(set(grams)) > 1
    for size in (2, 3):
        [[wide]] = search(Markov(3, 2), NONE, np.array([5]), Beam(3**5, blocked=size))
        distinct = [
            (log_prob, path)
            for path, log_prob in every_path(Markov(3, 2), 5)
            if len({tuple(path[i : i + size]) for i in range(6 - size)}) == 6 - size
        ]
        assert wide.ids == max(distinct)[1]


def test_where_everything_is_blocked_or_no_end_is_possible_the_path_is_cut():
    [[found]] = search(Markov(3, 0), NONE, np.array([9]), Beam(2, blocked=1))
    assert sorted(found.ids) == [0, 1, 2]
    assert not found.ended
    endless = Table([[0.5, 0.5, 0], [1, 0, 0], [0.5, 0.5, 0]], 0, 2)
    [found] = search(endless, NONE, np.array([4]), Beam(9, 2))
    assert [(len(one.ids), one.ended) for one in found] == [(3, False)] * 2


def test_a_beam_may_be_wider_than_the_vocabulary_and_paths_are_distinct():
    [found] = search(Markov(3, 2, end=2), NONE, np.array([4]), Beam(20, 20))
    assert len(found) == len({tuple(one.ids) for one in found}) == 15


def test_an_impossible_prefix_finds_nothing():
    assert search(TOY, [np.array([3])], np.array([4]), Beam(2)) == [[]]
    assert search(TOY, [], np.empty(0, np.int64), Beam(2)) == []


def test_what_means_nothing_is_refused():
    with pytest.raises(ConfigError, match=r"beam: got width 0, 1 results, blocked 0: expected 1 or more\."):
        search(TOY, NONE, np.array([4]), Beam(0))
    with pytest.raises(ConfigError, match="prefix: got 3 tokens, expected at most 2, the longest that it may be"):
        search(TOY, [np.array([0, 1, 0])], np.array([2]), Beam())
    with pytest.raises(ConfigError, match="length: got at least 5 and at most 2 tokens"):
        search(TOY, NONE, np.array([2]), Beam(), np.array([5]))
    broken = Table(np.full((4, 4), np.nan), 3, 2)
    with pytest.raises(TrainingError, match=r"predicts no numbers \(NaN\)"):
        search(broken, NONE, np.array([2]), Beam())


def test_length_rules_are_their_formulas():
    lengths = np.array([1, 2, 5, 10, 20])
    penalties = [1, 1.0969026199, 1.3586551827, 1.7328621079, 2.3543620837]
    assert LengthPenalty(0.6).score(np.ones(5), lengths).tolist() == pytest.approx([1 / p for p in penalties], abs=1e-9)
    assert Average(0.5).score(np.full(5, -3.0), lengths).tolist() == pytest.approx([-3 / n**0.5 for n in lengths])
    assert WordReward(0.5, 4).score(np.full(5, -3.0), lengths).tolist() == [-2.5, -2.0, -1.0, -1.0, -1.0]
    assert SumOfLogs().score(np.full(5, -3.0), lengths).tolist() == [-3.0] * 5
