"""Curriculum rows C10-C14 and C22-C24: batches, buckets, every kind of dropout, activations, large vocabularies."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from elman.cells import CELLS
from elman.cells.base import Drops
from elman.data.bucketing import buckets, padding_share
from elman.data.outlines import Tokens
from elman.data.records import Batch, Padded
from elman.heads.adaptive_softmax import AdaptiveSoftmaxHead
from elman.heads.softmax import SoftmaxHead
from elman.layers.dropout import dropout, sequence_dropout
from elman.layers.embedding import Embedding
from elman.layers.packing import Packing
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.layers.regularization import Regularization, draw_masks, regularized
from elman.layers.unroll import unroll
from elman.models.rnn_lm import RnnLM
from elman.moment import Noise
from tests.fields import side_by_side
from tests.gradients import equal_finite_differences

B, T, I, H = 3, 5, 4, 6
LENGTHS = torch.tensor([5, 2, 4])
pytestmark = pytest.mark.usefixtures("float64")
every_cell = pytest.mark.parametrize("name", CELLS.names())


def stack(noise_options=None, **options):
    regularization = Regularization(**(noise_options or {}))
    config = {"hidden_size": H, "dropout": 0.0, "regularization": regularization, **options}
    return RecurrentStack(I, RecurrentConfig(**config))


def close(left, right, tolerance=1e-12):
    torch.testing.assert_close(left, right, atol=tolerance, rtol=0)


def somewhere(cell, size=B):
    return cell.initial_state(size).map(torch.randn_like)


def run(cell, x, state, rates, noise, lengths=None):
    packing = Packing(len(x), x.shape[1], lengths)
    step = regularized(cell, Regularization(**rates), noise, packing)
    rows, last, _ = unroll(step, packing.pack(x), packing, state)
    return packing.unpack(rows), last


def drop(cell, x, state, drops):
    """Return output and state of one step with recurrent dropout."""
    values = cell.values(cell.project(x), state, drops=drops)
    return values["h"], state.filled(values)


def masks(seed, count, rate, like):
    """Return the masks that a step draws, in order."""
    noise = Noise(seed, 0)
    return [noise.keep_mask(like, 1 - rate) for _ in range(count)]


# C10, C11: batches and buckets


TOKENS = Tokens([str(number) for number in range(9)])


def language_model():
    return RnnLM(RnnLM.Config(hidden_size=H, dropout=0.0), {"tokens": TOKENS}, {"next_token": TOKENS})


def batch_of(lines):
    """Return lines side by side, the first token of each predicted after token 0."""
    targets = side_by_side(lines)
    inputs = np.pad(targets.values[:, :-1], [(0, 0), (1, 0)])
    return Batch(len(lines), {"tokens": Padded(inputs, targets.lengths), "next_token": targets})


def test_C10_the_gradient_of_a_batch_is_that_of_its_sentences_together():
    model = language_model()
    lines = [np.array([1, 2, 3]), np.array([4, 5]), np.array([6, 7, 8, 1, 2])]
    model.loss(batch_of(lines), model.initial_state(3), None).heads["next_token"].nats.backward()
    expected = [parameter.grad.clone() for parameter in model.parameters()]
    model.zero_grad()
    for line in lines:
        model.loss(batch_of([line]), model.initial_state(1), None).heads["next_token"].nats.backward()
    for left, right in zip(expected, model.parameters(), strict=True):
        close(left, right.grad)


def test_C11_buckets_of_the_deck_hold_lengths_5_then_4_and_3_then_2():
    # Figure of deck 000: sentences of lengths 5, 3 to 4, and 2, each kind in a batch of its own.
    lengths = np.array([2, 5, 3, 4, 2, 5, 3, 5, 2, 2, 2])
    batches = buckets(lengths, 11, places=15)
    assert [lengths[rows].tolist() for rows in batches] == [[5, 5, 5], [4, 3, 3], [2, 2, 2, 2, 2]]


def test_C11_bucketing_wastes_less_and_changes_no_loss():
    draw = np.random.default_rng(0)
    lines = [draw.integers(1, 9, size=int(n)) for n in draw.integers(1, 40, size=60)]
    lengths, model = np.array([len(line) for line in lines]), language_model()
    bucketed, as_one = buckets(lengths, 60, places=200), [np.arange(60)]
    assert padding_share(lengths, bucketed) < 0.15 < 0.45 < padding_share(lengths, as_one)
    losses = [
        sum(
            model.loss(batch_of([lines[row] for row in rows]), model.initial_state(len(rows)), None)
            .heads["next_token"]
            .nats.item()
            for rows in batches
        )
        for batches in (bucketed, as_one)
    ]
    assert losses[0] == pytest.approx(losses[1], abs=1e-9)


# C12: dropout


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_C12_dropout_keeps_the_expectation_and_does_nothing_outside_training(rate):
    x = torch.rand(400, 500) + 1
    dropped = dropout(x, rate, Noise(1, 0))
    kept = dropped != 0
    close(dropped[kept], (x / (1 - rate))[kept], 1e-9)
    assert float(kept.double().mean()) == pytest.approx(1 - rate, abs=0.005)
    assert float(dropped.mean()) == pytest.approx(float(x.mean()), rel=0.03)
    assert dropout(x, rate, None) is x
    assert dropout(x, 0.0, Noise(1, 0)) is x


def test_C12_dropout_between_layers_and_at_the_output_only():
    # Zaremba: a signal from x_t to y_t passes L + 1 masks, from x_1 to y_T too: none stands between time steps.
    network = stack(num_layers=2, dropout=0.5)
    x, state = torch.randn(B, T, I), somewhere(network)
    out = network(x, state, noise=Noise(1, 0))
    calm = network(x, state)
    first_layer = [next(iter(s.tensors())) for s in (out.state[0], calm.state[0])]
    assert torch.equal(*first_layer)
    assert float((out.hidden == 0).double().mean()) == pytest.approx(0.5, abs=0.2)


def test_C13_the_mask_of_a_step_is_new_at_every_step():
    rows = torch.ones(T * B, 50)
    dropped = dropout(rows, 0.5, Noise(1, 0)).view(T, B, 50)
    assert all((dropped[0] != dropped[t]).any() for t in range(1, T))


# C13: the four recurrent kinds, and zoneout


@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_C13_gal_one_mask_for_all_steps_of_a_sequence(lengths):
    packing = Packing(B, T, lengths)
    rows = packing.pack(torch.ones(B, T, 50))
    dropped = packing.unpack(sequence_dropout(rows, packing, 0.5, Noise(1, 0)))
    for row, length in enumerate([T] * B if lengths is None else lengths):
        assert (dropped[row, :length] == dropped[row, 0]).all()
    assert (dropped[0, 0] != dropped[1, 0]).any()
    assert sequence_dropout(rows, packing, 0.5, None) is rows


@every_cell
@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_C13_gal_the_recurrent_mask_stands_before_the_product_all_along(name, lengths):
    cell, x = CELLS.get(name)(I, H), torch.randn(B, T, I)
    before = somewhere(cell)
    found, last = run(cell, x, before, {"hidden_dropout": 0.5, "variational": True}, Noise(4, 0), lengths)
    [mask] = masks(4, 1, 0.5, torch.empty(B, cell.output_size))
    order = torch.arange(B) if lengths is None else torch.argsort(lengths, descending=True, stable=True)
    for place, row in enumerate(order.tolist()):
        state = before.select(torch.tensor([row]))
        for t in range(T if lengths is None else int(lengths[row])):
            output, state = drop(cell, x[row : row + 1, t], state, Drops(hidden=mask[place : place + 1]))
            close(found[row, t], output[0])
        close(next(last.tensors())[row], next(state.tensors())[0])


def test_C13_a_word_is_dropped_everywhere_or_nowhere():
    table = Embedding(40, 7, dropout=0.5)
    ids = torch.randint(40, (30, 20))
    vectors = table(ids, Noise(1, 0))
    for word in range(40):
        rows = vectors[ids == word]
        assert (rows == 0).all() or (rows == 2 * table.weight[word]).all()
    share = float((vectors[..., 0] == 0).double().mean())
    assert 0.2 < share < 0.8
    assert torch.equal(table(ids), table.weight[ids])


def test_C13_semeniuta_drops_the_candidate_and_never_the_memory():
    cell = CELLS.get("lstm")(I, H)
    x, state = torch.randn(B, I), somewhere(cell)
    mask = masks(1, 1, 0.5, torch.empty(B, H))[0]
    _, after = drop(cell, x, state, Drops(candidate=mask))
    i, f, g, _ = (cell.project(x) + cell.recurrent(state.h)).chunk(4, -1)
    close(after.c, f.sigmoid() * state.c + i.sigmoid() * (g.tanh() * mask))
    dropped = mask == 0
    close(after.c[dropped], (f.sigmoid() * state.c)[dropped])


@pytest.mark.parametrize("variational", [True, False])
def test_C13_semeniuta_masks_change_with_the_step_unless_variational(variational):
    cell = CELLS.get("gru")(I, H)
    packing = Packing(B, T)
    rates = Regularization(candidate_dropout=0.5, variational=variational)
    mask = draw_masks(cell, rates, Noise(1, 0), packing).drops.candidate
    assert mask.shape == ((B, H) if variational else (T * B, H))
    assert variational or any((mask[:B] != mask[t * B : (t + 1) * B]).any() for t in range(1, T))


@pytest.mark.parametrize("name", ["elman", "gru", "lstm", "peephole_lstm"])
@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_C13_weight_drop_is_one_mask_on_the_recurrent_weights(name, lengths):
    cell, x = CELLS.get(name)(I, H), torch.randn(B, T, I)
    before = somewhere(cell)
    found, _ = run(cell, x, before, {"weight_drop": 0.5}, Noise(4, 0), lengths)
    [mask] = masks(4, 1, 0.5, cell.weight_hh)
    whole = cell.weight_hh.detach().clone()
    cell.weight_hh.data = whole * mask
    expected, _ = run(cell, x, before, {}, None, lengths)
    cell.weight_hh.data = whole
    close(found, expected)
    close(run(cell, x, before, {"weight_drop": 0.5}, None, lengths)[0], run(cell, x, before, {}, None, lengths)[0])


def test_C13_weight_drop_gives_no_gradient_to_dropped_weights():
    cell, x = CELLS.get("lstm")(I, H), torch.randn(B, T, I)
    run(cell, x, somewhere(cell), {"weight_drop": 0.5}, Noise(4, 0))[0].square().sum().backward()
    [mask] = masks(4, 1, 0.5, cell.weight_hh)
    assert torch.equal(cell.weight_hh.grad == 0, mask == 0)


@every_cell
def test_C13_zoneout_keeps_units_of_the_state(name):
    cell, x = CELLS.get(name)(I, H), torch.randn(40, 1, I)
    before = somewhere(cell, 40)
    found, last = run(cell, x, before, {"zoneout": 0.3}, Noise(4, 0))
    _, plain = cell(x[:, 0], before)
    kept = 0
    for old, new, zoned in zip(before.tensors(), plain.tensors(), last.tensors(), strict=True):
        stays = zoned == old
        close(zoned[~stays], new[~stays])
        kept += float(stays.double().mean()) / len(before)
    assert kept == pytest.approx(0.3, abs=0.1)
    assert torch.equal(found[:, 0], next(last.tensors()))


@every_cell
def test_C13_zoneout_takes_its_expectation_outside_training(name):
    cell, x = CELLS.get(name)(I, H), torch.randn(B, 1, I)
    before = somewhere(cell)
    _, last = run(cell, x, before, {"zoneout": 0.3}, None)
    _, plain = cell(x[:, 0], before)
    for old, new, zoned in zip(before.tensors(), plain.tensors(), last.tensors(), strict=True):
        close(zoned, 0.3 * old + 0.7 * new)


def test_C13_zoneout_of_output_and_memory_have_rates_of_their_own():
    cell, x = CELLS.get("lstm")(I, H), torch.randn(200, 1, I)
    before = somewhere(cell, 200)
    _, last = run(cell, x, before, {"zoneout": 0.05, "zoneout_memory": 0.5}, Noise(4, 0))
    assert float((last.h == before.h).double().mean()) == pytest.approx(0.05, abs=0.03)
    assert float((last.c == before.c).double().mean()) == pytest.approx(0.5, abs=0.05)
    _, last = run(cell, x, before, {"zoneout_memory": 0.5}, None)
    _, plain = cell(x[:, 0], before)
    close(last.h, plain.h)
    close(last.c, 0.5 * before.c + 0.5 * plain.c)


EVERY_KIND = [
    {"hidden_dropout": 0.3},
    {"candidate_dropout": 0.3},
    {"hidden_dropout": 0.3, "candidate_dropout": 0.3, "variational": True, "input_dropout": 0.2},
    {"weight_drop": 0.3},
    {"zoneout": 0.3, "zoneout_memory": 0.1},
    {"input_dropout": 0.3, "output_dropout": 0.6},
]


@every_cell
@pytest.mark.parametrize("rates", EVERY_KIND, ids=str)
def test_C13_gradcheck_with_every_kind_masked_in(name, rates):
    if len(CELLS.get(name).state_type._fields) < 2:
        rates = {key: rate for key, rate in rates.items() if key != "zoneout_memory"}
    network = stack(rates, cell=name, num_layers=2, hidden_size=3, dropout=0.2)
    x, state = torch.randn(2, 3, I, requires_grad=True), somewhere(network, 2)
    mask = torch.tensor([[True, True, True], [True, True, False]])
    names, values = zip(*network.named_parameters(), strict=True)

    def function(x, *parameters):
        out = torch.func.functional_call(
            network, dict(zip(names, parameters, strict=True)), (x, state, mask, Noise(1, 0))
        )
        return out.hidden, *out.state.tensors()

    assert equal_finite_differences(function, (x, *values))


@pytest.mark.parametrize("rates", EVERY_KIND, ids=str)
def test_C13_evaluation_is_without_noise_and_a_step_repeats_itself(rates):
    network = stack(rates, num_layers=2, dropout=0.2)
    x, state = torch.randn(B, T, I), somewhere(network)
    calm, again = network(x, state).hidden, network(x, state).hidden
    noisy, same, other = (network(x, state, noise=Noise(1, step)).hidden for step in (0, 0, 1))
    assert torch.equal(calm, again)
    assert torch.equal(noisy, same)
    assert not torch.allclose(noisy, calm)
    assert not torch.allclose(noisy, other)


def test_C13_without_rates_the_recurrence_is_plain():
    cell, x = CELLS.get("lstm")(I, H), torch.randn(B, T, I)
    before, packing = somewhere(cell), Packing(B, T)
    found, _ = run(cell, x, before, {}, Noise(1, 0))
    assert torch.equal(found, packing.unpack(unroll(cell, packing.pack(x), packing, before)[0]))


@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_C13_activation_penalties_are_the_formulas(lengths):
    network = stack({"activation_penalty": 2.0, "temporal_penalty": 1.5, "output_dropout": 0.5})
    x, state = torch.randn(B, T, I), somewhere(network)
    mask = None if lengths is None else torch.arange(T) < lengths[:, None]
    out = network(x, state, mask, Noise(1, 0))
    raw = network(x, state, mask).hidden
    long = [T] * B if lengths is None else lengths.tolist()
    dropped = torch.cat([out.hidden[row, :n] for row, n in enumerate(long)])
    steps = torch.cat([raw[row, 1:n] - raw[row, : n - 1] for row, n in enumerate(long)])
    close(out.penalties["activation"].value, 2.0 * dropped.square().mean())
    close(out.penalties["temporal_activation"].value, 1.5 * steps.square().mean())
    assert network(x, state, mask).penalties == {}


def test_C13_penalties_of_one_step_and_of_nothing_are_finite():
    network = stack({"activation_penalty": 2.0, "temporal_penalty": 1.5})
    one = network(torch.randn(B, 1, I), somewhere(network), noise=Noise(1, 0))
    assert one.penalties["temporal_activation"].value == 0.0
    assert one.penalties["activation"].value > 0.0
    none = network(torch.randn(B, T, I), somewhere(network), torch.zeros(B, T, dtype=torch.bool), Noise(1, 0))
    values = {name: penalty.value for name, penalty in none.penalties.items()}
    assert values == {"activation": 0.0, "temporal_activation": 0.0}


@pytest.mark.parametrize("kind", ["dense", "residual"])
def test_C13_the_activation_penalty_is_about_the_layer_and_not_what_goes_past_it(kind):
    network = stack({"activation_penalty": 1.0}, connections=kind, hidden_size=I)
    x, state = torch.randn(B, T, I), somewhere(network)
    plain = stack(hidden_size=I)
    plain.layers.load_state_dict(network.layers.state_dict())
    close(network(x, state, noise=Noise(1, 0)).penalties["activation"].value, plain(x, state).hidden.square().mean())


# C14: activations


def test_C14_the_largest_slopes_of_sigmoid_tanh_and_relu():
    a = torch.linspace(-8, 8, 16001, requires_grad=True)
    slopes = {}
    for function in (torch.sigmoid, torch.tanh, torch.relu):
        (slope,) = torch.autograd.grad(function(a).sum(), a)
        slopes[function.__name__] = slope
        assert float(slope.max()) <= 1.0
    assert float(slopes["sigmoid"].max()) == pytest.approx(0.25, abs=1e-9)
    assert float(slopes["tanh"].max()) == pytest.approx(1.0, abs=1e-9)
    close(slopes["sigmoid"], (a.sigmoid() * (1 - a.sigmoid())).detach())
    close(slopes["tanh"], (1 - a.tanh() ** 2).detach())
    close(slopes["relu"], (a > 0).to(a.dtype).detach())


# C22-C24


def test_C22_masked_targets_give_no_loss_and_no_gradient():
    head = SoftmaxHead(H, Tokens([str(number) for number in range(7)]))
    hidden, target = torch.randn(2, T, H, requires_grad=True), torch.randint(7, (2, T))
    decoder_only = torch.arange(T) >= 3
    nats, count = head.loss(Padded(hidden), Padded(target), weights=Padded(decoder_only.expand(2, T)))
    nats.backward()
    assert count == 4
    assert (hidden.grad[:, :3] == 0).all()
    assert (hidden.grad[:, 3:] != 0).any(-1).all()


def test_C23_the_adaptive_softmax_is_normalized_and_does_less_work():
    v, rows = 5000, 64
    head = AdaptiveSoftmaxHead(
        H, Tokens([str(number) for number in range(v)]), AdaptiveSoftmaxHead.Config(cutoffs=[100, 1000])
    )
    close(head.next(torch.randn(3, 1, H)).exp().sum(-1), torch.ones(3, 1), 1e-10)
    places = []
    original = torch.addmm

    def addmm(bias, left, right, *, out):
        places.append(left.shape[0] * right.shape[1])
        return original(bias, left, right, out=out)

    zipf = (1 / torch.arange(1, v + 1)).multinomial(rows, replacement=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "addmm", addmm)
        head.loss(Padded(torch.randn(rows, 1, H, requires_grad=True)), Padded(zipf[:, None]))
    assert sum(places) < 0.4 * rows * v


def test_C24_one_product_for_all_gates_and_all_steps():
    cell = CELLS.get("lstm")(I, H)
    products = []
    original = nn.functional.linear

    def linear(*arguments):
        products.append(arguments[0].shape)
        return original(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nn.functional, "linear", linear)
        cell.project(torch.randn(T * B, I))
    assert products == [(T * B, I)]
    assert math.prod(cell.weight_ih.shape) == 4 * H * I
