"""What a model answers are numbers, or it is refused: every kind of model, every way to ask it."""

import shutil

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.comparison.reading import read
from elman.errors import CheckpointError, TrainingError
from elman.inference.blending import blend
from elman.runs import weights
from tests.golden import data
from tests.golden.kinds import KINDS, STORED

SAID = r"(The model predicts no numbers \(NaN\): its training went astray|The vectors are no numbers)"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    data.write(folder)
    return folder


def broken(name):
    """Return a stored run whose weights have become no numbers since it was loaded."""
    run = elman.load(STORED / name)
    run.model.load_weights(
        {
            key: np.full_like(array, np.nan) if array.dtype.kind == "f" else array
            for key, array in run.model.weights().items()
        }
    )
    return run


def named(file, folder):
    """Return the test files of a kind."""
    file = file.replace("long.txt", "text.txt")
    return ",".join(str(folder / data.named(part, "test")) for part in file.split(","))


@pytest.mark.parametrize("name", [name for name in KINDS if "ngram" not in name])
def test_an_answer_that_is_no_number_is_refused(name, files):
    kind, run = KINDS[name], broken(name)
    raw = {"pair": "anna sees ben\tanna calls ben", "embed": "anna"}.get(kind.task, "anna sees ben")
    with pytest.raises(TrainingError, match=SAID):
        run.predict(raw)
    with pytest.raises(TrainingError, match=SAID):
        run.evaluate(files / "analogies.txt" if kind.task == "embed" else named(kind.file, files))
    if kind.task == "embed":
        with pytest.raises(TrainingError, match=SAID):
            run.analogy("anna", "sees", "dora")
    elif kind.task == "lm":
        for ask in (run.score, run.score_tokens):
            with pytest.raises(TrainingError, match=SAID):
                ask(["anna sees ben", "ben"])
        with pytest.raises(TrainingError, match=SAID):
            run.generate("anna", 5)
        session = run.session()
        with pytest.raises(TrainingError, match=SAID):
            session.likely()
        with pytest.raises(TrainingError, match=SAID):
            session.feed("anna")
        with pytest.raises(TrainingError, match=SAID):
            read([run], [str(files / "text.test.txt")])
        with pytest.raises(TrainingError, match=SAID):
            blend([run], [str(files / "text.test.txt")], [str(files / "text.valid.txt")])
    else:
        with pytest.raises(TrainingError, match=SAID):
            read([run], [named(kind.file, files)])


@pytest.mark.parametrize("name", [name for name in KINDS if "ngram" in name])
def test_n_grams_that_are_no_numbers_are_refused_when_they_are_taken(name):
    with pytest.raises(CheckpointError, match="do not fit each other"):
        broken(name)


def test_a_command_says_it_in_one_line(files, tmp_path, capsys):
    """Numbers that are finite, and too large to compute with."""
    run = shutil.copytree(STORED / "tag_window", tmp_path / "run")
    arrays, facts = weights.read(run / "model.safetensors")
    facts.pop("checksum")
    arrays = {name: np.full_like(array, 1e38) for name, array in arrays.items()}
    (run / "model.safetensors").write_bytes(weights.to_bytes(arrays, facts))
    test = named(KINDS["tag_window"].file, files)
    for command in (["predict", str(run), str(files / "raw.txt")], ["evaluate", str(run), test]):
        assert main(command) == 2
        said = capsys.readouterr().err
        assert said.startswith("error: The model predicts no numbers (NaN)")
        assert said.count("\n") == 1
