"""Weights that are no numbers, or of a type that no model has, are refused when a run is loaded, whatever its model."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import elman
from elman.errors import CheckpointError
from elman.runs import weights

LABELS = "".join(f"__label__{'good' if n % 2 else 'bad'} a {'fine' if n % 2 else 'poor'} film {n}\n" for n in range(60))
MODELS = {
    "rnn_lm": ("lm", {"steps": 2, "hidden": 6, "level": "character"}),
    "ngram": ("lm", {"level": "word"}),
    "unigram": ("lm", {"level": "word"}),
    "word2vec": ("embed", {"steps": 2, "settings": {"model.embedding_size": 8}}),
    "rnn_classifier": ("classify", {"steps": 2, "hidden": 6}),
    "linear": ("classify", {"settings": {"model.least": 1}}),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory, text_file):
    """A small run of each kind of model, made once it is asked for."""
    folder = tmp_path_factory.mktemp("models")
    labels = folder / "labels.txt"
    labels.write_text(LABELS)

    def made(name):
        task, flags = MODELS[name]
        if not (folder / name).exists():
            file = labels if task == "classify" else text_file
            elman.train(task, str(file), out=folder / name, model=name, threads=1, **flags)
        return folder / name

    return made


def changed(run, copy, change):
    """Return a copy of a run in which each array of real numbers is changed, with a checksum that is right."""
    shutil.copytree(run, copy)
    arrays, facts = weights.read(copy / "model.safetensors")
    arrays = {name: change(np.array(array)) if array.dtype.kind == "f" else array for name, array in arrays.items()}
    facts.pop("checksum")
    (copy / "model.safetensors").write_bytes(weights.to_bytes(arrays, facts))
    return copy


def spoiled(value):
    def change(array):
        array.reshape(-1)[-1:] = value
        return array

    return change


@pytest.mark.parametrize("name", MODELS)
def test_weights_are_numbers(runs, tmp_path, name):
    changed(runs(name), tmp_path / "same", lambda array: array)
    elman.load(tmp_path / "same")
    for number, value in enumerate([np.nan, np.inf]):
        with pytest.raises(CheckpointError, match=r"model\.safetensors: weight '.*' has numbers that are not finite"):
            elman.load(changed(runs(name), tmp_path / str(number), spoiled(value)))


@pytest.mark.parametrize("kind", [np.float16, np.int8, bool, np.int32])
@pytest.mark.parametrize("name", MODELS)
def test_weights_have_a_type(runs, tmp_path, name, kind):
    with pytest.raises(
        CheckpointError, match=r"which no model has|expected|no logarithms|do not fit each other|of float32"
    ) as caught:
        elman.load(changed(runs(name), tmp_path / "run", lambda array: array.astype(kind)))
    assert "\n" not in str(caught.value)


def ngrams_with(runs, tmp_path, **changes):
    copy = tmp_path / "run"
    shutil.copytree(runs("ngram"), copy)
    arrays, facts = weights.read(copy / "model.safetensors")
    arrays = {name: np.array(array) for name, array in arrays.items()}
    for name, change in changes.items():
        arrays[name.replace("order_", "").replace("__", ".")] = change(
            arrays[name.replace("order_", "").replace("__", ".")]
        )
    facts.pop("checksum")
    (copy / "model.safetensors").write_bytes(weights.to_bytes(arrays, facts))
    return copy


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("order_2__words", lambda words: words[::-1].copy()),
        ("order_2__links", lambda links: links[::-1].copy()),
        ("order_3__links", lambda links: np.zeros_like(links)),
        ("order_1__log_probs", lambda values: values + 50),
        ("order_2__log_probs", np.abs),
    ],
)
def test_n_grams_are_sorted_linked_and_probable(runs, tmp_path, name, change):
    with pytest.raises(CheckpointError, match=r"the arrays of order \d of the n-gram model do not fit each other"):
        elman.load(ngrams_with(runs, tmp_path, **{name: change}))


def test_log_probabilities_of_one_word_are_below_zero(runs, tmp_path):
    with pytest.raises(CheckpointError, match="the log_probs of the unigram model are no logarithms of probabilities"):
        elman.load(changed(runs("unigram"), tmp_path / "run", np.abs))


def test_a_word_that_never_comes_may_have_no_probability(runs, tmp_path):
    assert elman.load(changed(runs("unigram"), tmp_path / "run", spoiled(-np.inf)))


STORED = sorted(path.parent for path in (Path(__file__).parents[1] / "stored_runs").glob("*/**/config.toml"))


@pytest.mark.parametrize("run", STORED, ids=lambda run: run.relative_to(STORED[0].parents[0]).parts[0])
def test_no_model_takes_an_array_that_it_has_no_place_for(run, tmp_path):
    shutil.copytree(run, tmp_path / "run")
    file = tmp_path / "run" / "model.safetensors"
    arrays, facts = weights.read(file)
    facts = {name: fact for name, fact in facts.items() if name not in ("checksum", "sha256")}
    file.write_bytes(weights.to_bytes({**arrays, "extra": np.zeros(3, np.float32)}, facts))
    with pytest.raises(CheckpointError, match=r"model\.safetensors: the file has an unknown weight 'extra'"):
        elman.load(tmp_path / "run")
