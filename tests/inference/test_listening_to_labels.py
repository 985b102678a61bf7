"""A recording whose frames are labelled while it arrives: the same labels, from the same bits, as in one go."""

import random

import numpy as np
import pytest

import elman
from elman.data.records import Example
from elman.errors import ConfigError
from elman.tasks.base.pieces import LONGEST, pieces
from elman.tasks.base.words import WordsTask
from tests.contracts.test_tasks import rows_with_labels

WAYS = {
    "each frame": {"model.cell": "lstm"},
    "stacks": {"model.stack": 3, "model.cell": "gru"},
    "stacks with frames in common": {"model.stack": 4, "model.stride": 2},
}
FORWARDS = {"model.bidirectional": False, "model.head": "softmax"}


def trained(folder, **settings):
    out = folder / f"run-{len(list(folder.iterdir()))}"
    options = {"steps": 12, "hidden": 6, "threads": 1, "settings": settings}
    elman.train("tag", rows_with_labels(folder), out=out, **options)
    return elman.load(out)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("labels")


@pytest.fixture(scope="module", params=WAYS)
def model(request, folder):
    return trained(folder, **FORWARDS, **WAYS[request.param])


def test_pieces_of_any_length_give_the_labels_that_the_whole_has(model):
    draw = random.Random(1)
    for length in (1, 2, 7, 40):
        frames = np.array([[draw.gauss(0, 1), draw.gauss(0, 1)] for _ in range(length)])
        [whole] = model.answer([Example({"frames": frames})], facts=False)
        listener, said, place = model.listen(), [], 0
        while place < length:
            step = draw.randint(0, 5)
            said += listener.hear(frames[place : place + step])
            assert said == whole.value[: len(said)]
            place += step
            assert min(place, length) - len(said) < 4, "a label waits for its step only"
        assert said + listener.end() == whole.value


def long_recording(frames=LONGEST + 5_003):
    """Noise about a place that changes now and then, so that labels do."""
    draw = np.random.default_rng(2)
    places = np.repeat(draw.choice(2, (frames // 9 + 1, 2)), 9, 0)[:frames]
    return Example({"frames": places + draw.normal(0, 0.3, (frames, 2))})


def test_a_long_recording_is_answered_with_the_bits_that_it_has_while_it_arrives(model):
    long = long_recording()
    [answer] = model.answer([long])
    [short] = model.answer([Example({"frames": long.fields["frames"][:50]})])
    listener = model.listen()
    said = listener.hear(long.fields["frames"][:7])
    assert said + listener.hear(long.fields["frames"][7:]) + listener.end() == answer.value
    assert answer.value[:44] == short.value[:44]
    assert len(set(answer.value)) > 1


def test_pieces_of_a_long_recording_begin_with_a_whole_step(folder):
    run = trained(folder, **{"model.stack": 7})
    data = run.task.encode([long_recording()])
    [(_, whole, _)] = WordsTask.each(run.task, run.model, data, False)
    [(_, said, _)] = run.task.each(run.model, data, False)
    assert said.tags == whole.tags
    assert len(set(said.tags[LONGEST:])) > 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model.head": "softmax"}, r"^model\.bidirectional: got a model that reads all of a recording"),
        ({"model.bidirectional": False}, r"^model\.head: got crf, which looks at a whole recording, expected softmax"),
        ({**FORWARDS, "model.convolutions": [2]}, r"^model\.convolutions: got a model whose filters look ahead"),
        (
            {**FORWARDS, "task.features": ["numbers", "cmvn"]},
            r"^task\.features: got cmvn, which is computed of a whole",
        ),
    ],
)
def test_what_looks_at_a_whole_recording_cannot_listen(folder, settings, message):
    with pytest.raises(ConfigError, match=message):
        trained(folder, **settings).listen()


def test_words_do_not_arrive_as_frames(tmp_path):
    (tmp_path / "words.conll").write_text("Anna B-PER\nsleeps O\n\nBen B-PER\nsees O\nBonn B-LOC\n\n" * 4)
    elman.train("tag", str(tmp_path / "words.conll"), out=tmp_path / "run", steps=2, hidden=4, threads=1)
    with pytest.raises(ConfigError, match=r"^listen: got rnn_tagger of words, expected rnn_tagger of frames, which"):
        elman.load(tmp_path / "run").listen()


def test_pieces_of_large_steps_see_as_many_of_them():
    for piece in pieces([3 * LONGEST], 256):
        assert piece.start % 256 == 0
        assert piece.stop % 256 == 0 or piece.stop == 3 * LONGEST
        assert piece.start <= max(0, piece.first - LONGEST)
        assert piece.stop >= min(piece.last + LONGEST, 3 * LONGEST)


def test_numbers_of_a_long_recording_are_those_of_the_whole(model):
    data = model.task.encode([long_recording()])
    [(_, whole, _)] = WordsTask.each(model.task, model.model, data, True)
    [(_, said, _)] = model.task.each(model.model, data, True)
    assert said.tags == whole.tags
    assert np.array_equal(said.log_probs, whole.log_probs)
