"""Files side by side."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.readers.parallel import ParallelReader
from elman.errors import DataError
from tests.fields import kinds

TAGGED = ("words", "tags")


def read(folder, texts, fields=TAGGED):
    paths = [folder / f"{name}.txt" for name in "abcdef"[: len(texts)]]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    reader = ParallelReader(ParallelReader.Config(), fields)
    return list(reader.read(paths)), reader


def test_words_tags_and_the_label_of_a_sentence(tmp_path):
    texts = ["to  Boston\n\nnow\n", "O\tCITY\n \nTIME\n", " flight \n\ntime now\n"]
    examples, reader = read(tmp_path, texts, ("words", "tags", "label"))
    assert [example.fields for example in examples] == [
        {"words": ["to", "Boston"], "tags": ["O", "CITY"], "label": "flight"},
        {"words": ["now"], "tags": ["TIME"], "label": "time now"},
    ]
    assert [example.where for example in examples] == [f"{tmp_path}/a.txt:1", f"{tmp_path}/a.txt:3"]
    assert reader.skipped == {"empty lines": 1}


def test_several_labels_and_pairs(tmp_path):
    assert read(tmp_path, ["a film\n", "good  long\n"], ("text", "labels"))[0][0].fields == {
        "text": "a film",
        "labels": ["good", "long"],
    }
    pair = ("first", "second", "score")
    assert read(tmp_path, ["a\n", "b c\n", "4.5\n"], pair)[0][0].fields == {
        "first": "a",
        "second": "b c",
        "score": "4.5",
    }


def test_files_follow_each_other_in_groups(tmp_path):
    examples, reader = read(tmp_path, ["a\n", "A\n", "b\n", "B\n"])
    assert reader.together == 2
    assert [example.fields["tags"] for example in examples] == [["A"], ["B"]]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["x\n" * 3, "X\n" * 2], r"a\.txt has 3 lines and \S*b\.txt 2, expected as many in each"),
        (["x\n" * 2, "X\n" * 70_000], r"a\.txt has 2 lines and \S*b\.txt 70000, expected as many in each"),
        (["a\na b c\n", "A\nA B\n"], r"a\.txt:2: 3 words, but \S*b\.txt:2 has 2 tags, expected as many\."),
        (["a\na b c\nd\n", "A\nA B\n"], r"a\.txt has 3 lines and \S*b\.txt 2, expected as many in each"),
        (["a\n\n", "A\nB\n"], r"a\.txt:2: got an empty line, expected some words: \S*b\.txt:2 is not empty\."),
        (["a\nb\n", "A\n\n"], r"b\.txt:2: got an empty line, expected some tags: \S*a\.txt:2 is not empty\."),
        (["a\n"], r"a\.txt: got 1 files, expected 2 side by side: words, tags\. Name them words,tags with a comma"),
    ],
)
def test_what_is_refused(tmp_path, texts, message):
    with pytest.raises(DataError, match=message):
        read(tmp_path, texts)


def test_names_with_a_comma_are_found_read_and_found_again(tmp_path):
    read(tmp_path, ["a b\n", "A B\n"])
    reader = ParallelReader(ParallelReader.Config(), TAGGED)
    paths = reader.find(["a.txt,b.txt"], tmp_path)
    assert next(reader.read(paths)).fields == {"words": ["a", "b"], "tags": ["A", "B"]}
    assert reader.find(reader.joined(paths)) == paths


def test_lines_of_fifty_thousand_words(tmp_path):
    examples, _ = read(tmp_path, ["w " * 50_000 + "\n", "T " * 50_000 + "\n"])
    assert len(examples[0].fields["tags"]) == 50_000


def test_what_it_gives_and_recognizes(tmp_path):
    assert ParallelReader.gives(kinds(("first", "second")))
    assert not ParallelReader.gives(kinds(("words",)))
    assert ParallelReader.recognizes(Path("a.txt,b.txt"), "", TAGGED) == 3
    strange = tmp_path / "a,b"
    strange.write_text("x")
    assert ParallelReader.recognizes(strange, "x", TAGGED) == 0
    assert ParallelReader.recognizes(Path("a.txt"), "x", TAGGED) == 0


word = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1)


@given(rows=st.lists(st.lists(st.tuples(word, word), min_size=1), min_size=1))
def test_what_is_written_is_read(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("parallel")
    texts = ["".join(" ".join(pair[i] for pair in row) + "\n" for row in rows) for i in (0, 1)]
    examples, _ = read(folder, texts)
    assert [list(zip(*example.fields.values(), strict=True)) for example in examples] == rows


def test_the_answers_beside_the_input_are_refused_where_only_the_input_is_read(tmp_path):
    reader = ParallelReader(ParallelReader.Config(), ("words",))
    name = f"{tmp_path}/words.txt,{tmp_path}/tags.txt"
    with pytest.raises(DataError) as refused:
        reader.find([name])
    message = "got 2 files side by side, expected only that with the words. Name it alone."
    assert str(refused.value) == f"{name}: {message}"
