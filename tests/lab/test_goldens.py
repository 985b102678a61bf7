"""The numbers of the gradient experiments, to the digits that were computed elsewhere."""

import numpy as np
import pytest

import elman.lab
from elman.lab.recurrence import example, norm
from tests.lab.golden import GOLDENS

close = {"rtol": 0, "atol": 1e-10}


def test_G1_X1_the_product_and_three_wrong_ones():
    found, golden = elman.lab.jacobian(), GOLDENS["G1_jacobian_product"]
    values = found.values
    for t, (state, jacobian) in enumerate(zip(golden["states"], golden["jacobians"], strict=True), start=1):
        np.testing.assert_allclose(values[f"s_{t}"], state, **close)
        np.testing.assert_allclose(values[f"J_{t}"], jacobian, **close)
        np.testing.assert_allclose(values[f"∂L/∂u_{t}"], golden["dL_du"][t - 1], **close)
    for t, gradient in enumerate(golden["dL_ds"]):
        np.testing.assert_allclose(values[f"∂L/∂s_{t}"], gradient, **close)
    np.testing.assert_allclose(values["J_4 J_3 J_2 J_1"], golden["product"], **close)
    assert values["‖∂s_4/∂s_0‖_F"] == pytest.approx(golden["frobenius"], abs=1e-12)
    at, pulled, reverse = (one.gives for one in found.found.errata)
    np.testing.assert_allclose(reverse, golden["wrong"]["reverse_order"], **close)
    np.testing.assert_allclose(pulled, golden["wrong"]["W_pulled_out"], **close)
    np.testing.assert_allclose(at, [[-0.055143180158, -0.170859856833], [0.212395576450, 0.035734393135]], **close)


def test_G1_the_product_is_what_small_changes_of_the_state_do():
    net, x, s, _ = example()
    change = 1e-6 * np.eye(2)
    columns = [(net.over(x, s + d).s[-1] - net.over(x, s - d).s[-1]) / 2e-6 for d in change]
    np.testing.assert_allclose(np.array(columns).T, GOLDENS["G1_jacobian_product"]["product"], atol=1e-9)


def test_G2_powers_and_time_scales():
    made = elman.lab.eigen()
    for name, value in GOLDENS["G2_powers"].items():
        assert made.values[name] == pytest.approx(value, rel=1e-12)
    for row in made.found.tables[0].rows:
        golden = GOLDENS["G2_forget_bias"][str(row[0])]
        got = dict(zip(("f", "f127", "time_scale", "half_life"), row[1:5], strict=True))
        assert got == pytest.approx(golden, rel=1e-12)


def test_X3_T1_T2_the_rule_of_eigenvalues_fails_in_both_directions():
    values = elman.lab.eigen().values
    assert values["|λ|_max of W"] == 0
    assert values["‖∂s_127/∂s_0‖ of W"] == pytest.approx(GOLDENS["G2_nilpotent"]["spectral_norm_127"], rel=1e-12)
    assert values["‖A^k‖, its largest"] == pytest.approx(GOLDENS["G2_transient"]["norms"]["9"], rel=1e-12)
    assert values["A below 1 from k"] == 55
    assert values["slope at rest"] == pytest.approx(GOLDENS["G2_radius_1.5_vanishes"]["slope"], rel=1e-12)
    assert values["slope^127"] == pytest.approx(4.7e-52, rel=0.01)
    assert values["‖[[1, 1], [0, 1]]^127‖"] == pytest.approx(127.0078736, rel=1e-8)
    assert norm(np.array([[2.0, -2.0], [2.0, -2.0]])) == pytest.approx(4)
