"""What things say of themselves: one line, true, and without their weights."""

import pytest
import torch

import elman
from elman.answers.base import Answer
from elman.cells import CELLS
from elman.data.outlines import Classes
from elman.heads.softmax import SoftmaxHead
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.models import MODELS


@pytest.mark.parametrize("name", CELLS.names())
def test_cells(name):
    cell = CELLS.get(name)(3, 4)
    shown = repr(cell)
    assert shown.startswith(f"{type(cell).__name__}(3, 4, bias=True")
    assert f": {sum(parameter.numel() for parameter in cell.parameters()):,} weights)" in shown
    assert "\n" not in shown


def test_options_of_a_cell_are_said():
    gru = CELLS.get("gru")
    assert repr(gru(2, 3, gru.Config(reset="before"))).startswith("GRUCell(2, 3, bias=True, chrono=0, reset='before'")


def test_a_stack():
    config = RecurrentConfig(cell="elman", hidden_size=4, num_layers=2, dropout=0.0, bidirectional=True)
    stack = RecurrentStack(3, config)
    weights = sum(parameter.numel() for parameter in stack.parameters())
    assert repr(stack) == (
        f"RecurrentStack(ElmanCell(3, 4) -> ElmanCell(8, 4), bidirectional=True, dropout=0.0: {weights:,} weights)"
    )


def test_a_head():
    head = SoftmaxHead(4, Classes(("a", "b", "c")))
    assert repr(head) == "SoftmaxHead(4, 3 classes: 15 weights)"


def test_an_answer_is_what_is_printed():
    assert str(Answer(1, "two\nlines")) == "two\nlines"
    assert "\n" not in repr(Answer(1, "two\nlines"))
    assert len(repr(Answer(1, "x" * 10_000))) < 120


def test_a_run_of_a_network(text_file, tmp_path):
    run = elman.train("lm", text_file, out=tmp_path / "run", hidden=8, steps=2, listener=elman.silent)
    model = elman.load(run)
    size = model.model.num_weights()
    assert repr(model.model) == f"<RnnLM: {model.model.title}, {size:,} weights>"
    assert repr(model.task).startswith("<task lm of words, tokens 12, next_token 12>")
    session = model.session()
    session.feed("the cat sat")
    (token, probability), *_ = session.likely(1)
    assert repr(session) == f"<session: 3 tokens read, next {token!r} {probability:.3f}>"
    assert isinstance(model.model, torch.nn.Module)


def test_a_run_of_counts(text_file, tmp_path):
    settings = {"model.order": 3}
    arguments = {"out": tmp_path / "run", "model": "ngram", "level": "word", "settings": settings}
    model = elman.load(elman.train("lm", text_file, listener=elman.silent, **arguments))
    assert repr(model.model).startswith("<NgramModel: 3-gram, ") or repr(model.model).startswith("<Ngram: 3-gram, ")
    assert repr(model.model).endswith(f", {model.model.num_weights():,} weights>")


@pytest.mark.parametrize("name", MODELS.names())
def test_models_say_so_as_one(name):
    kind = MODELS.get(name)
    assert kind.__repr__.__qualname__ == "Model.__repr__"
