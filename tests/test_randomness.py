"""Draws depend on their place and on nothing else."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from elman.layers.dropout import dropout
from elman.layers.embedding import Embedding
from elman.layers.feed_forward import FeedForward
from elman.layers.initialization import initialize
from elman.moment import Noise
from elman.randomness import seed_of, uniforms


@given(st.integers(0, 2**40), st.text(max_size=5), st.lists(st.integers(0, 99), max_size=3))
def test_seeds_repeat_and_fit(seed, stream, counters):
    value = seed_of(seed, stream, *counters)
    assert value == seed_of(seed, stream, *counters)
    assert 0 <= value < 2**63


def test_places_of_a_stream_are_independent():
    draws = uniforms(1, "sample", 4000)
    assert ((draws >= 0) & (draws < 1)).all()
    for first, count in ((0, 3), (255, 2), (256, 256), (700, 1300), (9, 0)):
        assert uniforms(1, "sample", count, first).tolist() == draws[first : first + count].tolist()
    assert abs(draws.mean() - 0.5) < 0.02
    assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 0.05
    assert len({seed_of(s, stream, c) for s in range(5) for stream in "ab" for c in range(50)}) == 500


def test_noise_repeats_for_a_step_and_differs_between_calls_and_steps():
    like = torch.empty(50, 40)
    first, again, other = Noise(1, 7), Noise(1, 7), Noise(1, 8)
    masks = [first.keep_mask(like, 0.7), first.keep_mask(like, 0.7)]
    assert torch.equal(masks[0], again.keep_mask(like, 0.7))
    assert not torch.equal(masks[0], masks[1])
    assert not torch.equal(masks[0], other.keep_mask(like, 0.7))


def test_C12_dropout_keeps_the_expectation_and_rests_in_evaluation():
    x = torch.ones(400, 500)
    dropped = dropout(x, 0.3, Noise(1, 0))
    assert set(dropped.unique().tolist()) == {0.0, x.new_tensor(1 / 0.7).item()}
    assert abs(dropped.mean().item() - 1) < 0.01
    assert dropout(x, 0.3, None) is x
    assert dropout(x, 0.0, Noise(1, 0)) is x


def test_a_module_draws_from_the_stream_of_its_name():
    small = torch.nn.ModuleDict({"a": Embedding(3, 2)})
    large = torch.nn.ModuleDict({"b": Embedding(5, 2), "a": Embedding(3, 2)})
    initialize(small, 4)
    initialize(large, 4)
    assert torch.equal(small["a"].weight, large["a"].weight)
    assert not torch.equal(large["a"].weight, large["b"].weight[:3])


class Drawn(torch.nn.Module):
    """Draws one of two."""

    def __init__(self):
        super().__init__()
        self.one, self.other = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))

    def reset_parameters(self, generator, bound=None):
        with torch.no_grad():
            self.one.uniform_(generator=generator)


def test_a_parameter_that_nobody_draws_is_refused_and_named():
    whole = torch.nn.ModuleDict({"words": Embedding(3, 2), "join": FeedForward(2, 2, 1)})
    initialize(whole, 4)
    for name, module, wrong in (
        ("bare", torch.nn.Linear(2, 2), r"bare\.weight"),
        ("part", Drawn(), r"part\.other"),
        ("list", torch.nn.ParameterList([torch.zeros(2)]), r"list\.0"),
    ):
        whole[name] = module
        with pytest.raises(RuntimeError, match=f"ModuleDict: nobody draws all of '{wrong}'"):
            initialize(whole, 4)
        del whole[name]
