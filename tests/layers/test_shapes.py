"""Shapes that functions declare are held against what they are given."""

from pathlib import Path

import jaxtyping
import pytest
import torch

from elman.layers.spelled_embedding import SpelledEmbedding, SpellingConfig
from tests.conftest import SHAPES_UNCHECKED


def test_a_wrong_shape_is_an_error_here():
    embedding = SpelledEmbedding(["a", "ab"], SpellingConfig(widths=[1]))
    assert embedding.spelled(torch.tensor([0, 1])).shape == (2, embedding.output_size)
    with pytest.raises(jaxtyping.TypeCheckError, match="spelled"):
        embedding.spelled(torch.tensor([[0, 1]]))


def test_where_they_are_not_there_are_tests():
    assert [name for name in SHAPES_UNCHECKED if not (Path(__file__).parents[1] / name).is_dir()] == []
