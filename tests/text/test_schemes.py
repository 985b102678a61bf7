"""Tag schemes against conlleval, by hand and by a transliteration of its rules."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.errors import ConfigError
from elman.text.schemes import SCHEMES, Span, constraints, convert, guess, illegal, spans

each_scheme = pytest.mark.parametrize("scheme", SCHEMES)


def read(text):
    """Return spans written as `PER:0-2 LOC:3-4`."""
    parts = [part.rpartition(":") for part in text.split()]
    return [Span(kind, *map(int, place.split("-"))) for kind, _, place in parts]


# Worked out by hand from startOfChunk and endOfChunk.
BY_HAND = {
    "": "",
    "O O": "",
    # iob1 and bio
    "I-PER I-PER O": "PER:0-2",
    "I-PER B-PER I-PER": "PER:0-1 PER:1-3",
    "B-PER B-PER": "PER:0-1 PER:1-2",
    "B-PER I-PER": "PER:0-2",
    "I-PER I-LOC": "PER:0-1 LOC:1-2",
    "B-PER I-LOC I-LOC": "PER:0-1 LOC:1-3",
    "I-PER B-LOC": "PER:0-1 LOC:1-2",
    "O I-PER O I-PER": "PER:1-2 PER:3-4",
    "B-PER O I-PER": "PER:0-1 PER:2-3",
    "O O B-PER": "PER:2-3",
    # bioes
    "B-PER I-PER E-PER O": "PER:0-3",
    "S-PER S-PER": "PER:0-1 PER:1-2",
    "S-PER I-PER": "PER:0-1 PER:1-2",
    "S-PER E-PER": "PER:0-1 PER:1-2",
    "B-PER S-PER": "PER:0-1 PER:1-2",
    "B-PER E-PER B-PER E-PER": "PER:0-2 PER:2-4",
    "B-PER E-LOC": "PER:0-1 LOC:1-2",
    "B-PER O E-PER": "PER:0-1 PER:2-3",
    "E-PER E-PER": "PER:0-1 PER:1-2",
    "E-PER I-PER": "PER:0-1 PER:1-2",
    "I-PER E-PER I-PER E-PER": "PER:0-2 PER:2-4",
    "B-PER": "PER:0-1",
    "E-PER": "PER:0-1",
    # brackets are spans of one token, and a tag of the same kind after one begins nothing
    "[-NP ]-NP": "NP:0-1 NP:1-2",
    "O [-NP O": "NP:1-2",
    "]-NP I-NP I-VP": "NP:0-1 VP:2-3",
    # a tag is split at its first hyphen; without one its kind is empty
    "B-A-B I-A-B I-A": "A-B:0-2 A:2-3",
    "B I O B": ":0-2 :3-4",
    "NN VB": "",
    "O NN": "",
    "B-PER NN": "PER:0-1 :1-2",
    "B-PER .-LOC O": "PER:0-1",
}


@pytest.mark.parametrize("tags", BY_HAND)
def test_spans_by_hand(tags):
    assert spans(tags.split()) == read(BY_HAND[tags])


def end_of_chunk(before, tag, old, kind):
    """conlleval's endOfChunk, line by line, with S and with B after E."""
    end = False
    if before == "B" and tag == "B":
        end = True
    if before == "B" and tag == "O":
        end = True
    if before == "I" and tag == "B":
        end = True
    if before == "I" and tag == "O":
        end = True
    if before == "E" and tag == "E":
        end = True
    if before == "E" and tag == "I":
        end = True
    if before == "E" and tag == "O":
        end = True
    if before in ("B", "I", "E") and tag == "S":
        end = True
    if before == "S" and tag in ("B", "I", "E", "S", "O"):
        end = True
    if before == "E" and tag == "B":
        end = True
    if before != "O" and before != "." and old != kind:
        end = True
    if before == "]":
        end = True
    if before == "[":
        end = True
    return end


def start_of_chunk(before, tag, old, kind):
    """conlleval's startOfChunk, line by line, with S and with B after E."""
    start = False
    if before == "B" and tag == "B":
        start = True
    if before == "I" and tag == "B":
        start = True
    if before == "O" and tag == "B":
        start = True
    if before == "O" and tag == "I":
        start = True
    if before == "E" and tag == "E":
        start = True
    if before == "E" and tag == "I":
        start = True
    if before == "O" and tag == "E":
        start = True
    if before in ("B", "I", "E", "O") and tag == "S":
        start = True
    if before == "S" and tag in ("B", "I", "E", "S"):
        start = True
    if before == "E" and tag == "B":
        start = True
    if tag != "O" and tag != "." and old != kind:
        start = True
    if tag == "[":
        start = True
    if tag == "]":
        start = True
    return start


def conlleval(tags):
    found, begun = [], None
    before, old = "O", ""
    for place, written in enumerate([*tags, "O"]):
        tag, kind = written.split("-", 1) if "-" in written else (written, "")
        start = start_of_chunk(before, tag, old, kind)
        last = place == len(tags)
        if begun is not None and (last or start or end_of_chunk(before, tag, old, kind)):
            found.append(Span(*begun, place))
            begun = None
        if start and not last:
            begun = (kind, place)
        before, old = tag, kind
    return found


prefixes = st.sampled_from(["B-", "I-", "E-", "S-", "[-", "]-", ".-", "-"])
any_tag = (
    st.just("O")
    | st.builds(str.__add__, prefixes, st.sampled_from(["A", "B", "A-B", ""]))
    | st.sampled_from(["B", "I", "E", "S", "NN", ".", "", "O-A"])
)


@given(st.lists(any_tag, max_size=12))
def test_spans_are_those_of_conlleval(tags):
    assert spans(tags) == conlleval(tags)


def test_a_long_text_has_its_spans():
    tags = ["O", "B-PER", "I-PER", "O", "O", "B-LOC", "O", "S-ORG", "I-ORG", "O"] * 5000
    found = spans(tags)
    assert len(found) == 4 * 5000
    assert (found[-1].start, found[-1].stop) == (49998, 49999)


@pytest.mark.parametrize(
    ("sentences", "scheme"),
    [
        (["NN VB O", "DT"], None),
        (["O O O"], None),
        ([], None),
        (["B-PER I-PER", "X-PER"], None),
        (["B-PER I-PER O B-LOC"], "bio"),
        (["B-PER E-PER O S-LOC"], "bioes"),
        (["B-PER E-PER O"], "bioes"),
        (["O S-LOC"], "bioes"),
        (["I-PER I-PER O I-LOC B-LOC"], "iob1"),
        (["I-PER O O", "O I-LOC", "B-PER"], "iob1"),
        (["I-PER O O", "O B-LOC", "B-PER"], "bio"),  # one slip does not make it iob1
        (["B I O"], "bio"),
        (["U-PER O B-LOC L-LOC"], "bilou"),
        (["B-PER I-PER L-PER O"], "bilou"),
        (["O U-LOC"], "bilou"),
        (["B-LOC M-LOC E-LOC O", "S-LOC"], "bmes"),
        (["B-LOC E-LOC O M-LOC"], "bmes"),
    ],
)
def test_the_scheme_of_tags_is_guessed(sentences, scheme):
    assert guess(sentence.split() for sentence in sentences) == scheme


@pytest.mark.parametrize(
    ("iob1", "bio", "bioes"),
    [
        ("I-PER I-PER O", "B-PER I-PER O", "B-PER E-PER O"),
        ("I-PER B-PER I-PER I-PER", "B-PER B-PER I-PER I-PER", "S-PER B-PER I-PER E-PER"),
        ("I-PER I-LOC O I-LOC", "B-PER B-LOC O B-LOC", "S-PER S-LOC O S-LOC"),
        ("I I B O", "B I B O", "B E S O"),
        ("O O", "O O", "O O"),
        ("", "", ""),
    ],
)
def test_the_same_spans_in_every_scheme(iob1, bio, bioes):
    written = {"iob1": iob1.split(), "bio": bio.split(), "bioes": bioes.split()}
    for before, after in product(written, written):
        assert convert(written[before], after) == written[after]


@pytest.mark.parametrize(
    ("scheme", "tags", "bio"),
    [
        ("bilou", "U-X U-X O B-X I-X L-X L-Y", "B-X B-X O B-X I-X I-X B-Y"),
        ("bmes", "B-X M-X M-X E-X S-X O B-Y E-Y", "B-X I-X I-X I-X B-X O B-Y I-Y"),
    ],
)
def test_other_letters_are_those_of_bioes(scheme, tags, bio):
    assert convert(tags.split(), "bio") == bio.split()
    assert convert(bio.split(), scheme) == tags.replace("L-Y", "U-Y" if scheme == "bilou" else "L-Y").split()


def test_broken_tags_are_mended_by_their_spans():
    assert convert(["O", "I-PER", "E-PER", "I-LOC"], "bio") == ["O", "B-PER", "I-PER", "B-LOC"]


TAGS = {
    "iob1": ["O", "B-X", "I-X", "B-Y", "I-Y"],
    "bio": ["O", "B-X", "I-X", "B-Y", "I-Y"],
    "bioes": ["O", "B-X", "I-X", "E-X", "S-X", "B-Y", "E-Y"],
    "bmes": ["O", "B-X", "M-X", "E-X", "S-X", "B-Y", "E-Y"],
    "bilou": ["O", "B-X", "I-X", "L-X", "U-X", "B-Y", "L-Y"],
}


def sequences(tags):
    return (list(chosen) for length in range(5) for chosen in product(tags, repeat=length))


@each_scheme
def test_legal_sequences_are_those_that_come_back_as_they_were(scheme):
    for tags in sequences(TAGS[scheme]):
        assert (illegal(tags, scheme) == 0) == (convert(tags, scheme) == tags), tags


@each_scheme
def test_every_conversion_is_legal_and_keeps_the_spans(scheme):
    for tags in sequences(["O", "B-X", "I-X", "E-X", "S-X", "I-Y"]):
        written = convert(tags, scheme)
        assert illegal(written, scheme) == 0
        assert spans(written) == spans(tags)


@each_scheme
def test_constraints_allow_exactly_the_legal_sequences(scheme):
    tags = [*TAGS[scheme], "Q-X"]
    starts, pairs, ends = constraints(tags, scheme)
    assert (starts.shape, pairs.shape, ends.shape) == ((len(tags),), (len(tags),) * 2, (len(tags),))
    for ids in sequences(range(len(tags))):
        allowed = not ids or (starts[ids[0]] and pairs[ids[:-1], ids[1:]].all() and ends[ids[-1]])
        assert allowed == (illegal([tags[i] for i in ids], scheme) == 0), ids


def test_no_tags_have_empty_constraints():
    assert [part.shape for part in constraints([], "bio")] == [(0,), (0, 0), (0,)]


def test_constraints_by_hand():
    starts, pairs, ends = constraints(["O", "B-X", "I-X", "E-X", "S-X", "I-Y"], "bioes")
    np.testing.assert_array_equal(starts, [True, True, False, False, True, False])
    np.testing.assert_array_equal(ends, [True, False, False, True, True, False])
    np.testing.assert_array_equal(pairs[1], [False, False, True, True, False, False])
    np.testing.assert_array_equal(pairs[3], starts)


@pytest.mark.parametrize(
    ("scheme", "tags", "count"),
    [
        ("bio", "O I-X I-X", 1),
        ("bio", "B-X I-Y I-X", 2),
        ("bio", "I-X O I-X", 2),
        ("iob1", "B-X I-X", 1),
        ("iob1", "I-X B-Y", 1),
        ("bioes", "B-X O", 1),
        ("bioes", "B-X I-X", 1),
        ("bioes", "I-X", 2),
        ("bioes", "O", 0),
        ("bioes", "", 0),
        ("bio", "B-X NN I-X", 2),
        ("bio", "S-X B-X", 1),
    ],
)
def test_tags_that_cannot_stand_where_they_stand_are_counted(scheme, tags, count):
    assert illegal(tags.split(), scheme) == count


@pytest.mark.parametrize("function", [convert, illegal, constraints])
def test_an_unknown_scheme_is_refused(function):
    with pytest.raises(ConfigError, match=r"^unknown tag scheme 'bioe'\. Did you mean 'bioes'\?$"):
        function(["O"], "bioe")
