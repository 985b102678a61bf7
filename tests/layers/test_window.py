"""The window over a text: the golden numbers, a plain loop, finite differences, padding, and where it ends."""

import json
import math
from pathlib import Path

import pytest
import torch

from elman.cells.lstm import LSTMCell
from elman.data.records import Padded
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.layers.window import Letters, WindowedCell, WindowState, beyond, window
from tests.gradients import equal_finite_differences

GOLDEN = json.loads((Path(__file__).parent / "golden_window.json").read_text())
I, H, C, K = 3, 4, 5, 2

pytestmark = pytest.mark.usefixtures("float64")


def test_the_golden_window_has_the_numbers_of_the_formula():
    raw = torch.tensor([*GOLDEN["raw_alpha"], *GOLDEN["raw_beta"], *GOLDEN["raw_kappa"]])
    kappa, phi = window(raw, torch.tensor(GOLDEN["kappa_before"]), GOLDEN["characters"] + 1)
    assert kappa.tolist() == pytest.approx(GOLDEN["kappa"], abs=1e-12)
    assert phi[:4].tolist() == pytest.approx(GOLDEN["phi_1_to_4"], abs=1e-12)
    assert phi[4].item() == pytest.approx(GOLDEN["phi_5"], abs=1e-12)


def make():
    """Return a cell with a window, its weights not small."""
    made = WindowedCell(LSTMCell(I + C, H), C, K, 0.05)
    for parameter in made.parameters():
        parameter.data = torch.randn_like(parameter) * 0.6
    return made


def letters(*texts):
    """Return texts side by side, filled up with id 0."""
    widest = max(map(len, texts))
    ids = torch.tensor([[*text, *[0] * (widest - len(text))] for text in texts])
    return Letters.of(Padded(ids, torch.tensor([len(text) for text in texts])), torch.empty(0))


def standing(count):
    """Return a state in the middle of things."""
    made = WindowState(LSTMCell(1, H).initial_state(count), torch.zeros(count, K), torch.zeros(count, C))
    return made.map(lambda one: torch.rand_like(one.to(torch.float64)))


def test_a_step_is_a_plain_loop_over_hills_and_characters():
    made, text, x = make(), [3, 1, 3], torch.randn(1, I)
    before = standing(1)
    found = made.values(x, before, letters(text))
    h, layer = made.cell(torch.cat([x, before.w], -1), before.layer)
    raw = (made.weight @ h[0] + made.bias).tolist()
    w, phi = [0.0] * C, []
    kappa = [before.kappa[0, k].item() + math.exp(raw[2 * K + k]) for k in range(K)]
    for u in range(1, len(text) + 2):
        hills = [math.exp(raw[k]) * math.exp(-math.exp(raw[K + k]) * (kappa[k] - u) ** 2) for k in range(K)]
        phi.append(sum(hills))
        if u <= len(text):
            w[text[u - 1]] += phi[-1]
    assert torch.allclose(found["h"], h, atol=1e-12)
    assert torch.allclose(found["layer"].c, layer.c, atol=1e-12)
    assert found["kappa"][0].tolist() == pytest.approx(kappa, abs=1e-12)
    assert found["phi"][0].tolist() == pytest.approx(phi, abs=1e-12)
    assert found["w"][0].tolist() == pytest.approx(w, abs=1e-12)
    assert found["y"][0].tolist() == pytest.approx([*h[0].tolist(), *w], abs=1e-12)


def test_gradients_are_those_of_finite_differences():
    made, memory = make(), letters([1, 2], [4, 0, 4])
    packing = Packing(2, 3, torch.tensor([3, 2]))
    state = standing(2)
    given = [torch.randn(5, I), *state.tensors(), *(one.detach() for one in made.parameters())]
    names = [name for name, _ in made.named_parameters()]

    def run(rows, h, c, kappa, w, *weights):
        parts = iter((h, c, kappa, w))

        class Whole(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.made = made

            def forward(self):
                return unroll(made, rows, packing, state.map(lambda _: next(parts)), memory).outputs

        values = {f"made.{name}": weight for name, weight in zip(names, weights, strict=True)}
        return torch.func.functional_call(Whole(), values, ())

    assert equal_finite_differences(run, [one.clone().requires_grad_() for one in given])


def test_neighbours_and_padding_of_texts_and_drawings_change_nothing():
    made, texts, lengths = make(), [[1, 2], [4, 0, 4, 3], [2]], torch.tensor([5, 3, 4])
    rows, state = torch.randn(3, 5, I), standing(3)
    packing = Packing(3, 5, lengths)
    whole = unroll(made, packing.pack(rows), packing, state, letters(*texts))
    outputs = packing.unpack(whole.outputs)
    for row, text in enumerate(texts):
        steps = int(lengths[row])
        alone, first = Packing(1, steps), state.select(torch.tensor([row]))
        found = unroll(made, alone.pack(rows[row : row + 1, :steps]), alone, first, letters(text))
        assert torch.allclose(outputs[row, :steps], alone.unpack(found.outputs)[0], atol=1e-12)
        assert not outputs[row, steps:].any()
        for one, other in zip(whole.state.tensors(), found.state.tensors(), strict=True):
            assert torch.allclose(one[row], other[0], atol=1e-12)


def test_what_is_learned_from_and_what_is_only_computed_is_the_same():
    made, memory = make(), letters([1, 2, 2])
    packing, rows = Packing(1, 6), torch.randn(6, I)
    learned = unroll(made, rows, packing, made.initial_state(1), memory).outputs
    with torch.no_grad():
        assert torch.allclose(unroll(made, rows, packing, made.initial_state(1), memory).outputs, learned, atol=1e-12)


def test_a_window_never_goes_back_and_begins_to_go_on_slowly():
    made = WindowedCell(LSTMCell(I + C, H), C, K, 0.05)
    made.reset_parameters(torch.Generator().manual_seed(1), 1e-3)
    packing = Packing(1, 40)
    kept = unroll(made, torch.randn(40, I), packing, made.initial_state(1), letters([1, 2, 3]), keep=("kappa",)).kept
    kappa = torch.cat(kept["kappa"])
    assert (kappa.diff(dim=0) > 0).all()
    assert torch.allclose(kappa[-1], torch.tensor(40 * 0.05), atol=0.05)


@pytest.mark.parametrize(
    ("kappa", "places", "left"),
    [([1.0, 2.0], 2, False), ([2.4, 2.4], 2, False), ([2.6, 2.6], 2, True), ([2.6, 2.6], 3, False)],
)
def test_a_text_is_left_where_the_place_behind_it_is_highest(kappa, places, left):
    _, phi = window(torch.tensor([[0.0, 0.0, 2.0, 2.0, -80.0, -80.0]]), torch.tensor([kappa]), 5)
    assert beyond(torch.tensor([kappa]), phi, torch.tensor([places])).item() is left


def test_a_window_far_behind_its_text_has_left_it_though_no_number_says_so():
    kappa, phi = window(torch.tensor([[0.0, 0.0, 9.0, 9.0, -80.0, -80.0]]), torch.tensor([[9.0, 5.0]]), 3)
    assert not phi.any()
    assert beyond(kappa, phi, torch.tensor([2])).item()
    assert not beyond(torch.zeros(1, 2), phi, torch.tensor([2])).item()
