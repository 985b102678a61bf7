"""Traps of looking at gradients, gates and times: what is easily taken for something else."""

import numpy as np
import pytest
import torch

import elman.lab
from elman.lab.experiments.sequential import SequentialExperiment
from elman.lab.recurrence import slope
from elman.lab.starts import networks
from elman.layers.packing import Packing
from elman.layers.unroll import loop

STARTS = dict(networks(["elman"], [1.0]))


def test_T5_the_gradient_of_a_sum_is_that_of_its_state_times_the_slope_and_both_are_shown():
    values = elman.lab.jacobian().values
    for t in (1, 2, 3, 4):
        s = np.asarray(values[f"s_{t}"])
        by_state, by_sum = (np.asarray(values[f"∂L/∂{letter}_{t}"]) for letter in "su")
        np.testing.assert_allclose(by_sum, (1 - s**2) * by_state, rtol=0, atol=1e-12)
        assert np.abs(by_sum - by_state).max() > 1e-2
    assert slope(np.array([4.0])) == pytest.approx(1.341e-3, rel=1e-3)  # a saturated unit: a thousandth
    curves = {curve.name for curve in elman.lab.jacobian().found.panels[0].curves}
    assert curves == {"‖∂L/∂s_t‖", "‖∂L/∂u_t‖"}


def test_T9_seeds_are_summed_up_by_median_range_and_geometric_mean():
    made = elman.lab.steps127(length=60, units=16, batch=4, cells=["elman"], seeds=3)
    name = "tanh, torch's start"
    every = np.array(made.values[f"{name}: seeds"])
    assert made.values[f"{name}: at lag 40"] == pytest.approx(np.exp(np.log(every).mean()), rel=1e-12)
    assert every.mean() > 1.2 * np.exp(np.log(every).mean())  # the mean is that of its largest
    [curve] = [curve for curve in made.found.panels[0].curves if curve.name == name]
    assert (curve.low[40], curve.y[40], curve.high[40]) == pytest.approx(sorted(every), rel=1e-9)


def test_T17_torchs_start_has_a_radius_near_a_root_of_a_third_and_others_stand_beside_it():
    def radius(name):
        return float(torch.linalg.eigvals(STARTS[name](128, 1).weight_hh.detach()).abs().max())

    assert radius("tanh, torch's start") == pytest.approx(3**-0.5, rel=0.1)
    assert radius("tanh, radius 1") == pytest.approx(1, abs=1e-9)
    assert radius("tanh, radius 1.5") == pytest.approx(1.5, abs=1e-9)
    orthogonal = STARTS["tanh, orthogonal"](128, 1).weight_hh.detach()
    torch.testing.assert_close(orthogonal @ orthogonal.t(), torch.eye(128, dtype=torch.float64), atol=1e-10, rtol=0)


def test_T18_a_radius_above_1_vanishes_under_inputs_and_explodes_without_and_inputs_are_drawn():
    def share(inputs, length=64, batch=4):
        cell, draw = STARTS["tanh, radius 1.5"](64, 1), torch.Generator().manual_seed(1)
        rows = inputs * torch.randn(length * batch, 64, generator=draw, dtype=torch.float64)
        start = cell.initial_state(batch).map(lambda one: (one + 1e-9).requires_grad_())
        [*_, last] = loop(cell, rows, Packing(batch, length), start, keep=("h",)).kept["h"]
        return float(torch.autograd.grad(last.sum(), start.h)[0].norm(dim=1).mean()) / 64**0.5

    assert share(1.0) < 0.3
    assert share(0.0) > 10
    drawn = elman.lab.steps127(length=64, units=64, batch=4, cells=["elman"], seeds=1)
    [curve] = [one for one in drawn.found.panels[0].curves if one.name == "tanh, radius 1.5"]
    assert curve.y[64] < 0.3  # the figure is that of inputs


def test_G17_T45_a_line_through_times_is_over_long_sequences_and_tells_what_no_length_costs():
    lengths = SequentialExperiment.Config().lengths
    assert (lengths[0], lengths[-1]) == (64, 4096)
    made = elman.lab.sequential(lengths=[64, 256, 512], units=4)
    taken = np.array([made.values[f"T = {n}"] for n in (64, 256, 512)])
    b, a = np.polyfit([64, 256, 512], taken, 1)
    assert [made.values["a"], made.values["b"]] == pytest.approx([a, b], rel=1e-9)
    [panel] = made.found.panels
    assert [curve.name for curve in panel.curves] == ["measured", "a + b T"]
