"""What a model is told of what it reads and answers."""

import numpy as np
import pytest

from elman.data.outlines import Classes, Frames, Numbers, Tokens, tokens_of
from elman.errors import ConfigError


def test_the_size_of_an_outline_is_how_many_answers_there_are():
    assert len(Tokens(["a", "b", "c"])) == 3
    assert len(Classes(["x", "y"], several=True)) == 2
    assert len(Numbers(1.0, 5.0, 9)) == 9


def test_tokens_that_nobody_counted_have_no_counts():
    told = Tokens(["a", "b"])
    assert told.counts.tolist() == []
    assert told.counts.dtype == np.int64
    assert (dict(told.marks), dict(told.parts), told.vectors) == ({}, {}, None)


def test_tokens_are_found_by_the_name_of_their_field():
    words = Tokens(["a", "b"])
    assert tokens_of({"other": Frames((3,)), "words": words}, "words") is words


@pytest.mark.parametrize(
    ("outline", "kind"), [(Frames((3,)), "frames"), (Classes(["x"]), "classes"), (Numbers(0, 1, 2), "numbers")]
)
def test_what_is_no_tokens_is_refused_by_name(outline, kind):
    with pytest.raises(ConfigError) as refused:
        tokens_of({"words": outline}, "words")
    assert str(refused.value) == f"words: got {kind}, expected tokens. Choose another model."
