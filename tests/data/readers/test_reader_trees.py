"""Sentiment trees."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.readers.trees import TreesReader
from elman.errors import DataError

LABELED = ("text", "labels")
TREE = "(3 (2 It) (4 (4 (2 is) (4 good)) (2 (2 -LRB-) (2 is))))\n"


def read(path, text, fields=LABELED, **options):
    path.write_text(text, encoding="utf-8")
    reader = TreesReader(TreesReader.Config(**options), fields)
    reads = reader.for_training() if options.get("phrases") == "all" else reader
    return [tuple(example.fields.values()) for example in reads.read([path])], reader


def test_a_sentence_has_the_label_of_its_root_and_its_brackets_back(tmp_path):
    text = "\n" + TREE + r"(0 (1 1\/2) (2 x\*))"
    examples, reader = read(tmp_path / "a.txt", text)
    assert examples == [("It is good ( is", ["3"]), ("1/2 x*", ["0"])]
    assert reader.skipped == {"empty lines": 1}


def test_phrases_follow_their_sentence_each_once(tmp_path):
    examples, _ = read(tmp_path / "a.txt", TREE, phrases="all")
    assert examples == [
        ("It is good ( is", ["3"]),
        ("It", ["2"]),
        ("is good ( is", ["4"]),
        ("is good", ["4"]),
        ("is", ["2"]),
        ("good", ["4"]),
        ("( is", ["2"]),
        ("(", ["2"]),
    ]


def test_only_training_reads_phrases(tmp_path):
    _, reader = read(tmp_path / "a.txt", TREE, phrases="all")
    assert [example.fields["text"] for example in reader.read([tmp_path / "a.txt"])] == ["It is good ( is"]


def test_binary_labels_leave_out_what_is_neutral(tmp_path):
    examples, reader = read(tmp_path / "a.txt", TREE + "(2 so)\n(0 bad)\n(1 dull)\n", binary=True)
    assert [labels for _, labels in examples] == [["positive"], ["negative"], ["negative"]]
    assert reader.skipped == {"neutral phrases": 1}
    assert read(tmp_path / "a.txt", TREE + "(2 so)\n", ("text",), binary=True)[0] == [("It is good ( is",), ("so",)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("(3 (2 It)", r"got 1 more '\(' than '\)', expected as many of each"),
        ("(3 (2 It)))", r"got '\)' after the end of the tree, expected one tree a line"),
        ("(3 It) (2 x)", r"got '\(2' after the end of the tree"),
        ("(3 It (2 ))", r"got brackets without a word, expected one or more words"),
        ("It works", r"got 'It', expected '\(' and a label"),
        ("(S (NP It))", r"got the label 'S', expected one of 0, 1, 2, 3, 4\. A tree is such as"),
        ("((2 It))", r"got the label '', expected one of"),
    ],
)
def test_what_is_no_tree_is_refused(tmp_path, line, message):
    with pytest.raises(DataError, match=rf"a\.txt:2: not a tree: {message}"):
        read(tmp_path / "a.txt", f"(2 fine)\n{line}\n")


def test_a_tree_deeper_than_python_recurses(tmp_path):
    deep = "(2 a " * 50_000 + ")" * 50_000
    examples, _ = read(tmp_path / "a.txt", deep)
    assert examples[0][0].count("a") == 50_000


def test_what_it_recognizes():
    assert TreesReader.recognizes(Path("a.txt"), TREE, LABELED) == 3
    assert TreesReader.recognizes(Path("a.txt"), "(S (NP It))", LABELED) == 0


words = st.from_regex(re.compile(r"[a-z'.]+", re.ASCII), fullmatch=True)
trees = st.recursive(
    st.tuples(st.integers(0, 4), words),
    lambda children: st.tuples(st.integers(0, 4), st.lists(children, min_size=1, max_size=3)),
)


def written(tree):
    label, inside = tree
    return f"({label} {inside if isinstance(inside, str) else ' '.join(map(written, inside))})"


def phrases(tree):
    label, inside = tree
    below = [] if isinstance(inside, str) else [phrases(child) for child in inside]
    text = inside if isinstance(inside, str) else " ".join(part[0][0] for part in below)
    return [(text, [str(label)]), *(phrase for part in below for phrase in part)]


@given(tree=trees)
def test_what_is_written_is_read(tmp_path_factory, tree):
    found, _ = read(tmp_path_factory.mktemp("trees") / "a.txt", written(tree), phrases="all")
    expected = phrases(tree)
    assert found == [phrase for i, phrase in enumerate(expected) if phrase not in expected[:i]]
