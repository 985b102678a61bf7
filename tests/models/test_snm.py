"""The sparse non-negative matrix model: probabilities, states, saving, and what it says of itself."""

import json
import subprocess
import sys

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.data.outlines import Tokens
from elman.data.store import TokenStore
from elman.errors import CheckpointError, ConfigError, DataError
from elman.models.base import Fitting
from elman.models.snm import SparseNonNegativeMatrix, _apart
from tests.decoding.toys import told_apart

V, END = 12, 0


def made(**options):
    tokens = Tokens([str(number) for number in range(V)], None, {"start": END})
    config = SparseNonNegativeMatrix.Config(**options)
    return SparseNonNegativeMatrix(config, {"tokens": tokens}, {"next_token": tokens})


@pytest.fixture(scope="module")
def ids():
    """A text of lines in which a word follows from the one two back; 11 never occurs."""
    draw = np.random.default_rng(1)
    found = []
    for _ in range(400):
        line = draw.integers(1, 11, 2).tolist()
        for _ in range(draw.integers(1, 8)):
            line.append((line[-2] * 3) % 10 + 1 if draw.random() < 0.8 else int(draw.integers(1, 11)))
        found += [*line, END]
    return np.array(found, np.uint16)


@pytest.fixture(scope="module")
def fitted(ids, tmp_path_factory):
    """A fitted model and what it said."""
    model, said = made(order=3, skips=2, skip_order=3, rate=0.1), []
    model.fit(TokenStore(ids, END), Fitting(tmp_path_factory.mktemp("fit"), 1, 1, said.append))
    return model, said


def test_probabilities_sum_to_one_after_every_history(fitted):
    stepper = fitted[0].stepper()
    draw = np.random.default_rng(2)
    state = stepper.begin(np.arange(20))
    read = np.full(20, END)
    for _ in range(8):
        log_probs, state = stepper.advance(read, state)
        assert np.exp(log_probs).sum(1) == pytest.approx(np.ones(20), abs=1e-12)
        assert np.isfinite(log_probs).all()
        read = draw.integers(0, V, 20)


def test_some_words_behind_rows_cost_what_they_cost_among_all(fitted):
    told_apart(fitted[0].stepper(), 12, np.arange(V))


def test_reading_at_once_is_reading_word_by_word(fitted, ids):
    stepper = fitted[0].stepper()
    text = np.column_stack([np.full(9, END), ids[: 9 * 30].reshape(9, 30).astype(np.int64)])
    lengths = np.array([31, 1, 2, 31, 17, 5, 31, 30, 3])
    whole = stepper.read(text, lengths, stepper.begin(np.arange(9)))
    for row, length in enumerate(lengths.tolist()):
        state = stepper.begin(np.zeros(1, int))
        for place in range(length - 1):
            log_probs, state = stepper.advance(text[row : row + 1, place], state)
            assert whole.nats[row, place] == pytest.approx(-log_probs[0, text[row, place + 1]], abs=1e-12)
        assert whole.state[row].tolist() == state[0].tolist()
        assert not whole.nats[row, length - 1 :].any()


@pytest.mark.parametrize("cut", [1, 7, 30])
def test_a_text_in_pieces_is_the_text(fitted, ids, cut):
    stepper = fitted[0].stepper()
    text = np.concatenate([[END], ids[:121]]).astype(np.int64)[None]
    whole = stepper.read(text, None, stepper.begin(np.arange(1)))
    state, found = stepper.begin(np.arange(1)), []
    for first in range(0, 121, cut):
        part = stepper.read(text[:, first : first + cut + 1], None, state)
        state, found = part.state, [*found, *part.nats[0]]
    assert found == pytest.approx(whole.nats[0].tolist(), abs=1e-13)


def test_a_word_is_a_probability_of_y_over_its_sum(fitted, ids):
    """The definition, from counts and the adjusted weights, feature by feature."""
    model = fitted[0]
    matrix, stepper = model.matrix, model.stepper()
    history = [END, 3, 7]
    state = stepper.begin(np.zeros(1, int))
    for word in history:
        log_probs, state = stepper.advance(np.array([word]), state)
    from elman.ngram.features import active

    y = np.full(V, float(matrix.uniform[0]) / V)
    columns = [np.array([word]) for word in [7, 3, END, -1]]
    some = active(columns, model.config.templates, matrix.keys, matrix.begins)[0]
    assert (some >= 0).sum() >= 4
    for feature in some[some >= 0]:
        for link in range(matrix.starts[feature], matrix.starts[feature + 1]):
            y[matrix.targets[link]] += matrix.weights[link]
    assert np.exp(log_probs[0]) == pytest.approx(y / y.sum(), abs=1e-12)


def test_gaps_and_the_adjustment_make_text_likelier(ids, tmp_path):
    fitting = Fitting(tmp_path, 1, 1, lambda _: None)
    losses = {}
    for name, options in {"both": {}, "n-grams": {"skips": 0}, "not adjusted": {"passes": 0}}.items():
        model = made(**{"order": 2, "skips": 1, "skip_order": 2, "rate": 0.1} | options)
        model.fit(TokenStore(ids[:-300], END), fitting)
        stepper = model.stepper()
        text = np.concatenate([[END], ids[-300:]]).astype(np.int64)[None]
        losses[name] = stepper.read(text, None, stepper.begin(np.arange(1))).nats.mean()
    assert losses["both"] < losses["n-grams"] - 0.2
    assert losses["both"] < losses["not adjusted"] - 0.1


def test_what_it_says_while_it_is_fitted_and_what_it_is(fitted):
    model, said = fitted
    links = len(model.matrix.targets)
    assert said[0] == f"{len(model.matrix.keys):,} features with {links:,} links to the words that followed"
    assert len(said) == 1 + model.config.passes
    assert model.num_weights() == links + 1
    assert model.title == "sparse non-negative matrix, 3-grams, 3-grams with gaps up to 2"
    assert made(skips=0).title == "sparse non-negative matrix, 5-grams"
    assert model.working(TokenStore(np.zeros(100, np.uint16))) == 100 * (4 * 4 + 32 + 12 * 9) + 32 * 2**20


def test_stretches_that_are_kept_apart_lie_all_over_the_text():
    assert _apart(100_000, 3000).reshape(3, 1000)[:, [0, -1]].tolist() == [
        [32333, 33332],
        [65666, 66665],
        [99000, 99999],
    ]
    assert _apart(50, 3000).tolist() == [45, 46, 47, 48, 49]
    assert _apart(9, 3000).tolist() == _apart(5000, 0).tolist() == []


def test_words_that_are_kept_apart_are_not_counted(tmp_path):
    ids = np.array([1, 2, END] * 60 + [3, 4, END] * 6)
    model = made(order=2, skips=0, passes=0)
    model.fit(TokenStore(ids, END), Fitting(tmp_path, 1, 1, lambda _: None))
    assert not np.isin([3, 4], model.matrix.targets).any()


def test_the_same_seed_gives_the_same_model(ids, tmp_path):
    found = []
    for _ in range(2):
        model = made(order=2, skips=1)
        model.fit(TokenStore(ids, END), Fitting(tmp_path, 4, 1, lambda _: None))
        found.append(model.matrix.weights.tobytes())
    assert found[0] == found[1]


def test_a_text_of_one_word_and_of_none(tmp_path):
    fitting = Fitting(tmp_path, 1, 1, lambda _: None)
    model = made()
    model.fit(TokenStore(np.array([4]), END), fitting)
    log_probs, _ = model.stepper().advance(np.array([END]), model.stepper().begin(np.arange(1)))
    assert np.exp(log_probs).sum() == pytest.approx(1)
    assert log_probs[0].argmax() == 4
    with pytest.raises(DataError, match="the training text: 0 tokens, expected 1 or more"):
        made().fit(TokenStore(np.array([], np.uint16), END), fitting)


def test_weights_are_taken_back(fitted):
    model = fitted[0]
    other = made(order=3, skips=2, skip_order=3)
    other.load_weights(model.weights())
    state = model.stepper().begin(np.arange(1))
    assert (other.stepper().advance(np.array([3]), state)[0] == model.stepper().advance(np.array([3]), state)[0]).all()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("weights", lambda array: -array),
        ("weights", lambda array: array[:-1]),
        ("targets", lambda array: array + np.uint32(V)),
        ("starts", lambda array: array[::-1].copy()),
        ("begins", lambda array: array[:-1]),
        ("keys", lambda array: array.astype(np.int64)),
        ("uniform", lambda array: array * 0),
    ],
)
def test_arrays_that_do_not_fit_are_refused(fitted, name, change):
    weights = fitted[0].weights()
    with pytest.raises(CheckpointError, match="the arrays of the sparse non-negative matrix do not fit each other"):
        made(order=3, skips=2, skip_order=3).load_weights({**weights, name: change(weights[name])})


@pytest.fixture(scope="module")
def runs(tmp_path_factory, text_file):
    """A run of this model and one of n-grams."""
    folder = tmp_path_factory.mktemp("runs")
    for name in ("snm", "ngram"):
        elman.train("lm", train=str(text_file), model=name, level="word", out=str(folder / name))
    return folder


def test_a_run_is_evaluated_compared_mixed_and_generates(runs, text_file, capsys):
    def run(*words):
        assert main([str(word) for word in words]) == 0
        return capsys.readouterr().out

    found = json.loads(run("evaluate", runs / "snm", text_file, "--json"))
    assert found["scores"][1]["name"] == "perplexity"
    assert 2 < found["scores"][1]["value"] < 4
    assert "sparse non-negative matrix" in run("compare", runs / "snm", runs / "ngram", "--on", text_file)
    assert run("generate", runs / "snm", "--length", "10", "--seed", "1").split()
    assert "mix:" in run("evaluate", runs / "snm", runs / "ngram", "--on", text_file, "--tune", text_file, "--mix")


def test_no_torch_is_loaded_to_use_a_run(runs):
    use = f"elman.load({str(runs / 'snm')!r}).score(['anna sees ben'])"
    code = f"import elman, sys; {use}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_options_are_checked(tmp_path, text_file):
    with pytest.raises(ConfigError, match=r"model\.skip_order"):
        elman.train("lm", train=str(text_file), model="snm", out=str(tmp_path), settings={"model.skip_order": 1})
