"""Curriculum row C11: sentences of similar length in one batch, as tasks of separate texts make them."""

import numpy as np
import pytest
import torch

from elman.data.bucketing import buckets, padding_share
from elman.data.readers import READERS
from elman.layers.initialization import initialize
from elman.models import MODELS
from elman.tasks import TASKS
from elman.tasks.base import DataFiles


def test_C11_buckets_of_similar_length():
    # Figure of deck 000: B_5, B_{3..4} and B_2, however the sentences were mixed.
    lengths = np.array([2, 5, 4, 2, 3, 5, 4, 2, 5])
    batches = buckets(lengths, 3)
    assert [lengths[rows].tolist() for rows in batches] == [[5, 5, 5], [4, 4, 3], [2, 2, 2]]
    shuffled = buckets(lengths, 3, draw=np.random.default_rng(0))
    assert {tuple(sorted(lengths[rows].tolist())) for rows in shuffled} == {(5, 5, 5), (3, 4, 4), (2, 2, 2)}
    # 3 x 5, 3 x 4 and 3 x 2 places; one is padding, behind the sentence of 3.
    assert padding_share(lengths, batches) == pytest.approx(1 / 33)


@pytest.mark.parametrize("draw", [None, np.random.default_rng(1)], ids=["sorted", "shuffled"])
def test_C11_buckets_have_little_padding(draw):
    lengths = np.maximum(1, np.random.default_rng(0).gamma(3.0, 5.0, 3000).round().astype(int))
    in_order = [np.arange(start, min(start + 16, 3000)) for start in range(0, 3000, 16)]
    assert 14 < lengths.mean() < 16
    assert padding_share(lengths, buckets(lengths, 16, draw=draw)) <= 0.05 < 0.25 < padding_share(lengths, in_order)


@pytest.mark.parametrize("head", ["softmax", "crf"])
def test_C11_buckets_have_the_loss_of_unsorted_batches(head, tmp_path):
    draw = np.random.default_rng(2)
    sentences = [draw.integers(0, 20, size=length) for length in draw.integers(1, 25, size=60)]
    lines = ("".join(f"w{word} {'NVX'[word % 3]}\n" for word in sentence) for sentence in sentences)
    (tmp_path / "train.conll").write_text("\n".join(lines))
    kind, reader = TASKS.get("tag"), READERS.get("conll")
    task, data = kind.prepare(
        kind.Config(scheme="none"),
        reader(reader.Config(), ("words", "tags")),
        DataFiles([tmp_path / "train.conll"], [tmp_path / "train.conll"], 0),
        tmp_path,
        print,
    )
    tagger = MODELS.get("rnn_tagger")
    model = tagger(tagger.Config(hidden_size=4, embedding_size=5, head=head), *task.outlines).double()
    initialize(model, 1)
    found = []
    for batches in (buckets(data.train.lengths, 7), np.array_split(np.arange(60), 9), [[row] for row in range(60)]):
        nats = targets = 0
        for rows in batches:
            batch = task.batch(data.train, np.asarray(rows))
            with torch.no_grad():
                loss = model.loss(batch, model.initial_state(batch.size), None).heads["tags"]
            nats, targets = nats + loss.nats.item(), targets + loss.targets
        assert targets == sum(map(len, sentences))
        found.append(nats)
    assert found == pytest.approx([found[-1]] * 3, abs=1e-10, rel=0)
