"""What decoders read in training: against teacher forcing, enumeration, and the schedules of the papers."""

import itertools

import numpy as np
import pytest
import torch

from elman.data.outlines import Tokens
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.evaluation.rewards import Reward
from elman.heads.base import LossSum
from elman.heads.pointer import PointerHead
from elman.heads.softmax import SoftmaxHead
from elman.layers.embedding import Embedding
from elman.moment import Moment, Noise
from elman.steps import STEPS
from elman.steps.base import DecoderConfig
from elman.teachers import TEACHERS
from elman.teachers.base import Pupil
from elman.teachers.forcing import ForcingTeacher
from elman.teachers.mixer import MixerTeacher
from elman.teachers.sampling import SamplingTeacher, _Mixed

pytestmark = pytest.mark.usefixtures("float64")
E, D, H, V = 3, 5, 4, 4
START = END = 1
MARKS = (START, END, 0)


def pupil(rows=3, decoder="bahdanau", seed=0, spread=0):
    """Return who writes to some sources; with `spread` to one, that many times."""
    torch.manual_seed(seed)
    step = STEPS.get(decoder)(E, D, DecoderConfig(hidden_size=H, decoder=decoder, cell="gru"))
    head = SoftmaxHead(H, Tokens(list("abcd"), [1] * V, {}))
    embedding = Embedding(V, E)
    for parameter in [*step.parameters(), *head.parameters(), *embedding.parameters()]:
        parameter.data = torch.randn_like(parameter) * 0.6
    values, last, lengths = torch.randn(rows, 4, D), torch.randn(rows, D), torch.tensor([4, 2, 3])[:rows]
    if spread:
        values, last, lengths = (one[:1].repeat(spread, *[1] * (one.dim() - 1)) for one in (values, last, lengths))
    return Pupil(embedding, step, head, step.source(Padded(values, lengths), last), MARKS, 0.0)


def weights(who):
    return [*who.step.parameters(), *who.head.parameters(), *who.embedding.parameters()]


TARGET = Padded(torch.tensor([[2, 3, 1, 0, 0], [3, 3, 2, 0, 1], [0, 1, 0, 0, 0]]), torch.tensor([3, 5, 2]))
EARLY, LATE = Moment(Noise(1, 0), 0, 100), Moment(Noise(1, 99), 99, 100)


@pytest.mark.parametrize("decoder", ["bahdanau", "unfed", "initial"])
def test_with_right_tokens_alone_every_teacher_forces(decoder):
    who = pupil(decoder=decoder)
    expected = ForcingTeacher(H).loss(who, TARGET, None, None)[0]
    gradients = torch.autograd.grad(expected.nats, weights(who), allow_unused=True, retain_graph=True)
    always = SamplingTeacher(H, SamplingTeacher.Config(schedule="linear", k=1.0, least=1.0))
    for teacher, moment in (
        (always, LATE),
        (SamplingTeacher(H), None),
        (MixerTeacher(H), EARLY),
        (MixerTeacher(H), None),
    ):
        found, _ = teacher.loss(who, TARGET, moment, None)
        assert found.targets == expected.targets == 10
        torch.testing.assert_close(found.nats, expected.nats, atol=1e-12, rtol=0)
        again = torch.autograd.grad(found.nats, weights(who), allow_unused=True, retain_graph=True)
        for left, right in zip(gradients, again, strict=True):
            if left is not None:
                torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


def test_schedules_are_those_of_the_paper():
    linear = SamplingTeacher(H, SamplingTeacher.Config(schedule="linear", k=1.0, c=0.002, least=0.1))
    assert [linear.share(i, 1000) for i in (0, 100, 449, 450, 451)] == pytest.approx([1, 0.8, 0.102, 0.1, 0.1])
    falling = SamplingTeacher(H, SamplingTeacher.Config(schedule="exponential", k=0.99))
    expected = [1, 0.9043820750, 0.3660323413, 0.0065704830]
    assert [falling.share(i, 1000) for i in (0, 10, 100, 500)] == pytest.approx(expected, abs=1e-10)
    sigmoid = SamplingTeacher(H, SamplingTeacher.Config(schedule="inverse_sigmoid", k=100.0))
    expected = [0.9900990099, 0.9900004983, 0.9735365333, 0.4987925488, 0.0045194746]
    assert [sigmoid.share(i, 1000) for i in (0, 1, 100, 461, 1000)] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("schedule", ["linear", "exponential", "inverse_sigmoid"])
def test_without_numbers_half_is_sampled_in_the_middle(schedule):
    teacher = SamplingTeacher(H, SamplingTeacher.Config(schedule=schedule))
    assert teacher.share(0, 4000) == pytest.approx(1, abs=4e-3)
    assert teacher.share(2000, 4000) == pytest.approx(0.5, abs=1e-6)
    shares = [teacher.share(i, 4000) for i in range(0, 4001, 100)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] <= 0.26


def test_a_coin_is_thrown_for_each_token():
    rows, steps = 200, 20
    target = Padded(torch.zeros(rows, steps, dtype=torch.long))
    right = _Mixed(pupil(), target, Noise(3, 7), 0.3, False)._right
    assert right.double().mean() == pytest.approx(0.3, abs=0.03)
    assert right.double().mean(1).std() == pytest.approx(np.sqrt(0.3 * 0.7 / steps), rel=0.2)  # one coin a row: 0.46
    assert torch.equal(right, _Mixed(pupil(), target, Noise(3, 7), 0.3, False)._right)


def test_own_tokens_are_read_where_the_coin_says_so():
    who = pupil(1)
    teacher = SamplingTeacher(H, SamplingTeacher.Config(schedule="linear", k=1e-9, c=1.0, chosen="likeliest"))
    gold = torch.tensor([[2, 3, 0, 1]])
    found, _ = teacher.loss(who, Padded(gold), Moment(Noise(1, 5), 5, 10), None)
    state, ids, nats = who.step.initial_state(1, who.memory), torch.tensor([START]), torch.zeros(())
    for wanted in gold[0]:
        output, state = who.step.recur(who.step.project(who.embedding(ids)), state, who.memory.spread())
        log_probs = who.head.next(output)
        nats = nats - log_probs[0, wanted]
        ids = log_probs.argmax(-1)
    torch.testing.assert_close(found.nats, nats, atol=1e-12, rtol=0)


def test_what_is_drawn_comes_as_often_as_it_is_likely():
    who = pupil(1, spread=20_000)
    run = _Mixed(who, Padded(torch.zeros(20_000, 2, dtype=torch.long)), Noise(1, 0), 0.0, False)
    output = torch.randn(1, H).expand(20_000, H)
    share = torch.bincount(run.next(output, 0), minlength=V) / 20_000
    torch.testing.assert_close(share, who.head.next(output[0]).exp().detach(), atol=0.02, rtol=0)


def test_mixer_teaches_fewer_and_fewer_tokens():
    teacher = MixerTeacher(H, MixerTeacher.Config(taught=0.5, fewer=3))
    found = [teacher.taught(share / 100, 12) for share in range(100)]
    assert list(dict.fromkeys(found)) == [12, 9, 6, 3, 0]
    assert found[:50] == [12] * 50
    assert MixerTeacher(H, MixerTeacher.Config(fewer=5, longest=7)).taught(0.5, 99) == 2


class Counted:
    """How many of the letters of what was written are 2, as a reward; the texts that were rewarded are kept."""

    def __call__(self, said, right):
        self.said = [ids[:length].tolist() for ids, length in zip(said.values, said.lengths, strict=True)]
        self.right = [ids[:length].tolist() for ids, length in zip(right.values, right.lengths, strict=True)]
        return np.array([row.count(2) / 3 + 0.1 * len(row) for row in self.said])


def every_text(longest):
    others = [token for token in range(V) if token != END]
    for length in range(longest):
        for ids in itertools.product(others, repeat=length):
            yield [*ids, END]
    yield from map(list, itertools.product(others, repeat=longest))


@pytest.mark.parametrize("expected", [0.0, 0.7])
def test_the_gradient_of_what_is_rewarded_is_that_of_the_mean_reward(monkeypatch, expected):
    texts, longest = list(every_text(3)), 3
    who, reward = pupil(1, spread=len(texts)), Counted()
    padded = torch.tensor([[*row, *[0] * (longest - len(row))] for row in texts])
    lengths = torch.tensor([len(row) for row in texts])
    taken = iter(range(longest))
    monkeypatch.setattr("elman.teachers.base.Run.drawn", lambda self, output: padded[:, next(taken)])
    chances = torch.exp(
        torch.stack(
            [
                -ForcingTeacher(H).loss(_row(who, row), _text(texts[row]), None, None)[0].nats
                for row in range(len(texts))
            ]
        )
    )
    assert float(chances.sum().detach()) == pytest.approx(1)
    rewards = torch.from_numpy(reward(Padded(padded.numpy(), lengths.numpy()), Padded(padded.numpy(), lengths.numpy())))
    wanted = torch.autograd.grad(-(chances * rewards).sum(), weights(who), allow_unused=True, retain_graph=True)
    teacher = MixerTeacher(H, MixerTeacher.Config(taught=0.01, fewer=9))
    teacher.expected.bias.data.fill_(expected)
    target = Padded(torch.zeros(len(texts), longest, dtype=torch.long))
    # Each text as often as it comes: the loss of a row is multiplied by its chance through the head.
    monkeypatch.setattr(SoftmaxHead, "unsmoothed", _weighted(SoftmaxHead.unsmoothed, chances.detach()))
    found, _ = teacher.loss(who, target, Moment(Noise(1, 0), 99, 100, Reward(reward, 3)), None)
    again = torch.autograd.grad(found.nats, weights(who), allow_unused=True)
    assert reward.said == texts
    for left, right in zip(wanted, again, strict=True):
        if left is not None:
            torch.testing.assert_close(right, left, atol=1e-10, rtol=0)


def _row(who, row):
    return who._replace(memory=who.memory.select(torch.tensor([row])))


def _text(ids):
    return Padded(torch.tensor([ids]))


def _weighted(loss, chances):
    def weighted(self, hidden, target, moment, weights):
        factors = Padded(weights.values * chances[:, None], weights.lengths)
        return loss(self, hidden, target, moment, factors)

    return weighted


def test_what_is_expected_learns_from_rewards_and_moves_nothing_else():
    who, reward = pupil(), Counted()
    teacher = MixerTeacher(H, MixerTeacher.Config(taught=0.01, fewer=9))
    found, _ = teacher.loss(who, TARGET, Moment(Noise(1, 0), 99, 100, Reward(reward, 5)), None)
    assert found.targets == sum(map(len, reward.said))
    assert reward.right == [[2, 3, 1], [3, 3, 2, 0, 1], [0, 1]]
    bias = torch.autograd.grad(found.nats, teacher.expected.bias)[0]
    total = sum(len(row) * (row.count(2) / 3 + 0.1 * len(row)) for row in reward.said)
    assert float(bias) == pytest.approx(-2 * total)  # d/db of the sum of (r - b)² at b = 0


def test_the_first_tokens_are_taught_and_the_others_rewarded():
    who, reward = pupil(), Counted()
    teacher = MixerTeacher(H, MixerTeacher.Config(taught=0.01, fewer=3))
    found, _ = teacher.loss(who, TARGET, Moment(Noise(1, 0), 2, 100, Reward(reward, 5)), None)  # 2 of 5 are taught
    assert [row[:2] for row in reward.said] == [[2, 3], [3, 3], [0, 1]]
    assert reward.said[2] == [0, 1]
    assert found.targets == 6 + sum(len(row) - 2 for row in reward.said)


@pytest.mark.parametrize("share", [2, 99])
def test_how_much_is_taught_hangs_on_the_data_and_not_on_what_else_is_in_the_batch(share):
    who, teacher = pupil(), MixerTeacher(H, MixerTeacher.Config(taught=0.01, fewer=2))
    whole, alone = Counted(), Counted()
    moment = Moment(Noise(1, 0), share, 100)
    teacher.loss(who, TARGET, moment._replace(reward=Reward(whole, 6)), None)
    short = Padded(TARGET.values[:, :3], torch.tensor([3, 3, 2]))
    found, _ = teacher.loss(who, short, moment._replace(reward=Reward(alone, 6)), None)
    if share == 2:  # 4 of 6 are taught: of the longest target of 3 all
        assert [row[:4] for row in whole.said[:2]] == [[2, 3, 1], [3, 3, 2, 0]]
        assert not hasattr(alone, "said")
        torch.testing.assert_close(found.nats, ForcingTeacher(H).loss(who, short, moment, None)[0].nats)
    else:
        assert alone.right == [[2, 3, 1], [3, 3, 2], [0, 1]]


@pytest.mark.parametrize("weights", [[[1.0], [0.0], [0.5]], [[2.0] * 5, [0.0] * 5, [0.5] * 5]])
@pytest.mark.parametrize("share", [2, 99])
def test_examples_count_what_they_should_among_rewards_too(monkeypatch, share, weights):
    monkeypatch.setattr("elman.teachers.base.Run.drawn", lambda self, output: torch.full((len(output),), 2))
    teacher = MixerTeacher(H, MixerTeacher.Config(taught=0.01, fewer=3))
    teacher.expected.bias.data.fill_(0.3)
    moment = Moment(Noise(1, 0), share, 100, Reward(Counted(), 5))

    def sums(rows, factors):
        who = pupil()._replace(dropout=0.0)
        who = who._replace(memory=who.memory.select(torch.tensor(rows)))
        target = Padded(TARGET.values[rows], TARGET.lengths[rows])
        return teacher.loss(who, target, moment, None if factors is None else Padded(torch.tensor(factors)))[0]

    found = sums([0, 1, 2], weights)
    each = [sums([row], None) for row in (0, 2)]
    expected = sum(weights[row][0] * one.nats for row, one in zip((0, 2), each, strict=True))
    torch.testing.assert_close(found.nats, expected, atol=1e-12, rtol=0)
    assert found.targets == sum(one.targets for one in each)


def test_what_is_drawn_is_rewarded_without_smoothing():
    smooth = SoftmaxHead(H, Tokens(list("abcd")), SoftmaxHead.Config(label_smoothing=0.3))
    plain = SoftmaxHead(H, Tokens(list("abcd")))
    plain.load_state_dict(smooth.state_dict())
    hidden, target, weights = Padded(torch.randn(2, 3, H)), Padded(torch.randint(V, (2, 3))), Padded(torch.randn(2, 3))
    found, expected = smooth.unsmoothed(hidden, target, None, weights), plain.loss(hidden, target, None, weights)
    torch.testing.assert_close(found.nats, expected.nats, atol=1e-12, rtol=0)
    assert smooth.config.label_smoothing == 0.3
    with pytest.raises(ConfigError, match="PointerHead: given has no copied: got nothing"):
        PointerHead(H, Tokens(list("abcd"))).unsmoothed(hidden, target, None, weights)


def test_mixer_without_a_reward_is_refused():
    with pytest.raises(ConfigError, match=r"model\.teacher: mixer needs a task that says how good a text is"):
        MixerTeacher(H).loss(pupil(), TARGET, LATE, None)


def test_every_teacher_is_known():
    assert TEACHERS.names() == ["forcing", "mixer", "sampling"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"schedule": "exponential", "k": 2.0}, "k: got 2, expected below 1 for schedule exponential"),
        ({"schedule": "inverse_sigmoid", "k": 0.5}, "k: got 0.5, expected 1 or more for schedule inverse_sigmoid"),
        ({"schedule": "exponential", "least": 0.4}, "least: only schedule linear has it. Leave it out"),
        ({"c": 0.1}, "c: only schedule linear has it. Leave it out"),
    ],
)
def test_numbers_that_a_schedule_has_not_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        SamplingTeacher.Config(**options)


def test_what_is_drawn_and_what_is_scored_come_from_one_tensor(monkeypatch):
    who, seen = pupil()._replace(dropout=0.5), []

    def drawn(self, output):
        seen.append(output)
        return output.argmax(-1) % V

    def loss(self, hidden, *rest):
        seen.append(hidden.values)
        return LossSum(hidden.values.sum(), 1)

    monkeypatch.setattr("elman.teachers.base.Run.drawn", drawn)
    monkeypatch.setattr(SoftmaxHead, "unsmoothed", loss)
    teacher = MixerTeacher(H, MixerTeacher.Config(taught=0.01, fewer=9))
    teacher.loss(who, TARGET, Moment(Noise(1, 0), 99, 100, Reward(Counted(), 5)), None)
    *outputs, scored = seen
    assert torch.equal(torch.stack(outputs, 1), scored.detach())
