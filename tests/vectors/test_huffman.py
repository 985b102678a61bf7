"""Huffman codes against a heap."""

import heapq

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from elman.vectors.huffman import huffman

FALLING = st.lists(st.integers(0, 1000), min_size=1, max_size=60).map(lambda counts: sorted(counts, reverse=True))


def cheapest(counts):
    """Return the least Σ count · length of any code: the sum of all weights that are joined."""
    heap, total = list(counts), 0
    heapq.heapify(heap)
    while len(heap) > 1:
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        total += joined
        heapq.heappush(heap, joined)
    return total


def codes(paths):
    spans = zip(paths.starts[:-1].tolist(), paths.starts[1:].tolist(), strict=True)
    return [tuple(paths.left[start:stop].tolist()) for start, stop in spans]


@given(FALLING)
@example([1] * 33)
@example([2**n for n in range(40, -1, -1)])
def test_no_code_is_shorter(counts):
    paths = huffman(np.array(counts))
    assert int((np.diff(paths.starts) * np.array(counts)).sum()) == cheapest(counts)


@given(FALLING)
def test_paths_lead_from_the_root_to_leaves_of_one_tree(counts):
    paths, size = huffman(np.array(counts)), len(counts)
    found = codes(paths)
    assert sum(2.0 ** -len(code) for code in found) == 1
    assert len(set(found)) == size
    assert not any(longer[: len(code)] == code for code in found for longer in found if longer is not code)
    node_at = {}  # the same steps from the root lead to the same node
    for word, code in enumerate(found):
        for depth, node in enumerate(paths.nodes[paths.starts[word] : paths.starts[word + 1]].tolist()):
            assert node_at.setdefault(code[:depth], node) == node
    assert sorted(node_at.values()) == list(range(size - 1))
    assert size == 1 or node_at[()] == size - 2


def test_types_fit_compiled_code():
    assert [array.dtype for array in huffman(np.array([3, 2, 1]))] == [np.int64, np.uint32, np.uint8]


def test_the_lighter_side_is_left():
    assert codes(huffman(np.array([9, 4, 2, 1]))) == [(0,), (1, 0), (1, 1, 0), (1, 1, 1)]


def test_one_word_has_an_empty_path():
    starts, nodes, left = huffman(np.array([5]))
    assert (starts.tolist(), nodes.tolist(), left.tolist()) == ([0, 0], [], [])


def test_of_two_words_the_rarer_one_is_left():
    starts, nodes, left = huffman(np.array([5, 3]))
    assert (starts.tolist(), nodes.tolist(), left.tolist()) == ([0, 1, 2], [0, 0], [0, 1])
