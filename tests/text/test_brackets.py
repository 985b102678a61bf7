"""Trees in brackets."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from elman.text import brackets
from elman.text.brackets import one_line, parsed, punctuation, scored

PIECES = ["(S", "(NP-SBJ", "(NN", "(-NONE-", "(", "(ADVP=1", ")", ")S", ")NP", "XX", "word", ".", ",", "*T*-1"]
pieces = st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)


def test_the_examples_of_the_docstrings():
    assert doctest.testmod(brackets).failed == 0


@given(pieces)
def test_D31_whatever_was_written_is_a_tree(text):
    tree = parsed(text)
    assert all(0 <= start < end <= len(tree.leaves) for _, start, end in tree.brackets)
    assert all("-" not in label[1:] and "=" not in label for label, _, _ in tree.brackets)
    signs = punctuation(tree)
    assert scored(tree, signs) == scored(parsed(one_line(tree)), signs)


@given(pieces)
def test_a_tree_on_one_line_is_whole_and_the_same_when_it_is_read(text):
    line = one_line(parsed(text))
    again = parsed(line)
    assert one_line(again) == line
    assert again.whole or not again.brackets


def test_traces_and_what_is_empty_without_them_are_left_out():
    tree = parsed("( (S (NP-SBJ (-NONE- *)) (VP (VB Go) (SBAR (-NONE- 0) (S (-NONE- *T*-1)))) (. !)) )")
    assert [leaf.word for leaf in tree.leaves] == ["Go", "!"]
    assert one_line(tree) == "(S (VP XX )VP . )S"
    assert tree.whole


def test_brackets_that_only_have_punctuation_do_not_count():
    tree = parsed("(S (PRN , )PRN XX )S")
    assert [label for label, _, _ in scored(tree, punctuation(tree))] == ["S"]
