"""Tagging frames: stretches that are learned from and held out, what is answered, and scores counted by hand."""

import numpy as np
import pytest

from elman.answers.frame_labels import stretches
from elman.data.readers import READERS
from elman.data.records import Answers, Example
from elman.errors import ConfigError, DataError
from elman.models.base import Fitting
from elman.models.most_frequent import MostFrequent
from elman.tasks import TASKS
from elman.tasks.base import DataFiles
from elman.tasks.base.framing import framed
from elman.tasks.base.labeled_frames import FrameAlone
from elman.tasks.base.pieces import LONGEST


def table(path, recordings, header="recording,x,label"):
    """Write recordings of (number, label) rows; None has no name."""
    rows = [f"{name},{x},{label}" if name else f"{x},{label}" for name, some in recordings.items() for x, label in some]
    path.write_text("\n".join([header if None not in recordings else "x,label", *rows]) + "\n")
    return path


def counts(labels, start=0):
    """Return rows that count on, with these labels, a letter a row."""
    return [(start + at, label) for at, label in enumerate(labels)]


def prepare(folder, recordings, held_out=0.0, said=None, **options):
    """Return the task that learns from recordings, its data, and its reader."""
    kind, reader = TASKS.get("tag"), READERS.get("labeled_rows")
    path = table(folder / "train.csv", recordings)
    reader = reader(reader.Config(name="labeled_rows"), ("frames", "tags"))
    files = DataFiles([path], [] if held_out else [path], held_out, stratified=True)
    config = kind.settle(kind.Config(**options), [str(path)])
    task, data = kind.prepare(config, reader, files, folder, (said if said is not None else []).append)
    return task, data, reader


class Says:
    """Answers to each frame what a table has for its number, as surely as it says."""

    def __init__(self, task, table):
        self.task, self.table = task, table

    def lengths(self, field, counts):
        return counts

    def answers(self, batch):
        numbers = batch.fields["frames"].values[..., 0] * self.task.coder.deviation[0] + self.task.coder.mean[0]
        names = self.task.answers["tags"].vocabulary
        best = np.zeros(numbers.shape, np.int64)
        log_probs = np.full((*numbers.shape, len(names)), np.log(0.1))
        for place in np.ndindex(numbers.shape):
            label, probability = self.table.get(round(float(numbers[place])), (names.tokens[0], 0.5))
            best[place] = names.encode([label])[0]
            log_probs[(*place, best[place])] = np.log(probability)
        return Answers({"tags": best}, {"tags": log_probs})


def test_scores_as_counted_by_hand(tmp_path):
    task, _, reader = prepare(tmp_path, {"r": counts("aaabb"), "s": counts("bbaac", 10)})
    model = Says(task, {number: ("b" if number in (1, 3, 4, 10) else "a", 0.8) for number in range(20)})
    test = table(tmp_path / "test.csv", {"r": counts("aaabb"), "s": counts("bdaa", 10)})
    found = task.evaluate(model, reader, [test], tmp_path)
    # r: a a a b b is said to be a b a b b; s: b d a a is said to be b a a a
    assert {score.name: score.value for score in found.scores} == pytest.approx(
        {"accuracy": 7 / 9, "macro_f1": (2 * 4 / (5 + 5) + 2 * 3 / (4 + 3) + 0) / 3}
    )
    assert found.shown == "accuracy 77.78%"
    assert found.majority == {"accuracy": 5 / 9}
    assert dict(found.counts) == {
        "recordings": 2,
        "frames": 9,
        "labels unseen in training": 1,
        "stretches": 5,
        "predicted stretches": 6,
    }
    labels, confusion, worst = found.details
    assert labels.rows[0] == ["a", 4 / 5, 4 / 5, 4 / 5, 5, 5, 4]
    assert [list(row) for row in confusion.rows] == [["a", 4, 1, 0], ["b", 0, 3, 0], ["d", 1, 0, 0]]
    assert worst.rows == [["test.csv:2", "2 to 2", "a", "b"], ["test.csv:7", "2 to 2", "d", "a"]]
    assert [pieces.value for pieces in found.by_piece.pieces().values()] == [score.value for score in found.scores]


def test_answers_are_stretches_of_frames_from_one(tmp_path):
    task, _, _ = prepare(tmp_path, {"r": counts("aaabb"), "s": counts("bbaac", 10)})
    model = Says(task, {0: ("a", 0.9), 1: ("a", 0.7), 2: ("b", 0.6)})
    example = Example({"frames": np.array([[0.0], [1.0], [2.0]])}, "some/x.csv:2")
    [answer] = task.answer(model, [example], None)
    assert answer.value == ["a", "a", "b"]
    assert answer.shown == "a 1-2  b 3-3\tx.csv:2 (3 frames)"
    assert answer.facts == {
        "recording": "x.csv:2 (3 frames)",
        "labels": ["a", "a", "b"],
        "probabilities": [0.9, 0.7, 0.6],
        "stretches": [
            {"label": "a", "from": 1, "to": 2, "confidence": 0.8},
            {"label": "b", "from": 3, "to": 3, "confidence": 0.6},
        ],
    }
    assert stretches([]) == []
    with pytest.raises(DataError, match="this run reads recordings, not lines of text"):
        task.parse("some text", False)


def test_recordings_are_learned_from_in_windows_of_which_each_frame_is_in_one(tmp_path):
    task, data, _ = prepare(tmp_path, {"r": counts("aab" * 5), "s": counts("ba" * 4, 100)}, window=4)
    seen = []
    for batch in task.batches(data, 3, 1, 0):
        frames, tags = batch.fields["frames"], batch.fields["tags"]
        assert (frames.lengths == tags.lengths).all()
        assert frames.lengths.max() <= 4
        for row, length in enumerate(frames.lengths):
            numbers = frames.values[row, :length, 0] * task.coder.deviation[0] + task.coder.mean[0]
            names = [task.answers["tags"].names[one] for one in tags.values[row, :length]]
            seen += zip(numbers.round().astype(int).tolist(), names, strict=True)
    assert sorted(seen) == counts("aab" * 5) + counts("ba" * 4, 100)
    assert data.card["training"] == "2 recordings, 23 frames"
    assert data.card["learned from"] == "6 stretches of 4 frames at most"
    assert data.card["padding"] == "4.2% of the places of batches of 32"


def test_of_the_only_recording_parts_are_held_out_and_told_exactly(tmp_path):
    said = []
    _, data, _ = prepare(tmp_path, {None: counts("aaaabbbb" * 50)}, held_out=0.1, said=said)
    held = [one for example in data.valid.examples for one in example.fields["frames"][:, 0].astype(int).tolist()]
    kept = [one for example in data.train.examples for one in example.fields["frames"][:, 0].astype(int).tolist()]
    assert sorted(held + kept) == list(range(400))
    assert len(held) == 40
    firsts = sorted(int(example.fields["frames"][0, 0]) + 1 for example in data.valid.examples)
    shown = ", ".join(f"{first} to {first + 19}" for first in firsts)
    assert (
        said[0] == f"validation: rows {shown}, 2 of 20 parts of the only recording, drawn; --valid FILE gives another"
    )
    assert [example.where for example in data.valid.examples] == [f"{tmp_path}/train.csv:row {one}" for one in firsts]


def test_of_several_recordings_some_are_held_out_as_a_whole(tmp_path):
    said = []
    every = {f"r{one}": counts("aabb" * 3, 100 * one) for one in range(10)}
    _, data, _ = prepare(tmp_path, every, held_out=0.2, said=said)
    assert [len(example.fields["tags"]) for example in data.valid.examples] == [12, 12]
    places = ", ".join(example.place for example in data.valid.examples)
    assert said[0] == f"validation: 2 recordings as a whole, drawn: {places}; --valid FILE gives another"
    assert not any("lacks" in one for one in said)


def test_labels_that_what_validates_lacks_are_told(tmp_path):
    said = []
    every = {f"r{one}": counts("aacc" if one == 3 else "aabb", 100 * one) for one in range(10)}
    prepare(tmp_path, every, held_out=0.1, said=said)
    share = 1 / 18
    assert (
        f"what validates lacks 1 label of the training, with their share there: 'c' ({share:.0%}). More recordings, or "
        "--valid FILE, would have them"
    ) in said


def test_a_recording_of_a_few_rows_cannot_be_cut(tmp_path):
    message = r"train.csv:2: the only example \(1 series of 19 frames\), so none can be held out: the rows of a record"
    with pytest.raises(DataError, match=message):
        prepare(tmp_path, {None: counts("ab" * 9 + "a")}, held_out=0.1)


def test_long_recordings_are_answered_in_pieces_as_if_they_were_one(tmp_path):
    task, _, _ = prepare(tmp_path, {"r": counts("aaabb"), "s": counts("bbaac", 10)})
    model = Says(task, {number: ("ab"[number // 3 % 2], 0.8) for number in range(2 * LONGEST + 7)})
    frames = np.arange(2 * LONGEST + 7, dtype=np.float64)[:, None]
    [answer] = task.answer(model, [Example({"frames": frames}, "x.csv:2")], None, False)
    assert answer.value == ["ab"[number // 3 % 2] for number in range(len(frames))]


@pytest.mark.parametrize(
    ("recordings", "options", "error", "message"),
    [
        ({"r": counts("aaaa"), "s": counts("aa")}, {}, DataError, "the only label of the training part is 'a'"),
        ({"r": counts("abab")}, {"joint": True}, ConfigError, "task.joint: means nothing to labels of frames"),
        ({"r": counts("abab")}, {"scheme": "bio"}, ConfigError, "task.scheme: means nothing to labels of frames"),
        (
            {"r": counts("abab")},
            {"lowercase": False},
            ConfigError,
            "task.lowercase: means nothing to series of numbers",
        ),
    ],
)
def test_what_cannot_be_learned_is_refused(tmp_path, recordings, options, error, message):
    with pytest.raises(error, match=message):
        prepare(tmp_path, recordings, **options)


def test_O_is_a_label_of_frames_as_any_other(tmp_path):
    task, _, _ = prepare(tmp_path, {"r": counts("aOaOO"), "s": counts("OOaaa", 10)})
    task.check([Example({"tags": ["O", "O"]}, "x.csv:2")], False)
    task, _, _ = prepare(tmp_path, {"r": counts("aabbb"), "s": counts("bbaaa", 10)})
    with pytest.raises(DataError, match=r"x\.csv:2: no label of this file was learned in training: got 'O'"):
        task.check([Example({"tags": ["O", "O"]}, "x.csv:2")], False)


def test_a_table_of_other_labels_is_refused(tmp_path):
    task, _, reader = prepare(tmp_path, {"r": counts("aaabb"), "s": counts("bbaac", 10)})
    other = table(tmp_path / "other.csv", {"r": counts("xxyy"), "s": counts("yyx")})
    message = r"other.csv:2: no label of this file was learned in training: got 'x', 'y'\. Is it the right file"
    with pytest.raises(DataError, match=message):
        task.evaluate(Says(task, {}), reader, [other], tmp_path)


def test_a_frame_alone_is_told_by_least_squares_of_its_label(tmp_path):
    draw = np.random.default_rng(3)
    numbers = draw.normal(size=(200, 1))
    rows = [(f"{x:.4f}", "ab"[int(x + draw.normal() / 4 > 0.3)]) for (x,) in numbers]
    task, data, _ = prepare(tmp_path, {"r": rows[:150], "s": rows[150:]})
    model = task.trivial(data)["frame_alone"]
    values, tags = data.train.inputs.values.astype(np.float64), data.train.targets["tags"].values
    wide = np.concatenate([values, np.ones((200, 1))], 1)
    expected, *_ = np.linalg.lstsq(wide, np.eye(2)[tags], rcond=None)
    np.testing.assert_allclose(model.weights, expected, atol=2e-3)  # a ridge is between
    found = task.validate(model, data)
    assert found.scores[0].value == ((wide @ expected).argmax(1) == tags).mean() > 0.85
    assert isinstance(model, FrameAlone)
    assert not model.frequencies


def test_the_most_frequent_label_is_that_of_every_frame(tmp_path):
    task, data, _ = prepare(tmp_path, {"r": counts("aaabb"), "s": counts("bbabc", 10)})
    model = MostFrequent(MostFrequent.Config(), *task.outlines)
    model.fit(data.train, Fitting(tmp_path, 0, 1, print))
    other = MostFrequent(MostFrequent.Config(), *task.outlines)
    other.load_weights({name: array.copy() for name, array in model.weights().items()})
    assert other.title == "most frequent label"
    found = task.validate(other, data)
    assert found.scores[0].value == found.majority["accuracy"] == 0.5
    [answer] = task.answer(other, [Example({"frames": np.zeros((2, 1))}, "x")], None)
    assert (answer.value, answer.facts["probabilities"]) == (["b", "b"], [0.5, 0.5])


def test_features_that_make_other_frames_have_no_labels():
    class Halves:
        names = ("halves",)

        def __call__(self, recording, where):
            return recording.values[::2]

    example = Example({"frames": np.zeros((6, 1)), "tags": list("aabbab")}, "x.csv:2")
    message = r"x\.csv:2: got 6 labels, expected 3: halves makes so many frames of it\. Choose task\.features that keep"
    with pytest.raises(DataError, match=message):
        framed(example, Halves())
