"""Every attention score through one contract, and the one softmax over real places."""

import pytest
import torch

from elman.errors import ConfigError
from elman.layers.attention import SCORES
from elman.layers.attention.base import Score, masked_softmax
from tests.gradients import equal_finite_differences

pytestmark = pytest.mark.usefixtures("float64")
every_score = pytest.mark.parametrize("name", SCORES.names())
Q, D = 3, 4


def make(name):
    """Return a score of queries and places of different widths, where it has weights between them."""
    return SCORES.get(name)(D if name in ("dot", "scaled") else Q, D)


@every_score
def test_a_score_of_each_place_whatever_stands_beside_it(name):
    score, values = make(name), torch.randn(2, 5, D)
    query = torch.randn(2, score.query_size)
    found = score(query, score.keys(values))
    assert found.shape == (2, 5)
    order = torch.tensor([3, 0, 4, 1, 2])
    if not score.by_number:
        torch.testing.assert_close(score(query, score.keys(values[:, order])), found[:, order], atol=1e-12, rtol=0)
    torch.testing.assert_close(score(query[1:], score.keys(values[1:])), found[1:], atol=1e-12, rtol=0)


@every_score
def test_weights_are_0_in_padding_and_those_of_one_query_are_those_of_several(name):
    score, values = make(name), torch.randn(3, 5, D)
    queries, mask = torch.randn(3, 2, score.query_size), torch.arange(5) < torch.tensor([[3], [0], [5]])
    keys = score.keys(values)
    every = score.weigh(score.every(queries, keys), queries, keys, mask[:, None].expand(3, 2, 5))
    for place in range(2):
        found = score.weigh(score(queries[:, place], keys), queries[:, place], keys, mask)
        torch.testing.assert_close(found, every[:, place], atol=1e-12, rtol=0)
    assert not every[~mask[:, None].expand_as(every)].any()
    expected = torch.tensor([1.0, 0.0, 1.0])[:, None].expand(3, 2)
    if score.sums_to_one:
        torch.testing.assert_close(every.sum(-1), expected, atol=1e-12, rtol=0)
    assert (every.sum(-1) <= expected + 1e-12).all()


@every_score
def test_gradients_equal_finite_differences(name):
    score = make(name)
    given = (torch.randn(2, score.query_size, requires_grad=True), torch.randn(2, 3, D, requires_grad=True))
    assert equal_finite_differences(
        lambda query, values, *_: score(query, score.keys(values)), (*given, *score.parameters())
    )


@every_score
def test_weights_start_within_their_bound(name):
    score = make(name)
    score.reset_parameters(torch.Generator().manual_seed(0), 0.01)
    starts = {"bias", "size"}  # their start is their own
    drawn = [parameter for name, parameter in score.named_parameters() if name not in starts]
    assert all(0 < parameter.abs().max() <= 0.01 for parameter in drawn)


@every_score
def test_several_queries_know_nothing_of_each_other(name):
    score, values = make(name), torch.randn(2, 5, D)
    queries, keys = torch.randn(2, 3, score.query_size), score.keys(values)
    each = torch.stack([score(query, keys) for query in queries.unbind(1)], 1)
    torch.testing.assert_close(score.every(queries, keys), each, atol=1e-12, rtol=0)
    torch.testing.assert_close(Score.every(score, queries, keys), each, atol=0, rtol=0)


def test_E3_E4_dot_and_general_are_their_formulas():
    # G1 of the goldens of encoder-decoders.
    keys = torch.tensor([[[0.5, -1.0, 0.25], [1.5, 0.5, -0.5], [-0.75, 1.0, 2.0]]])
    query, general = torch.tensor([[0.4, -0.2, 1.0]]), SCORES.get("general")(3, 3)
    assert SCORES.get("dot")(3, 3)(query, keys)[0].tolist() == pytest.approx([0.65, 0.0, 1.5], abs=1e-12)
    general.weight.data = torch.tensor([[1.0, 0.0, 0.5], [0.0, -1.0, 0.25], [0.5, 0.5, 0.0]])
    found = general(query, general.keys(keys))[0].tolist()
    assert found == pytest.approx([-0.2125, 1.625, 0.325], abs=1e-12)


def test_the_scaled_product_is_its_formula():
    # G1 of the goldens of encoder-decoders: dot / sqrt 3.
    keys = torch.tensor([[[0.5, -1.0, 0.25], [1.5, 0.5, -0.5], [-0.75, 1.0, 2.0]]])
    found = SCORES.get("scaled")(3, 3)(torch.tensor([[0.4, -0.2, 1.0]]), keys)
    assert found[0].tolist() == pytest.approx([0.3752776750, 0.0, 0.8660254038], abs=1e-10)


def test_the_normed_additive_score_is_its_formula():
    # G1 of the goldens of encoder-decoders: normed additive, less r = .25, which shifts every place alike.
    score = SCORES.get("normed_additive")(3, 3)
    assert score.size.item() == pytest.approx(3**-0.5)
    w = torch.tensor([[0.2, -0.1, 0.3], [0.4, 0.5, -0.6]])
    u = torch.tensor([[-0.3, 0.2, 0.1], [0.7, -0.8, 0.9]])
    score.weight_query.data, score.weight_key.data, score.vector.data = w, u, torch.tensor([1.0, -0.5])
    score.bias.data, score.size.data = torch.tensor([0.1, -0.2]), torch.tensor(2.0)
    keys = torch.tensor([[[0.5, -1.0, 0.25], [1.5, 0.5, -0.5], [-0.75, 1.0, 2.0]]])
    found = score(torch.tensor([[0.4, -0.2, 1.0]]), score.keys(keys)) + 0.25
    assert found[0].tolist() == pytest.approx([0.0576845764, 0.8692333712, 1.9293481980], abs=1e-9)


def test_a_dot_product_needs_two_of_one_width():
    with pytest.raises(ConfigError, match="a dot product needs places as wide as queries: got 4 and 3 numbers"):
        SCORES.get("dot")(3, 4)


def test_E6_E8_the_additive_score_is_its_formula():
    # G1 of the goldens of encoder-decoders: additive.
    score = SCORES.get("additive")(3, 3)
    w = torch.tensor([[0.2, -0.1, 0.3], [0.4, 0.5, -0.6]])
    u = torch.tensor([[-0.3, 0.2, 0.1], [0.7, -0.8, 0.9]])
    score.weight_query.data, score.weight_key.data, score.vector.data = w, u, torch.tensor([1.0, -0.5])
    keys = torch.tensor([[[0.5, -1.0, 0.25], [1.5, 0.5, -0.5], [-0.75, 1.0, 2.0], [9.0, 9.0, 9.0]]])
    found = score(torch.tensor([[0.4, -0.2, 1.0]]), score.keys(keys))
    assert found[0, :3].tolist() == pytest.approx([-0.2667161305, 0.1637386974, 0.8043495438], abs=1e-10)
    weights = masked_softmax(found, torch.tensor([[True, True, True, False]]))
    assert weights[0].tolist() == pytest.approx([0.1832695141, 0.2818606082, 0.5348698777, 0.0], abs=1e-10)
    context = weights @ keys[0]
    assert context[0].tolist() == pytest.approx([0.1132732611, 0.4925306678, 0.9746268298], abs=1e-9)


def test_E5_padding_gets_nothing_and_an_empty_row_is_all_zero():
    scores = torch.randn(4, 3, 5)
    scores[0, 0, 4] = torch.nan
    mask = torch.arange(5) < torch.tensor([[4, 0, 5], [1, 2, 3], [0, 0, 0], [5, 5, 5]])[..., None]
    found = masked_softmax(scores.requires_grad_(), mask)
    assert (found[~mask] == 0).all()
    torch.testing.assert_close(found.sum(-1), mask.any(-1).double(), atol=1e-12, rtol=0)
    real = scores.detach()[1, 2, :3].exp()
    torch.testing.assert_close(found[1, 2, :3], real / real.sum(), atol=1e-12, rtol=0)
    torch.testing.assert_close(masked_softmax(scores[3]), masked_softmax(scores[3], mask[3]), atol=1e-12, rtol=0)
    found[1:].square().sum().backward()
    assert torch.isfinite(scores.grad).all()


def test_scores_of_any_size():
    found = masked_softmax(torch.tensor([[1000.0, 999.0, -1000.0]]), torch.tensor([[True, True, False]]))
    assert found[0].tolist() == pytest.approx([0.7310585786, 0.2689414214, 0.0], abs=1e-10)
    assert masked_softmax(torch.empty(2, 0), torch.empty(2, 0, dtype=torch.bool)).shape == (2, 0)


KEYS = [[0.5, -1.0, 0.25], [1.5, 0.5, -0.5], [-0.75, 1.0, 2.0], [9.0, 9.0, 9.0]]
QUERY = [[0.4, -0.2, 1.0]]
MASK = torch.tensor([[True, True, True, False]])
W_QUERY, U_KEY = [[0.2, -0.1, 0.3], [0.4, 0.5, -0.6]], [[-0.3, 0.2, 0.1], [0.7, -0.8, 0.9]]


@pytest.mark.parametrize("name", ["additive", "concat"])
def test_the_additive_score_is_its_formula_under_both_names(name):
    # G1 of the goldens of encoder-decoders: additive = concat.
    score, query = SCORES.get(name)(3, 3), torch.tensor(QUERY)
    score.weight_query.data, score.weight_key.data = torch.tensor(W_QUERY), torch.tensor(U_KEY)
    score.vector.data = torch.tensor([1.0, -0.5])
    keys = score.keys(torch.tensor([KEYS]))
    found = score(query, keys)
    assert found[0, :3].tolist() == pytest.approx([-0.2667161305, 0.1637386974, 0.8043495438], abs=1e-10)
    expected = [0.1832695141, 0.2818606082, 0.5348698777, 0.0]
    assert score.weigh(found, query, keys, MASK)[0].tolist() == pytest.approx(expected, abs=1e-10)


def test_local_attention_around_a_predicted_place_is_its_formula():
    # G1: positions from 0, D = 2, s = 1, not normalised again; position 0 is outside the window.
    score, query = SCORES.get("local_p")(3, 3), torch.tensor(QUERY)
    score.width = 2
    score.weight.data = torch.tensor([[1.0, 0.0, 0.5], [0.0, -1.0, 0.25], [0.5, 0.5, 0.0]])
    score.middle_weight.data = torch.tensor([[0.5, -0.5, 0.25], [0.1, 0.2, -0.3]])
    score.middle_vector.data = torch.tensor([0.7, -1.2])
    keys = score.keys(torch.tensor([KEYS]))
    weights = score.weigh(score(query, keys), query, keys, MASK)
    assert weights[0].tolist() == pytest.approx([0.0, 0.4744772472869352, 0.2141628263922298, 0.0], abs=1e-10)
    assert weights.sum().item() == pytest.approx(0.6886400737, abs=1e-9)


@pytest.mark.parametrize("name", ["local_p", "local_m"])
def test_gradients_of_local_weights_equal_finite_differences(name):
    score, mask = SCORES.get(name)(Q, D), torch.arange(6) < torch.tensor([[6], [4]])
    score.width = 3
    given = torch.randn(2, Q, requires_grad=True), torch.randn(2, 6, D, requires_grad=True)

    def weights(query, values, *_):
        keys = score.keys(values)
        return score.weigh(score(query, keys), query, keys, mask)

    assert equal_finite_differences(weights, (*given, *score.parameters()))


def test_location_attention_is_a_softmax_over_the_first_places():
    score, query = SCORES.get("location")(Q, D), torch.randn(2, Q)
    keys, mask = score.keys(torch.randn(2, 4, D)), torch.tensor([[True] * 4, [True, True, False, False]])
    found = score.weigh(score(query, keys), query, keys, mask)
    for row, length in ((0, 4), (1, 2)):
        expected = torch.softmax(score.weight[:length] @ query[row], -1)
        torch.testing.assert_close(found[row, :length], expected, atol=1e-12, rtol=0)
    keys = torch.randn(2, 300, 0)
    long = score.weigh(score(query, keys), query, keys, torch.ones(2, 300, dtype=torch.bool))
    torch.testing.assert_close(long.sum(1), torch.ones(2), atol=1e-12, rtol=0)
    assert not long[:, 256:].any()
