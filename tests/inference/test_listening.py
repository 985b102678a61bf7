"""A recording that is written down while it arrives: the same bits as in one go."""

import copy
import json
import pickle
import random

import numpy as np
import pytest

import elman
from elman.data.records import Example
from elman.errors import ConfigError
from tests.contracts.test_tasks import recordings


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("listening")
    recordings(path)
    return path


def trained(folder, **options):
    out = folder / f"run-{len(list(folder.iterdir()))}"
    settings = {"model.hidden_size": 24, "model.num_layers": 2, **options}
    elman.train("ctc", str(folder / "recordings.jsonl"), out=out, steps=30, threads=1, settings=settings)
    return out


READERS = {
    "lstm": {},
    "gru": {"model.cell": "gru", "model.stack": 1},
    "elman": {"model.cell": "elman", "model.stack": 4, "model.stride": 2},  # stacks that have frames in common
}


@pytest.fixture(scope="module", params=READERS)
def run(request, folder):
    return trained(folder, **{"model.bidirectional": False, **READERS[request.param]})


SEARCHES = [{}, {"beam": 4}, {"beam": 4, "lm": "labels"}, {"beam": 4, "lm": "words", "lexicon": "training"}]


@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_pieces_of_any_length_give_what_the_whole_gives(run, folder, search):
    model, draw = elman.load(run, task=search), random.Random(1)
    for line in (folder / "recordings.jsonl").read_text().splitlines()[:6]:
        frames = np.array(json.loads(line)["frames"])
        [(_, whole, _)] = model.task.each(model.model, model.task.encode([example(frames)]), True)
        listener, place, stream = model.listen(), 0, model.model.stream()
        bits = []
        while place < len(frames):
            step = draw.randint(1, 5)
            settled = listener.settled if place else ""
            text = listener.hear(frames[place : place + step])
            assert listener.settled.startswith(settled)
            assert text.startswith(listener.settled) or search.get("lexicon")
            bits.append(stream.read(model.task.coder.encode([frames[place : place + step]]).values))
            place += step
        log_probs = np.concatenate([*bits, stream.end()])
        assert log_probs.tobytes() == np.ascontiguousarray(whole.log_probs).tobytes()
        assert listener.end() == whole.found[0]


@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_a_copy_in_the_middle_of_a_recording_goes_on_alone(run, folder, search):
    model = elman.load(run, task=search)
    frames = np.array(json.loads((folder / "recordings.jsonl").read_text().splitlines()[0])["frames"])
    listener, middle = model.listen(), len(frames) // 2
    listener.hear(frames[:middle])
    copies = [copy.deepcopy(listener), pickle.loads(pickle.dumps(listener))]
    listener.hear(frames[middle:])
    expected = listener.end()
    for other in copies:
        other.hear(frames[middle:])
        assert other.end() == expected


def example(frames):
    return Example({"frames": frames})


def test_a_batch_changes_no_bit_of_a_recording(run, folder):
    model = elman.load(run)
    lines = (folder / "recordings.jsonl").read_text().splitlines()[:9]
    every = [example(np.array(json.loads(line)["frames"])) for line in lines]
    together = {row: said for row, said, _ in model.task.each(model.model, model.task.encode(every), True)}
    for row, one in enumerate(every):
        [(_, alone, _)] = model.task.each(model.model, model.task.encode([one]), True)
        assert alone.log_probs.tobytes() == np.ascontiguousarray(together[row].log_probs).tobytes()


def test_a_model_that_reads_from_both_ends_cannot_listen(folder):
    model = elman.load(trained(folder))
    message = (
        r"^model\.bidirectional: got a model that reads all of a recording, expected one that reads forwards to answer "
        r"while frames arrive\. Train one with --set model\.bidirectional=false\.$"
    )
    with pytest.raises(ConfigError, match=message):
        model.listen()


def test_a_model_whose_filters_look_ahead_cannot_listen(folder):
    model = elman.load(trained(folder, **{"model.bidirectional": False, "model.convolutions": [3]}))
    message = (
        r"^model\.convolutions: got a model whose filters look ahead, expected one that reads forwards to answer while "
        r"frames arrive\. Train one with --set model\.convolutions=\[\]\.$"
    )
    with pytest.raises(ConfigError, match=message):
        model.listen()


def test_features_of_whole_recordings_are_refused(folder):
    found = trained(folder, **{"model.bidirectional": False, "task.features": ["numbers", "cmvn"]})
    message = (
        r"^task\.features: got cmvn, which is computed of a whole recording, expected features of frames that have "
        r"arrived\. Train a model without it\.$"
    )
    with pytest.raises(ConfigError, match=message):
        elman.load(found).listen()
