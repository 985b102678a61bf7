"""What networks learn in the lab: that it is what it says, its baselines, and what cannot be had without memory."""

import math

import pytest
import torch

from elman.lab.experiments.paragraph import networks as networks_of
from elman.lab.problems import Adding, Copy, Order
from elman.lab.sentences import Agreement, Tickets
from elman.lab.training import Network, Setting, train
from elman.layers.unroll import unroll


def drawn(problem, rows=4000, seed=1):
    return problem.drawn(torch.Generator().manual_seed(seed), rows)


def test_G9_T20_always_one_is_a_sixth_off_in_adding_and_seldom_within_a_twenty_fifth():
    problem = Adding(20)
    some = drawn(problem, 40_000)
    assert torch.equal(some.x[..., 1].sum(1), torch.full((40_000,), 2.0))
    assert torch.equal(some.x[:, :10, 1].sum(1), torch.ones(40_000))
    torch.testing.assert_close((some.x[..., 0] * some.x[..., 1]).sum(1), some.y)
    said = torch.ones(40_000, 20, 1)
    assert problem.score(said, some) == pytest.approx(problem.baseline, abs=0.003)
    assert float(((some.y - 1).abs() < 0.04).float().mean()) == pytest.approx(0.0784, abs=0.005)


def test_G9_T23_no_distractor_is_a_sign_and_classes_are_twice_the_first_and_the_second():
    some = drawn(Order(100))
    signs = some.x[..., 4:]
    assert torch.equal(signs.sum((1, 2)), torch.full((4000,), 2.0))
    assert torch.equal(signs[:, 10:21].sum((1, 2)), torch.ones(4000))
    assert torch.equal(signs[:, 50:61].sum((1, 2)), torch.ones(4000))
    first = signs[:, 10:21, 1].sum(1)
    second = signs[:, 50:61, 1].sum(1)
    assert torch.equal(some.y, (2 * first + second).long())
    assert float(Order(100).loss(torch.zeros(4000, 100, 4), some)) == pytest.approx(math.log(4))


def test_G9_T21_T22_copies_are_asked_one_place_after_the_mark_and_scored_there_alone():
    problem = Copy(10, 3, 4)
    some = drawn(problem, 500)
    ids = some.x.argmax(-1)
    assert ids.shape[1] == 16
    assert torch.equal(ids[:, 12], torch.full((500,), 5))
    assert int((ids[:, 3:12] != 0).sum()) == 0
    assert torch.equal(some.y[:, 13:], ids[:, :3])
    assert int(some.y[:, :13].sum()) == 0
    blank = torch.zeros(500, 16, 5)
    blank[..., 0] = 9
    assert float((blank.argmax(-1) == some.y).float().mean()) > 0.8  # right nearly everywhere, and worth nothing
    assert problem.score(blank, some) == 0
    assert Copy(100, 10, 8).floor == pytest.approx(0.17328680, abs=1e-8)
    knows_when = torch.full((500, 16, 5), -30.0)
    knows_when[:, :13, 0] = 0
    knows_when[:, 13:, 1:] = 0
    assert float(problem.loss(knows_when, some)) == pytest.approx(problem.floor, rel=1e-5)


def test_G10_tickets_stand_so_far_apart_and_the_words_alone_do_not_tell_them():
    problem = Tickets(10)
    draw = torch.Generator().manual_seed(2)
    two = 0
    for _ in range(200):
        words = problem.sentence(draw)
        assert words[6] == words[-2]
        assert len(words) - 2 - 6 == 10 + 7
        two += len({word for word in words if word in problem.items}) == 2
    assert 70 < two < 130
    some = drawn(problem, 300)
    assert problem.score(torch.nn.functional.one_hot(some.y, problem.outputs).float(), some) == 1


def test_G11_T31_T32_recency_is_always_wrong_where_all_nouns_between_disagree():
    for count in (1, 4):
        problem = Agreement(count)
        some = drawn(problem, 200)
        right = torch.nn.functional.one_hot(some.y.clamp(min=0), problem.outputs).float()
        assert problem.score(right, some) == 0
        last = some.x[torch.arange(200), some.lengths - 2]  # the noun before the verb: one in s is plural
        plural = last >= problem.ids["noun0s"]
        said = torch.zeros(*some.x.shape, problem.outputs)
        first = problem.ids["verb0s"]
        said[..., first : first + 10] = (~plural)[:, None, None].float()
        said[..., first + 10 :] = plural[:, None, None].float()
        assert problem.score(said, some) == 1
        assert problem.score(torch.zeros_like(said), some) == 0.5  # T29: a tie is half an error


def test_a_seed_is_the_same_training_again_and_another_another():
    setting = Setting("LSTM", "lstm", 4, 0.01, {"chrono": 10})
    first, again, other = (train(Order(10), setting, seed, 3, 1) for seed in (1, 1, 2))
    assert first.scores == again.scores
    assert first.scales == again.scales
    assert first.scales != other.scales
    assert first.updates == [3]


@pytest.mark.parametrize("cell", ["lstm", "lstm_1997"])
def test_A22_short_sums_and_orders_are_learned(cell):
    run = train(Adding(4), Setting("LSTM", cell, 16, 0.02, {}), 1, 150, 1)
    assert run.scores[0] < Adding(4).baseline / 4
    run = train(Order(10), Setting("LSTM", cell, 16, 0.02, {}), 1, 150, 1)
    assert run.scores[0] > 0.9


def test_G16_with_attention_every_state_is_a_step_away_and_without_it_the_last_is_all():
    problem, draw = Adding(12), torch.Generator().manual_seed(3)
    some = problem.drawn(draw, 5)
    network = Network(problem, Setting("", "lstm", 4, 0.01, {}, attends=True)).double()
    for number, parameter in enumerate(network.parameters()):
        torch.nn.init.normal_(parameter, generator=torch.Generator().manual_seed(number))
    exact = some._replace(x=some.x.double())
    rows, packing = network.read(exact)
    network.requires_grad_(False)
    h = packing.unpack(unroll(network.cell, rows, packing, network.cell.initial_state(5)).outputs)
    for row in range(5):
        weights = [math.exp(float(h[row, t] @ network.query)) for t in range(12)]
        seen = sum(weight / sum(weights) * h[row, t] for t, weight in enumerate(weights))
        assert float(network(exact)[row, -1, 0]) == pytest.approx(
            float(network.weight[0] @ seen + network.bias[0]), abs=1e-12
        )


def test_G16_what_is_marked_far_back_is_found_by_attention_and_not_by_the_last_state():
    last, _, attentive = networks_of(16, 60)
    assert train(Adding(60), attentive, 1, 400, tests=1).scores[0] < 0.02
    assert train(Adding(60), last, 1, 200, tests=1).scores[0] > 0.1
