"""Texts without a label: an answer where a text may have several, else left out and counted."""

import json

import numpy as np
import pytest

from elman.data.readers import READERS
from elman.data.records import Answers
from elman.errors import DataError
from elman.tasks import TASKS
from elman.tasks.base import DataFiles

SEVERAL = [("red apple", ["red"]), ("red frog", ["red", "frog"]), ("grey stone", []), ("green frog", ["frog"])]
ONE = [("good film", "x"), ("grey stone", None), ("bad film", "y")]


class Red:
    """Gives every text the first label alone."""

    def __init__(self, task):
        [(self.head, coder)] = task.answers.items()
        self.row = np.log([0.9] + [0.1] * (len(coder.names) - 1))

    def lengths(self, field, counts):
        return counts

    def answers(self, batch):
        return Answers({}, {self.head: np.tile(self.row, (batch.size, 1, 1))})


def write(path, rows):
    path.write_text("".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows))
    return path


def prepare(folder, rows, held_out=0.0, valid=None, **options):
    path = write(folder / "train.jsonl", rows)
    other = path if valid is None else write(folder / "valid.jsonl", valid)
    kind, reader = TASKS.get("classify"), READERS.get("jsonl")(READERS.get("jsonl").Config(), ("text", "labels"))
    files = DataFiles([path], [] if held_out else [other], held_out)
    return *kind.prepare(kind.Config(**options), reader, files, folder, lambda text: None), reader


def test_none_of_them_is_trained_on_and_counts_where_a_text_may_have_several(tmp_path):
    task, data, reader = prepare(tmp_path, SEVERAL)
    assert [list(one.fields["labels"]) for one in data.train.examples] == [labels for _, labels in SEVERAL]
    assert reader.skipped == {}
    found = task.evaluate(Red(task), reader, [tmp_path / "train.jsonl"], tmp_path)
    scores = {score.name: score.value for score in found.scores}
    # One label is given to each of four texts and right in two; four labels are in the file.
    assert scores["micro_f1"] == pytest.approx(2 * 2 / (4 + 4))
    assert scores["exact_match"] == pytest.approx(1 / 4)


def test_the_option_says_so_too_and_validation_follows_the_training_part(tmp_path):
    _, data, _ = prepare(tmp_path, ONE, multi_label=True)
    assert len(data.train.examples) == len(data.valid.examples) == 3
    _, data, _ = prepare(tmp_path, SEVERAL, valid=[("red film", ["red"]), ("grey stone", [])])
    assert len(data.valid.examples) == 2


@pytest.mark.parametrize("held_out", [0.0, 0.5])
def test_with_one_label_a_text_it_is_left_out_and_counted(tmp_path, held_out):
    task, data, reader = prepare(tmp_path, ONE * 4, held_out)
    assert len(data.train.examples) + len(data.valid.examples) == (8 if held_out else 16)
    assert reader.skipped == {"rows without a label": 4 if held_out else 8}
    found = task.evaluate(Red(task), reader, [tmp_path / "train.jsonl"], tmp_path)
    assert (found.counts["texts"], found.counts["rows without a label"]) == (8, 4)


def test_no_label_at_all_is_refused(tmp_path):
    message = r"train\.jsonl:1: no example has a label: got 2 without one, expected one for each\. Is it the right col"
    with pytest.raises(DataError, match=message):
        prepare(tmp_path, [("a", None), ("b", "")])
