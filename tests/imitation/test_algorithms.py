"""Cloning, DAgger and SEARN: known costs, worlds where each must be right, their parts, the same again."""

import numpy as np
import pytest

from elman.errors import ConfigError
from elman.imitation import clone, dagger, expected_cost, searn
from elman.imitation.cloning import visited
from elman.imitation.examples import labelled, regression
from elman.imitation.policy import Mixture, Oracle
from elman.imitation.searn import judged
from elman.imitation.tagging import TAGS, Tagging
from elman.imitation.track import LEFT, STRAIGHT, Car, Track
from tests.imitation.walks import Walk

# G8: one mistake leaves the road for good (cloning), or for one step (DAgger).
COSTS = {
    10: (0.5338254258716449, 0.1),
    20: (1.9727868221258582, 0.2),
    50: (10.895600646616135, 0.5),
    100: (37.237201786049745, 1.0),
    200: (114.26398781093833, 2.0),
}


@pytest.mark.parametrize("length", COSTS)
def test_cloning_costs_the_square_and_dagger_does_not(length):
    track = Track(length)
    costs = expected_cost(track, clone(track)), expected_cost(track, dagger(track, track, rounds=2))
    assert costs == pytest.approx(COSTS[length], rel=1e-12)


def test_the_formula_of_the_track():
    track = Track(30, bend=0.02, episodes=50)
    assert expected_cost(track, clone(track)) == pytest.approx(30 - sum(0.98**t for t in range(1, 31)))
    assert expected_cost(track, dagger(track, track)) == pytest.approx(0.02 * 30)


class Seeing(Track):
    """A track whose bends are seen."""

    features = 2 * Track.features

    def seen(self, state):
        return (*super().seen(state), Track.features + super().seen(state)[0]) if state.bends else super().seen(state)


class Spoken(Tagging):
    """Sentences in which every word tells its tag, and nothing else is seen."""

    def __init__(self):
        super().__init__(30, 6, 1, history=0, cues=1.0, clear=1.0)


@pytest.mark.parametrize("world", [Seeing(12, 0.1, 30), Spoken()], ids=["track", "tagging"])
def test_who_can_be_right_is_right(world):
    for policy in (clone(world), dagger(world, world), searn(world, rounds=3)):
        assert expected_cost(world, policy) == 0


def test_unseen_places_have_no_weights_and_go_straight():
    track = Track(10)
    cloned = clone(track)
    assert not cloned.weights[[0, 1, 2, 4, 5, 6]].any()
    assert cloned.action(Car(0, 1, 0)) == STRAIGHT
    assert dagger(track, track).action(Car(0, 1, 0)) == LEFT


def test_regression_predicts_mean_costs():
    walk = Walk()
    examples = labelled(walk, [(0, 1), (1, 1), (0, 3)])
    assert [example.costs.tolist() for example in examples] == [[1, 0], [1, 0], [0, 1]]
    assert regression(walk, examples).weights[[1, 3]] == pytest.approx(np.array([[1, 0], [0, 1]]), abs=1e-5)


def test_dagger_goes_as_beta_says_and_learns_from_all():
    track, seen = Track(20), []

    def learn(world, examples):
        seen.append(list(examples))
        return regression(world, examples)

    dagger(track, track, rounds=3, learn=learn)
    assert [len(examples) for examples in seen] == [2000, 4000, 6000]
    assert all(example.state.offset == 0 for example in seen[0])
    assert any(example.state.offset > 0 for example in seen[1])
    assert seen[2][:4000] == seen[1]
    seen.clear()
    dagger(track, track, rounds=3, beta=lambda turn: 1.0, learn=learn)
    assert all(example.state.offset == 0 for example in seen[2])


def test_dagger_returns_the_best_on_validation():
    track, made = Track(20), []

    def learn(world, examples):
        made.append(Oracle(world) if len(made) == 1 else regression(world, examples))
        return made[-1]

    assert dagger(track, track, rounds=4, learn=learn) is made[1]


def test_searn_moves_away_from_the_oracle():
    made = []

    def learn(world, examples):
        made.append(regression(world, examples))
        return made[-1]

    policy = searn(Track(5, 0.2, 10), rounds=3, beta=0.5, learn=learn)
    assert list(policy.policies) == made
    assert policy.weights == pytest.approx(np.array([1, 2, 4]) / 7)
    alone = searn(Track(5, 0.2, 10), rounds=3, beta=1.0)
    assert alone.weights == [0, 0, 1]


def test_searn_judges_an_action_by_what_follows():
    track = Track(10, bend=0.0)
    following = judged(track, Oracle(track), Car(4, 1, 0), 1)
    assert following.costs.tolist() == [1, 0, 1 + 1]  # straight: once more beside; right: two steps to get back
    lost = judged(track, clone(track), Car(4, 1, 0), 1)
    assert lost.costs.tolist() == [6, 0, 6]


def test_searn_steers_back_on_the_track():
    track = Track(10, bend=0.1, episodes=40)
    lost, back = expected_cost(track, clone(track)), expected_cost(track, searn(track, rounds=6))
    assert back < 0.5 * lost


@pytest.fixture(scope="module", params=[1, 2])
def sentences(request):
    return [Tagging(count, 15, seed=10 * request.param + part) for part, count in enumerate((30, 30, 100))]


def test_taggers_that_hear_themselves_beat_one_trained_on_right_histories(sentences):
    train, valid, test = sentences
    greedy, own, mixed = (
        expected_cost(test, policy) / 15 for policy in (clone(train), dagger(train, valid), searn(train, 6))
    )
    assert own < greedy - 0.2
    assert mixed < greedy - 0.2


def test_the_greedy_tagger_leans_on_the_tag_before(sentences):
    train, _, test = sentences
    greedy, states = clone(train), visited(test, Oracle(test), 0, 0)
    right = np.mean([greedy.action(state) == test.right(state) for state in states])
    assert right > 1 - expected_cost(test, greedy) / 15 + 0.3  # between right histories, and its own


def test_sentences_are_as_the_formula_says():
    world = Tagging(500, 20, seed=3, stay=0.7, cues=0.4, clear=0.5)
    pairs = [start.sentence for start in world.starts()]
    tags, words = np.array([s.tags for s in pairs]), np.array([s.words for s in pairs])
    assert (tags[:, 1:] == tags[:, :-1]).mean() == pytest.approx(0.7, abs=0.02)
    cues = words // 4 < TAGS
    assert cues.mean() == pytest.approx(0.4, abs=0.02)
    assert (words // 4 == tags)[cues].mean() == pytest.approx(0.5 + 0.5 / TAGS, abs=0.02)
    state = world.starts()[0]
    for action in (1, 2, 0):
        state = world.outcomes(state, action)[0].state
    assert (state.position, state.last) == (3, (0, 2))
    assert world.seen(state) == (0, 1 + state.sentence.words[3], 17 + 0, 21 + 2)


def test_the_same_seed_gives_the_same_policy():
    track = Track(20, 0.05, 20)
    for algorithm in (
        clone,
        lambda world, seed: dagger(world, world, seed=seed),
        lambda w, seed: searn(w, 2, seed=seed),
    ):
        first, again, other = (algorithm(track, seed=seed) for seed in (1, 1, 2))
        weights = [
            np.stack([p.weights for p in (one.policies if isinstance(one, Mixture) else [one])])
            for one in (first, again, other)
        ]
        assert np.array_equal(weights[0], weights[1])
        assert not np.array_equal(weights[0], weights[2])


def test_what_cannot_be_learned_is_refused():
    with pytest.raises(ConfigError, match=r"^dagger: got rounds 0, expected 1 or more\.$"):
        dagger(Track(3), Track(3), rounds=0)
    for beta in (0.0, 1.5):
        with pytest.raises(
            ConfigError, match=rf"searn: got rounds 2 and beta {beta:g}, expected 1 or more, and 0 < beta"
        ):
            searn(Track(3), rounds=2, beta=beta)
    with pytest.raises(ConfigError, match=r"searn: got rounds 0 and beta 0.3"):
        searn(Track(3), rounds=0)
    with pytest.raises(ConfigError, match="Track: got 5 starts and nothing to decide, expected an episode of one step"):
        clone(Track(0, episodes=5))
