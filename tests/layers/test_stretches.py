"""Stretches of a table that overlap are summed once each, as if every number had been sorted."""

import pytest
import torch

from elman.layers.stretches import Looks, scaled, settled

pytestmark = pytest.mark.usefixtures("float64")
SIZE = 40


def drawn(seed):
    draw = torch.Generator().manual_seed(seed)
    widths = [3, 1, 8]
    places = [torch.randint(SIZE - width + 1, (4, 2), generator=draw) for width in widths]
    values = [torch.randn(8, width, generator=draw) for width in widths]
    return places, widths, values


def cells_of(places, widths):
    pairs = zip(places, widths, strict=True)
    return torch.cat([(one.flatten()[:, None] + torch.arange(width)).flatten() for one, width in pairs])


@pytest.mark.parametrize("seed", range(20))
def test_each_number_gets_what_reached_it(seed):
    places, widths, values = drawn(seed)
    cells, flat, table = cells_of(places, widths), torch.cat([one.flatten() for one in values]), torch.zeros(SIZE)
    looks = Looks.of(places, widths, places[0])
    assert torch.equal(looks.cells, cells.unique())
    expected = torch.zeros(SIZE).index_add_(0, cells, flat)  # in the order of the looks, so to the last bit
    sparse = looks.summed(flat, table, True)
    assert sparse.is_coalesced()
    assert torch.equal(sparse.to_dense(), expected)
    assert torch.equal(looks.summed(flat, table, False), expected)


def test_nothing_was_looked_at():
    looks = Looks.of([], [], torch.zeros(0, 2, dtype=torch.int64))
    assert looks.summed(torch.zeros(0), torch.zeros(SIZE), True)._nnz() == 0
    assert not looks.summed(torch.zeros(0), torch.zeros(SIZE), False).any()


def test_a_gradient_that_torch_handed_on_is_not_sorted_again():
    places, widths, values = drawn(1)
    flat, table = torch.cat([one.flatten() for one in values]), torch.zeros(SIZE)
    once = scaled(Looks.of(places, widths, places[0]).summed(flat, table, True), torch.tensor(2.0))
    assert once.is_coalesced()
    forgotten = torch.sparse_coo_tensor(once.indices(), once.values(), once.shape, check_invariants=False)
    assert not forgotten.is_coalesced()
    found = settled(forgotten)
    assert found._values().data_ptr() == once.values().data_ptr()
    unsorted = torch.sparse_coo_tensor(torch.tensor([[5, 2, 5]]), torch.ones(3), (SIZE,), check_invariants=False)
    assert settled(unsorted).indices().tolist() == [[2, 5]]
    assert settled(unsorted).values().tolist() == [1.0, 2.0]
