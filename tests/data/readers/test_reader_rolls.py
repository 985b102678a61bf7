"""Piano rolls: keys of each step, silence, and what is no key."""

import json

import pytest

from elman.data.readers import READERS
from elman.errors import DataError

KIND = READERS.get("rolls")


def read(folder, whole, part="train"):
    (folder / "a.json").write_text(whole if isinstance(whole, str) else json.dumps(whole))
    one = KIND(KIND.Config(part=part), ("frames",))
    return list(one.read([folder / "a.json"])), one


def test_keys_of_each_step(tmp_path):
    [example], one = read(tmp_path, {"train": [[[21, 60], [], [108]], []], "test": []})
    frames = example.fields["frames"]
    assert frames.shape == (3, 88)
    assert [row.nonzero()[0].tolist() for row in frames] == [[0, 39], [], [87]]
    assert example.where.endswith("a.json:train:1")
    assert one.passed_over == ["passed over: 1 piece without a step"]
    assert (one.channels[0], one.channels[-1]) == ("21", "108")


def test_one_piece_is_named_by_its_number(tmp_path):
    whole = {"train": [[[60]], [[61], [62]], []], "a:1": [[[70]]]}
    [second], _ = read(tmp_path, whole, "train:2")
    assert second.fields["frames"].shape == (2, 88)
    assert second.where.endswith("a.json:train:2")
    [one], _ = read(tmp_path, whole, "a:1")  # a part of that name comes first
    assert one.where.endswith("a.json:a:1:1")
    assert read(tmp_path, whole, "a:1:1")[0][0].where.endswith("a.json:a:1:1")
    for number in (0, 4):
        with pytest.raises(DataError, match=rf"a\.json: no piece {number} of train: got 3 pieces\. Name one that is"):
            read(tmp_path, whole, f"train:{number}")
    with pytest.raises(DataError, match=r"no part 'test': got train, a:1\. Name one"):
        read(tmp_path, whole, "test:1")


@pytest.mark.parametrize(
    ("whole", "message"),
    [
        ({"train": [[[60], [20]]]}, r"a\.json:train:1: step 2: key 20, expected a MIDI number from 21 to 108"),
        ({"train": [[[60], [109]]]}, "step 2: key 109, expected"),
        ({"train": [[60, [61]]]}, r"step 1: got '60', expected a list of keys, \[\] for silence"),
        ({"train": [[["60"]]]}, "step 1: key 60, expected a MIDI number"),
        ({"train": ["abc"]}, "a.json:train:1: got 'abc', expected a list of steps"),
        ({"test": []}, r"no part 'train': got test\. Name one that is there with --set reader\.part=NAME"),
        ([1], "no part 'train': got list"),
        ("{", "not JSON: "),
    ],
)
def test_what_is_no_piano_roll(whole, message, tmp_path):
    with pytest.raises(DataError, match=message):
        read(tmp_path, whole)
