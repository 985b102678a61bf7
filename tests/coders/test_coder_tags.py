"""Tags as ids: in the scheme that is predicted, and back in that of the files."""

import itertools

import numpy as np
import pytest

from elman.coders.tags import TagsCoder, written
from elman.text import schemes

FILES = {
    "iob1": ["I-X", "I-X", "B-X", "O", "I-Y"],
    "bio": ["B-X", "I-X", "B-X", "O", "B-Y"],
    "bioes": ["B-X", "E-X", "S-X", "O", "S-Y"],
}
every_scheme = pytest.mark.parametrize("scheme", FILES)
every_predicted = pytest.mark.parametrize("predicted", FILES)


@every_scheme
@every_predicted
def test_tags_are_predicted_in_one_scheme_and_written_in_that_of_the_files(scheme, predicted):
    coder = TagsCoder.learn([FILES[scheme]], scheme, predicted)
    assert set(coder.names) == set(FILES[predicted])
    assert coder.written(FILES[scheme]) == FILES[predicted]
    column = coder.encode([FILES[scheme], [], ["O"]])
    assert [coder.names[number] for number in column.row(0)] == FILES[predicted]
    assert [coder.decode(column.row(row)) for row in range(3)] == [FILES[scheme], [], ["O"]]


def test_tags_that_are_each_for_itself_stay_as_they_are():
    tags = ["NN-SBJ", "B-X", "-LRB-", "I-X"]
    coder = TagsCoder.learn([tags, ["B-X"]], "none", "bioes")
    assert coder.names == ("B-X", "-LRB-", "I-X", "NN-SBJ")
    assert coder.decode(coder.encode([tags]).row(0)) == tags
    assert coder.outline.follows is None
    assert written(tags, "none", "bioes") == tags


def test_tags_are_counted_as_they_are_predicted():
    coder = TagsCoder.learn([["B-X", "I-X", "O", "O"], ["B-X", "O"]], "bio", "bioes")
    counts = dict(zip(coder.names, coder.vocabulary.counts.tolist(), strict=True))
    assert counts == {"O": 3, "B-X": 1, "E-X": 1, "S-X": 1}
    assert coder.names[0] == "O"


@every_predicted
def test_a_model_is_told_which_tags_may_follow(predicted):
    coder = TagsCoder.learn([FILES["bio"]], "bio", predicted)
    told, count = coder.outline, len(coder.names)
    assert tuple(told.names) == coder.names
    starts, pairs, ends = told.follows
    assert (starts.shape, pairs.shape, ends.shape) == ((count,), (count, count), (count,))
    for path in itertools.product(range(count), repeat=2):
        tags = [coder.names[number] for number in path]
        legal = bool(starts[path[0]] and pairs[path] and ends[path[1]])
        assert legal == (schemes.illegal(tags, predicted) == 0), tags


def test_a_batch_of_tags_is_padded_like_its_sentences():
    coder = TagsCoder.learn([FILES["bio"]], "bio", "bio")
    coded = coder.batch(coder.encode([["O"], [], FILES["bio"]]), {"tags": np.array([2, 0, 1])})
    assert (list(coded.fields), coded.tables) == (["tags"], {})
    tags = coded.fields["tags"]
    assert tags.lengths.tolist() == [5, 1, 0]
    assert coder.decode(tags.values[0]) == FILES["bio"]
    assert not tags.values[~tags.mask].any()


def test_tags_are_kept_as_text(tmp_path):
    TagsCoder.learn([["B-X", "O", "O"]], "bio", "bioes").save(tmp_path, "tags")
    assert (tmp_path / "labels-tags.txt").read_text() == "O\t2\nS-X\t1\n"
