"""The numbers of the gradient experiments, to the digits that were computed elsewhere."""

import numpy as np
import pytest

import elman.lab
from elman.errors import ConfigError, DataError
from elman.lab.recurrence import example, norm
from elman.randomness import seed_of
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


def test_G3_X9_no_network_is_above_the_bound():
    values, golden = elman.lab.bound(networks=60).values, GOLDENS["G1_jacobian_product"]
    assert values["σ_max⁴ Π max tanh'"] == pytest.approx(golden["bound"], abs=1e-12)
    assert values["Π ‖J_t‖"] == pytest.approx(golden["product_of_jacobian_norms"], abs=1e-12)
    np.testing.assert_allclose(values["max tanh'(u_t)"], golden["max_slopes"], **close)
    assert values["|λ|_max"] == pytest.approx(golden["eigenvalue_modulus_W"], abs=1e-12)
    assert values["above the bound"] == 0


def test_G4_the_chain_rule_step_by_step():
    values, golden = elman.lab.chain().values, GOLDENS["G1_jacobian_product"]
    for t in (1, 2, 3, 4):
        np.testing.assert_allclose(values[f"∂J/∂h_{t}"], golden["dL_ds"][t], **close)
    np.testing.assert_allclose(values["by small changes"], golden["dL_ds"][1], atol=1e-8)


def test_G5_T17_the_order_of_magnitude_of_each_network_at_its_last_lag():
    values = elman.lab.steps127(length=64, seeds=1, forget_bias=[0.0, 1.0, 3.0]).values
    expected = {
        "tanh, torch's start": 1.4e-22,
        "tanh, radius 1": 1e-9,
        "tanh, orthogonal": 2e-9,
        "tanh, radius 1.5": 0.032,
        "GRU": 4e-14,
        "LSTM, b_f = 0": 8e-15,
        "LSTM, b_f = 1": 1.5e-6,
        "LSTM, b_f = 3": 0.37,
    }
    for name, value in expected.items():
        assert abs(np.log10(values[f"{name}: at lag 64"] / value)) < 1.5, name


def test_G6_T7_the_total_gradient_of_a_memory_is_not_its_forget_gate():
    values, golden = elman.lab.memory_gradient().values, GOLDENS["G6_lstm"]
    for t in (1, 2):
        for letter, numbers in golden[f"step{t}"].items():
            np.testing.assert_allclose(values[f"{letter}_{t}"], numbers, **close)
    np.testing.assert_allclose(values["direct"], golden["direct"], **close)
    for gate, path in golden["via"].items():
        np.testing.assert_allclose(values[f"through {gate}"], path, **close)
    np.testing.assert_allclose(values["∂c_2/∂c_1"], golden["total"], **close)
    np.testing.assert_allclose(values["by small changes of c_1"], golden["total"], atol=1e-9)
    assert values["‖∂c_2/∂c_1‖"] == pytest.approx(0.7024015639, abs=1e-10)


@pytest.mark.parametrize(
    ("cell", "h"),
    [("lstm", GOLDENS["G6_lstm"]["step1"]["h"]), ("gru", [0.279056902820, -0.381880873055])],
)
def test_G6_the_cells_of_the_package_make_the_same_step(cell, h):
    np.testing.assert_allclose(elman.lab.lstm_steps(cell=cell).values["h_1"], h, **close)


def test_A24_a_cell_is_written_in_the_letters_of_a_lecture():
    made = elman.lab.lstm_steps(notation="A17")
    np.testing.assert_allclose(made.found.inputs["W_f"], GOLDENS["G6_lstm"]["inputs"]["U"]["f"])
    assert "h_{t-1}" in made.found.result
    with pytest.raises(ConfigError, match=r"lab\.notation: got 'A77'\. Did you mean 'A7'"):
        elman.lab.lstm_steps(notation="A77")


def test_G7_the_same_forget_gate_gives_any_gradient():
    rows = {row[0]: row[1:] for row in elman.lab.no_guarantee().found.tables[0].rows}
    for weight, golden in GOLDENS["G7_no_guarantee"].items():
        _, total, power = rows[float(weight)]
        assert total == pytest.approx(golden["total"], rel=1e-12)
        assert power == pytest.approx(golden["power127"], rel=1e-12)
    assert {total for _, total, _ in rows.values()} >= {0.0}
    assert any(abs(total - 1) < 1e-15 for _, total, _ in rows.values())
    assert len({direct for direct, _, _ in rows.values()}) == 1


def test_G12_C5_T42_the_cliff_at_places_beside_its_fold():
    made, golden = elman.lab.cliff(), GOLDENS["G8_cliff"]
    for row in made.found.tables[0].rows:
        want = golden["at"][f"{row[0]:g}"]
        tolerance = 1e-6 if row[0] == -2.6124 else 1e-9
        assert row[1:5] == pytest.approx([want[key] for key in ("x50", "E", "dE_dw", "dE_db")], rel=tolerance)
    w, b, loss, norm_ = golden["path_clip_1"][-1]
    assert made.values["clipped: (w, b) after 20"] == pytest.approx([w, b], rel=1e-9)
    assert made.values["clipped: E after 20"] == pytest.approx(loss, rel=1e-8)
    assert made.values["clipped: ‖g‖ after 20"] == pytest.approx(norm_, rel=1e-8)
    w, b, loss, _ = golden["path_unclipped_last_to_1e-3"][-1]
    assert made.values["free: (w, b) after 20"] == pytest.approx([w, b], abs=1e-3)
    assert made.values["free: ‖g‖ after 19"] == pytest.approx(147.05158, rel=1e-6)
    assert made.values["free: ‖g‖ after 20"] < 1e-9


def test_C5_T43_clipping_keeps_the_direction_as_a_whole_only():
    values = elman.lab.clipping().values
    np.testing.assert_allclose(values["clipped"], GOLDENS["G8_clip"]["clipped"], **close)
    assert values["torch's norm"] == pytest.approx(4.9999996, abs=5e-8)
    assert values["turned by: as a whole"] == 0
    assert values["turned by: two parameters apart"] > 20
    assert elman.lab.clipping(threshold=0.0).values["clipped"] == [3, 4, 12]
    assert elman.lab.clipping(threshold=13.0).values["‖clipped‖"] == pytest.approx(13)
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ConfigError, match="threshold"):
            elman.lab.clipping(threshold=wrong)


def test_C3_T44_a_graph_with_two_paths():
    values, golden = elman.lab.dag().values, GOLDENS["G11_dag"]
    assert [values[f"x{k}"] for k in range(5)] == pytest.approx(golden["x"], abs=1e-12)
    assert values["y"] == pytest.approx(golden["y"], abs=1e-12)
    for name, value in golden["bars"].items():
        assert values[f"{name} bar"] == pytest.approx(value, abs=1e-12)
    assert [values["path over x2"], values["path over x3"]] == pytest.approx(golden["paths"], abs=1e-12)
    assert values["order of visits"].split().index("x1") > max(
        map(values["order of visits"].split().index, ("x2", "x3"))
    )
    assert values["paths of 10 diamonds"] == 1024
    assert values["visits of 10 diamonds"] == 31


def test_D43_a_counter_a_loop_and_a_stack():
    counter = elman.lab.counter(longest=6).values
    np.testing.assert_allclose(counter["c_1 over aaabbb"], GOLDENS["G10_lstm_anbn"]["c1_aaabbb"], atol=1e-12)
    assert counter["wrong"] == 0
    assert counter["strings tried"] == 127
    assert [counter[f"M = {m}: right up to n"] for m in (5, 8, 10)] == [3, 11, 27]
    assert counter["c_1 after a^1000 b^1000"] == pytest.approx(1.8e-14, abs=1e-14)
    loop = elman.lab.loop().values
    assert [loop[f"s_{t}"] for t in range(5)] == GOLDENS["G10_relu_loop"]["states"]
    assert elman.lab.loop(times=7, add=2.5).values["acc"] == 17.5
    assert elman.lab.loop(times=0).values["acc"] == 0
    stack = elman.lab.stack().values
    assert [stack[f"{k}. push {bit}"] for k, bit in ((1, 1), (2, 0), (3, 1))] == GOLDENS["G10_stack"]["q"]
    assert stack["3. pop"] == 0
    assert stack["101010... in float32"] >= 12
    assert stack["101010... in float64"] >= 26
    assert stack["101010... in float64"] < 60


def test_G14_T15_what_single_precision_leaves_of_a_product():
    values = elman.lab.compounding().values
    assert values["0.5 in float32"] == "0 from step 150"
    assert values["0.9 in float32"] == "stuck at 5.6e-45 from step 964"
    assert values["0.99 in float32"].startswith("stuck at 7e-44")


def test_G15_tied_products_spread_more():
    values = elman.lab.tied_untied(units=[32]).values
    for kind, mean, deviation in (("tied", 1.76, 1.65), ("untied", 0.53, 0.27)):
        # Both are of 100 draws: three standard errors of a difference between two such means, and deviations.
        errors = 3 * 2**0.5 * deviation / np.sqrt([100, 2 * 99])
        assert values[f"{kind}, n = 32"] == pytest.approx(mean, abs=errors[0])
        assert values[f"{kind}, n = 32: ±"] == pytest.approx(deviation, abs=errors[1])


def test_G15_a_product_is_that_of_the_matrices_that_were_drawn():
    values = elman.lab.tied_untied(units=[6], draws=8, steps=12, seed=3).values
    for tied, kind in ((True, "tied"), (False, "untied")):
        logs = []
        for number in range(8):
            draw = np.random.default_rng(seed_of(3, "lab.tied", 6, number, int(tied)))
            every = [draw.normal(size=(6, 6)) / 6**0.5 for _ in range(1 if tied else 12)] * (12 if tied else 1)
            logs.append(np.log10(np.linalg.norm(np.linalg.multi_dot(every[::-1]), 2)))
        assert values[f"{kind}, n = 6"] == pytest.approx(np.mean(logs), abs=1e-12)
        assert values[f"{kind}, n = 6: ±"] == pytest.approx(np.std(logs, ddof=1), abs=1e-12)


def test_C2_C4_parts_of_a_gradient_and_what_truncation_leaves_out():
    whole = elman.lab.repeated_weight().values
    parts = [np.array(whole[f"∂L/∂W|_({t})"]) for t in (1, 2, 3, 4)]
    np.testing.assert_allclose(sum(parts), whole["by small changes"], atol=1e-9)
    cut = elman.lab.truncation().values
    for k in (1, 2, 3, 4):
        np.testing.assert_allclose(cut[f"∂L/∂W, k = {k}"], sum(parts[-k:]), **close)
    assert cut["missing, k = 4"] == 0
    assert cut["missing, k = 1"] > 0.5


def test_C14_X9_the_largest_slopes():
    values = elman.lab.activations().values
    assert [values[f"max {name}'"] for name in ("σ", "tanh", "relu")] == [0.25, 1, 1]


def test_W1_labels_by_hand_and_with_tanh():
    values = elman.lab.labels().values
    for kind, name in (("linear", "W1_identity"), ("tanh", "W1_tanh")):
        for t, golden in enumerate(GOLDENS[name], start=1):
            for symbol, key in ((f"U h_{t - 1}", "Uh"), (f"W x_{t}", "Wx"), (f"h_{t}", "h"), (f"V h_{t}", "Vh")):
                np.testing.assert_allclose(values[f"{kind}: {symbol}"], golden[key], atol=1e-12)
            np.testing.assert_allclose(values[f"{kind}: p_{t}"], golden["p"], atol=1e-12)
            assert values[f"{kind}: label {t}"] == golden["label"]


def test_W2_X7_a_forget_gate_that_is_nearly_one():
    made, golden = elman.lab.forget_gate(), GOLDENS["W2"]
    np.testing.assert_allclose(made.values["f"], golden["f"], rtol=0, atol=1e-15)
    assert made.values["1 - f_2"] == pytest.approx(3.775134544137e-11, rel=1e-12)
    np.testing.assert_allclose(made.values["f * C'"], golden["fC"], rtol=0, atol=1e-14)
    assert made.found.errata[0].gives == pytest.approx(
        [golden["misprint_sigma6"], golden["misprint_times5"]], abs=1e-12
    )
    both = elman.lab.elementwise().values
    np.testing.assert_allclose(both["σ(z)"], GOLDENS["W2b"]["sigmoid"], atol=1e-15)
    np.testing.assert_allclose(both["tanh(z)"], GOLDENS["W2b"]["tanh"], atol=1e-15)


def test_W3_X9_counts_and_smoothing():
    assert elman.lab.four_gram().values["P(books | students opened their)"] == 0.4
    values = elman.lab.smoothing().values
    assert values["P(books)"] == pytest.approx(GOLDENS["W3"]["add1_books"], abs=1e-15)
    assert values["P(exams)"] == pytest.approx(GOLDENS["W3"]["add1_exams"], abs=1e-15)
    assert values["Σ P"] == pytest.approx(1, abs=1e-12)


def test_W4_W5_W6_the_slides_counts_and_those_of_a_file(tmp_path):
    made = elman.lab.reuters()
    assert made.values["counts from"].startswith("the slide's counts")
    assert made.values["P(company | today the)"] == GOLDENS["W4"]["p"][0]
    assert made.values["P(gold | price of)"] == GOLDENS["W5"]["p"][-1]
    news = tmp_path / "news.sgm"
    document = '<REUTERS TOPICS="{}" LEWISSPLIT="TRAIN"><TOPICS>{}</TOPICS><TEXT><BODY>{}</BODY></TEXT></REUTERS>\n'
    some = "Today the Bank met. Today the bank paid; today the price of oil rose, the price of gold."
    news.write_text(
        document.format("YES", "<D>gold</D>", some)
        + document.format("NO", "<D>gold</D>", "today the fool")
        + document.format("YES", "", "today the fool")
    )
    counted = elman.lab.reuters(file=str(news))
    assert counted.values["counts from"] == f"counted in {news}"
    assert counted.values["count(today the)"] == 3
    assert counted.values["P(bank | today the)"] == 2 / 3
    assert counted.values["P(oil | price of)"] == 0.5
    assert made.values["trigrams of the slide's sample"] == 42
    assert made.values["of these counted"] == 39
    assert counted.values["of these counted"] == 3  # today the price, the price of, price of gold
    with pytest.raises(DataError, match="no such file or folder"):
        elman.lab.reuters(file=str(tmp_path / "none"))
    (tmp_path / "other.txt").write_text("nothing of it")
    with pytest.raises(DataError, match="'today the' is nowhere in it"):
        elman.lab.reuters(file=str(tmp_path / "other.txt"))


def test_W7_the_table_in_bits_and_nats():
    made = elman.lab.ppl_table()
    rows = {f"{row[2]:g}": row[3:] for row in made.found.tables[0].rows}
    for name, golden in GOLDENS["W7"].items():
        assert rows[name] == pytest.approx([golden["bits"], golden["nats"]], abs=1e-12)
    assert made.values["67.6 to 30, bits"] == pytest.approx(-1.1720607458, abs=1e-10)
    assert made.values["67.6 to 30, percent"] == pytest.approx(-55.62130178, abs=1e-8)


def test_W8_H3_words_as_vectors():
    values = elman.lab.word_table().values
    np.testing.assert_allclose(values["distances"], GOLDENS["H3"]["distances"], atol=1e-11)
    np.testing.assert_allclose(values["cosines"], GOLDENS["H3"]["cosines"], atol=1e-11)
    assert values["car: nearest"][0] == "be"
    assert values["car: most alike"][0] == "dog"
    assert elman.lab.one_hot().values["e(w)"] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert elman.lab.one_hot().values["window of 10 words"] == 1_000_000
    with pytest.raises(ConfigError, match="expected 1 to 10"):
        elman.lab.one_hot(word=11)
    assert elman.lab.lookup().values["largest difference"] == 0
    with pytest.raises(ConfigError, match="expected 0 to 4"):
        elman.lab.lookup(word=5)


def test_D33_D45_a_genome_and_the_reports_as_they_are_quoted(tmp_path):
    values = elman.lab.genome().values
    assert [values[letter] for letter in "ACGT"] == [11, 9, 10, 9]
    assert values["length"] == 39
    assert values["GC"] == pytest.approx(0.487179487, abs=1e-9)
    with pytest.raises(ConfigError, match="expected A, C, G and T"):
        elman.lab.genome(sequence="ACGX")
    assert elman.lab.terms().values["Transformer, WMT 2018"] == 63
    text = tmp_path / "report.txt"
    text.write_text("An RNN, two RNNs, and the RNN. Transformer!")
    assert elman.lab.terms(file=str(text)).values == {"RNN": 2, "Transformer": 1}
    with pytest.raises(DataError, match="cannot be read"):
        elman.lab.terms(file=str(tmp_path / "none"))


def test_C11_C12_buckets_and_masks():
    values = elman.lab.buckets().values
    assert values["buckets"] < values["one batch"]
    assert [values[name] for name in ("B_2", "B_3..4", "B_5")] == [[2, 2, 2], [3, 3, 4, 4], [5, 5]]
    masks = elman.lab.dropout().values
    assert masks["E[m]"] == pytest.approx(1, abs=0.03)
    assert masks["masks on the way up, 3 layers"] == 4


def test_G13_G8_what_is_left_and_what_a_zero_means():
    left = elman.lab.overwrite().values
    assert left["LSTM, b_f = 1: left after 10"] == pytest.approx(0.7310585786300049**10, rel=1e-12)
    assert left["tanh: left after 40"] < 1e-10
    effect = elman.lab.saliency_effect().values
    assert effect["no dependency: ∂y/∂x_1"] == 0
    assert effect["wrong weights: ∂y/∂x_1"] < 1e-15
    assert abs(effect["no dependency: correlation of x_1 and target"]) < 0.1
    assert effect["wrong weights: correlation of x_1 and target"] == pytest.approx(1)


def test_C20_the_cost_of_a_clone_grows_with_the_square():
    rows = elman.lab.imitation(lengths=[10, 20]).found.tables[0].rows
    for length, cloned, own, *_ in rows:
        assert cloned == pytest.approx(length - sum(0.99**t for t in range(1, length + 1)), rel=1e-9)
        assert own == pytest.approx(0.01 * length, rel=1e-9)


def test_X_every_slip_that_can_be_computed_is():
    errata = elman.lab.errata().found.errata
    assert len(errata) >= 24
    computed = [one for one in errata if one.right is not None]
    assert len(computed) >= 7
    assert all(not np.array_equal(np.asarray(one.gives, object), np.asarray(one.right, object)) for one in computed)
    assert {one.where.split()[0] for one in errata} == {"000", "001", "002", "003", "004", "all"}


def test_I_X6_years_are_those_of_the_papers_and_the_takeaways_are_four():
    made = elman.lab.history()
    assert {name.split(":")[1].strip(): int(name.split(":")[0]) for name in made.values}.items() >= {
        ("RNN", 1986), ("LSTM", 1997), ("Forget gate", 2000), ("Formal languages", 2001), ("Handwriting", 2009),
        ("Speech", 2013), ("GRU", 2014), ("Sequence to sequence", 2014), ("Google Voice", 2015),
    }  # fmt: skip
    assert "technical report 1995" in made.values["1997: LSTM"]
    assert [one.where for one in made.found.errata] == ["001 L25", "001 L26", "003 L896"]
    [advice] = made.found.tables
    assert len(advice.rows) == 4
