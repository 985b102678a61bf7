"""Tags as files write them."""

import pytest

from elman.data.readers.conll import ConllReader
from elman.data.records import Example
from elman.data.tagging import TagOptions, TagStyle
from elman.errors import DataError


def read(*sentences, **options):
    """Return the tags of sentences, what was told, and the style."""
    said = []
    style = TagStyle(TagOptions(**options), said.append)
    rows = [sentence.split() for sentence in sentences]
    examples = [Example({"words": ["w"] * len(tags), "tags": tags}, f"a:{i}") for i, tags in enumerate(rows, start=1)]
    return [" ".join(example.fields["tags"]) for example in style.read(iter(examples))], said, style.style


@pytest.mark.parametrize(
    ("tags", "style", "read_as"),
    [
        ("B_PER I_PER O B_LOC", "B_X", "B-PER I-PER O B-LOC"),
        ("PER-B PER-I O LOC-B", "X-B", "B-PER I-PER O B-LOC"),
        ("PER_B PER_I O LOC_B", "X_B", "B-PER I-PER O B-LOC"),
        ("U_PER O B_LOC L_LOC", "B_X", "U-PER O B-LOC L-LOC"),
        ("B_NEW_YORK O", "B_X", "B-NEW_YORK O"),
    ],
)
def test_other_styles_are_read_as_the_usual_one_and_said(tags, style, read_as):
    found, [said], decided = read(tags)
    assert (found, decided) == ([read_as], style)
    first, second = tags.split()[0], read_as.split()[0]
    assert said == f"tags: {first} is read as {second}, guessed; --set reader.tag_style=none keeps it"
    assert read(tags, tag_style="none") == ([tags], [], "none")


@pytest.mark.parametrize("tags", ["NN VB", "N_B V_I", "O", "PER O LOC", "E-x", "NN B-PER O I-PER VB"])
def test_what_is_no_style_stays_as_it_is(tags):
    assert read(tags)[:2] == ([tags], [])


def test_one_tag_in_a_file_of_spans_is_read_as_o_and_told_with_place_and_count():
    sentences = ["B-PER O"] * 5 + ["o I-LOC"] * 5 + ["tag O", "B-LOC null"] + ["B-PER"] * 20
    found, [said], style = read(*sentences)
    assert style == "B-X"
    assert found[5:12] == ["O I-LOC"] * 5 + ["O O", "B-LOC O"]
    assert said == (
        "tags: 7 of 44 are no span tags and read as O: 'o' 5 times, first in a:6, 'tag' 1 times, first in a:11, 'null' "
        "1 times, first in a:12. Mend them, or set reader.tag_style=none if tags mark no spans"
    )
    assert read(*sentences, tag_style="none")[:2] == (sentences, [])


def test_numbers_are_told_and_named():
    found, [said], _ = read("1 0 5 6")
    assert found == ["1 0 5 6"]
    assert said == (
        "tags: numbers without names, each tag for itself; if they are spans, name them in their order, such as --set "
        'reader.tags=\'["O", "B-PER", "I-PER"]\''
    )
    assert read("1 0 2", tags=["O", "B-PER", "I-PER"]) == (["B-PER O I-PER"], [], "B-X")
    message = (
        r"^a:1: got the tag '3', expected a number from 0 to 2, since reader\.tags names so many\. Name them all, or "
        r"leave reader\.tags out\.$"
    )
    with pytest.raises(DataError, match=message):
        read("1 3", tags=["O", "B-PER", "I-PER"])


def test_the_first_file_decides_for_all(tmp_path):
    for name, text in (("a", "x B_PER\ny O\n"), ("b", "x NN\ny B_LOC\n")):
        (tmp_path / name).write_text(text)
    reader = ConllReader(ConllReader.Config(), ("words", "tags"))
    found = [example.fields["tags"] for example in reader.read([tmp_path / "a", tmp_path / "b"])]
    assert found == [["B-PER", "O"], ["O", "B-LOC"]]
    assert reader.settled.tag_style == "B_X"
    again = ConllReader(reader.settled, ("words", "tags"))
    assert [example.fields["tags"] for example in again.read([tmp_path / "b"])] == [["O", "B-LOC"]]


def test_a_file_without_span_tags_is_refused_where_others_had_some():
    message = (
        r"^a:1: got 'NN' and others as tags, expected span tags such as B_PER, as in the training files\. Is it the "
        r"right file, and the right column\?$"
    )
    with pytest.raises(DataError, match=message):
        read("NN VB NN B_X O", tag_style="B_X")
    assert read("O o O", tag_style="B-X")[0] == ["O O O"]
