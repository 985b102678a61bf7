"""Bits at the steps of sequences: what is learned of copies, and what is said of them."""

import json

import numpy as np
import pytest
import torch

import elman
from elman.data.records import Answers, Example
from elman.errors import ConfigError, DataError
from elman.evaluation.bits import Answered, answered, bits_verdict
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked

SMALL = {
    "model.hidden_size": 64,
    "model.machine_options": {"slots": 24, "slot_size": 12},
    "training.batch_size": 16,
    "training.learning_rate": 0.01,
    "training.schedule": "constant",
    "training.clip_norm": 0.5,
    "training.seed": 2,
}


def source(path, task="copy", **options):
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in {"task": task, **options}.items()]
    path.write_text("".join(lines))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("copies")
    source(made / "train.toml", count=8000, length=[1, 12])
    source(made / "valid.toml", count=32, length=[12, 12], seed=2)
    source(made / "longer.toml", count=16, length=[40, 40], seed=3)
    return made


@pytest.fixture(scope="module")
def run(folder):
    """A machine that copies up to twelve vectors of eight bits."""
    return elman.train(
        "transduce",
        str(folder / "train.toml"),
        valid=str(folder / "valid.toml"),
        steps=500,
        out=folder / "run",
        settings={**SMALL, "training.validate_every": 100},
    )


def test_copies_are_learned_to_the_last_bit(run):
    assert run.best.value == 0


def test_weights_can_be_chosen_by_how_sure_they_are(run, folder, tmp_path):
    """Nats a bit are those of the chances that are answered: of weights that make no mistake the surest are kept."""
    model = elman.load(folder / "run")
    sequences = list(model.reader.read([folder / "valid.toml"]))
    nats = bits = 0.0
    for one, answer in zip(sequences, model.task.answer(model.model, sequences, 1), strict=True):
        wanted = one.fields["bits"][~np.isnan(one.fields["bits"]).any(1)]
        chances = np.array(answer.facts["probabilities"])
        nats -= np.log(np.where(wanted > 0.5, chances, 1 - chances).clip(1e-12)).sum()
        bits += wanted.size
    found = {one.name: one for one in model.evaluate(folder / "valid.toml").scores}
    assert found["cross_entropy"].unit == "nats/bit"
    assert found["cross_entropy"].value == pytest.approx(nats / bits, abs=1e-5)
    other = elman.train(
        "transduce",
        str(folder / "train.toml"),
        valid=str(folder / "valid.toml"),
        steps=10,
        out=tmp_path / "run",
        settings={**SMALL, "task.select": "cross_entropy", "training.validate_every": 5},
    )
    assert other.best.name == "cross_entropy"


def test_D42_a_memory_that_grows_copies_what_is_longer_than_all_of_training(run, folder):
    found = elman.load(folder / "run", task={"slots": 64}).evaluate(folder / "longer.toml")
    assert found.scores[0].value < 10  # of 320 bits a sequence; who guesses has 160 wrong
    assert "places:64" in found.scores[0].signature
    short = elman.load(folder / "run").evaluate(folder / "longer.toml")
    assert short.counts["sequences with more answers than the 24 places of the memory"] == 16
    assert short.scores[0].value > 5


def test_answers_do_not_hang_on_the_batch(run, folder):
    model = elman.load(folder / "run")
    examples = list(model.reader.read([folder / "valid.toml"]))
    together = model.task.answer(model.model, examples, 1)
    alone = [model.task.answer(model.model, [one], 1)[0] for one in examples]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one.facts["probabilities"], other.facts["probabilities"], atol=1e-4)
        assert one.shown == other.shown


def test_lines_of_text_and_other_widths_are_refused(run, folder, tmp_path):
    model = elman.load(folder / "run")
    with pytest.raises(
        DataError, match=r"this run reads sequences of vectors, not lines of text\. Give a file with --input"
    ):
        model.task.parse("1 0 1", False)
    with pytest.raises(DataError, match=r"4 bits a step, expected 8 bits as in training"):
        model.evaluate(source(tmp_path / "wide.toml", count=3, width=4))
    with pytest.raises(ConfigError, match=r"slots: got -1, expected greater than or equal to 0"):
        elman.load(folder / "run", task={"slots": -1})


def test_a_memory_that_is_too_small_is_said_before_the_first_update(folder, tmp_path, capsys):
    elman.train(
        "transduce",
        str(folder / "train.toml"),
        steps=2,
        out=tmp_path / "run",
        settings={**SMALL, "model.machine_options": {"slots": 3, "slot_size": 4}},
    )
    said = capsys.readouterr()
    assert (
        "memory: 3 places, and up to 12 steps with an answer; for what has to be kept, set model.mach"
        in said.out + said.err
    )


def test_nats_of_bits_are_those_of_what_they_are():
    found = answered(9, np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([[0.5, 0.25], [0.25, 1.0]]))
    assert (found.steps, found.wrong.tolist(), found.bits) == (9, [1, 1], 2)
    assert found.nats == pytest.approx(np.log([2, 4 / 3, 4]).sum())
    assert answered(1, np.array([[1.0]]), np.array([[0.0]], np.float32)).nats == pytest.approx(12 * np.log(10))


def test_wrong_bits_are_counted_where_they_are_asked_and_by_length():
    examples = [Example({"bits": np.zeros((3, 2))}, f"a.toml:{row}") for row in (1, 2, 3)]
    found = [Answered(3, np.array(one), 2, nats) for one, nats in (([0, 2], 1.5), ([1], 0.5), ([0], 2.0))]
    verdict = bits_verdict(Asked(examples, (WHERE, GOLD, PREDICTED)), found)
    assert [round(one.value, 6) for one in verdict.scores] == [1.0, 0.5, 0.5]
    assert verdict.counts == {"sequences all right": 1, "bits asked": 8}
    assert verdict.details[0].rows == [["1", 2, 1, "0.50"], ["2", 1, 0, "2.00"]]
    assert [row[0] for row in verdict.details[1].rows] == ["a.toml:1", "a.toml:2"]


@pytest.mark.parametrize("logit", [5.0, 15.0, 17.0, 20.0, 25.0])
def test_nats_of_a_bit_that_is_wrong_for_sure_are_those_of_its_logit(run, logit):
    class Sure:
        def answers(self, batch):
            wrong = logit * torch.tensor([[[1.0, -1.0] * 4]])
            return Answers({}, {"bits": torch.nn.functional.logsigmoid(wrong).numpy()})

    task = elman.load(run.path).task
    example = Example({"steps": np.zeros((1, 9)), "bits": np.array([[0.0, 1.0] * 4])})
    [(_, said, _)] = task.each(Sure(), task.encode([example]), False)
    assert task.kept(example, said).nats == pytest.approx(8 * np.logaddexp(0, logit), rel=1e-3)
