"""Memory before the first step: what is counted, what is refused, what is said."""

import re

import numpy as np
import pytest
import torch

import elman
from elman.cli.main import main
from elman.data.bucketing import BucketedEpoch
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.events import Planned
from elman.models import MODELS
from elman.models.word2vec import Word2Vec
from elman.training import learner, stretches
from elman.training.memory import Alive, beginning, places
from elman.training.room import Need, Process, Way, room

NEED = Need(
    {"weights": 100_000_000, "a batch": 300_000_000, "the rest": 200_000_000},
    [
        Way("a batch", lambda share: f"--batch-size {int(16 * share)}" if 16 * share >= 1 else ""),
        Way("weights", lambda share: f"--hidden {int(256 * share)}"),
    ],
)


def test_tensors_are_counted_once_and_while_they_are_there():
    weight = torch.zeros(1000, 10, requires_grad=True)  # 40,000 bytes, there before
    with Alive([weight]) as alive:
        twice = weight * 2
        view = twice[:5]
        assert alive.now == 40_000
        squared = twice * twice
        assert alive.now == 80_000
        del twice, view  # kept for the gradient
        assert alive.now == 80_000
        squared.sum().backward()
        del squared
    assert alive.now == 40_000, "the gradient of the weight"
    assert alive.peak >= 120_000, "the product, its factor, and a gradient were there at once"


def test_a_need_is_said_by_its_parts_in_megabytes():
    assert NEED.shown == "about 600 MB: weights 100, a batch 300, the rest 200"
    assert Need({"a": 12_300_000_000}).shown.startswith("about 12.3 GB: a 12,300")


def test_what_was_taken_before_is_told_and_refuses_nothing():
    need = Need({"a": 5_000_000}, already=7_000_000)
    assert need.total == 5_000_000
    assert need.shown == "about 7 MB: a 5"
    assert need.check(8_000_000) == ""


def test_nothing_is_said_where_there_is_enough_or_nobody_knows():
    assert NEED.check(1_000_000_000) == NEED.check(None) == ""


def test_most_of_what_there_is_gives_a_warning():
    assert NEED.check(700_000_000) == (
        "warning: the training takes about 600 MB: weights 100, a batch 300, the rest 200; this machine has 700 MB "
        "for it"
    )


def test_what_cannot_fit_is_refused_with_the_options_that_would():
    with pytest.raises(ConfigError) as error:
        NEED.check(500_000_000)
    assert str(error.value) == (
        "memory: the training takes about 600 MB: weights 100, a batch 300, the rest 200; this machine has 500 MB "
        "for it. What fits: --batch-size 8."
    )


def test_where_no_option_alone_is_enough_that_is_said():
    with pytest.raises(ConfigError, match="Take a smaller model, shorter texts, or a larger machine"):
        NEED.check(100_000_000)


def test_the_lowest_limit_counts(tmp_path):
    for name, text in {
        "proc/meminfo": "MemTotal: 9000 kB\nMemAvailable:    4000 kB\n",
        "proc/self/cgroup": "0::/jobs/one\n",
        "sys/fs/cgroup/jobs/memory.max": "3072000\n",
        "sys/fs/cgroup/jobs/one/memory.max": "max\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert room(Process(1_000_000, 0, 0), tmp_path) == 3_072_000
    (tmp_path / "sys/fs/cgroup/jobs/memory.max").write_text("max\n")
    assert room(Process(1_000_000, 0, 0), tmp_path) == 1_000_000 + 4000 * 1024
    assert room(Process(1_000_000, 0, 0), tmp_path / "nothing") is None


def test_the_beginning_of_a_batch_has_rows_from_all_over_it():
    lengths = np.array([8, 6, 4, 2])
    batch = Batch(4, {"words": Padded(np.arange(32).reshape(4, 8), lengths)})
    assert places(batch) == 20
    assert beginning(batch, 20) is batch
    assert beginning(batch, 10).fields["words"].lengths.tolist() == [8, 2]


def test_a_row_that_is_too_long_is_cut():
    batch = Batch(1, {"words": Padded(np.zeros((1, 100), int), np.array([100]))})
    assert places(beginning(batch, 10)) == 10


def test_the_largest_batch_is_found():
    lengths = np.array([3, 9, 4, 8, 5])
    epoch = BucketedEpoch(lengths, 2, 0, lambda rows, draw: Batch(len(rows), {"n": Padded(lengths[rows])}), 1, 0)
    assert set(epoch[epoch.largest].fields["n"].values.tolist()) == {8, 9}


def test_a_training_that_cannot_fit_is_refused_in_one_line_and_leaves_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.txt").write_text("a few words on every line\n" * 200)
    monkeypatch.setattr(learner, "room", lambda own: 1_000_000)
    assert main(["train", "lm", "x.txt", "--level", "word", "--steps", "2", "--hidden", "8"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[-1].startswith("error: memory: the training takes about ")
    assert "; this machine has 1 MB for it. Take a smaller model, shorter texts, or a larger machine." in said[-1]
    assert [line for line in said if line.startswith("error")] == said[-1:]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["x.txt"]


def embedder(folder, monkeypatch, **settings):
    monkeypatch.chdir(folder)
    (folder / "x.txt").write_text("".join(f"word{n % 40} follows word{n % 30} and so on\n" for n in range(400)))
    told = []
    run = elman.train("embed", "x.txt", out=folder / "run", steps=1, threads=1, settings=settings, listener=told.append)
    [planned] = [event for event in told if isinstance(event, Planned)]
    return elman.load(run).model, planned.facts["memory"]


def test_vectors_of_words_are_counted(tmp_path, monkeypatch):
    model, said = embedder(tmp_path, monkeypatch)
    weights = sum(array.nbytes for array in model.weights().values())
    assert model.keeps() == weights + model.vectors.nbytes  # of these, ones of length 1 are made
    assert re.fullmatch(r"about [\d,]+ MB: vectors 1, reading and validation 25, data and program [\d,]+", said)
    # Drawing the first vectors takes more here than the scores of 44 words in 2,000 gaps do.
    assert model.working(None) == 24 * 44 + 24 * 10_000 * 100


def test_subwords_and_a_tree_are_counted(tmp_path, monkeypatch):
    model, _ = embedder(
        tmp_path,
        monkeypatch,
        **{"model.subwords": [3, 6], "model.loss": "hierarchical_softmax", "model.embedding_size": 4},
    )
    weights = sum(array.nbytes for array in model.weights().values())
    assert model.keeps() == weights + 2 * model.vectors.nbytes
    assert model.working(None) == 24 * 44 + 7 * 4 * 2000 * 44


@pytest.mark.parametrize(
    ("model", "share", "option"),
    [
        ("word2vec", 0.5, "--set model.embedding_size=50"),
        ("word2vec", 0.001, ""),
        ("rnn_lm", 0.5, "--hidden 192"),
        ("rnn_lm", 0.001, ""),
        ("window_tagger", 0.34, "--hidden 102"),
        ("linear", 0.5, ""),
    ],
)
def test_every_model_names_the_option_with_which_it_is_smaller(model, share, option):
    assert MODELS.get(model).Config(name=model).narrower(share) == option


def test_vectors_that_cannot_fit_are_refused_with_a_width_that_does(tmp_path, monkeypatch):
    resident = 100_000_000
    monkeypatch.setattr(stretches, "process", lambda: Process(resident, resident, 0))
    monkeypatch.setattr(Word2Vec, "keeps", lambda self: 4_000_000_000)
    monkeypatch.setattr(learner, "room", lambda own: 3_000_000_000)
    with pytest.raises(ConfigError) as caught:
        embedder(tmp_path, monkeypatch)
    assert str(caught.value) == (
        "memory: the training takes about 4,150 MB: vectors 4,000, reading and validation 25, data and program 125; "
        "this machine has 3,000 MB for it. What fits: --set model.embedding_size=63."
    )
