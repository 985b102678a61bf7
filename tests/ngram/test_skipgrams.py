"""What templates see of a history: the words they name, within their line."""

import numpy as np
import pytest

from elman.ngram.skipgrams import ABSENT, NOTHING, Template, histories, keys, templates


@pytest.mark.parametrize(
    ("order", "skips", "skip_order", "count"), [(5, 0, 3, 5), (5, 3, 3, 14), (1, 0, 2, 1), (5, 3, 4, 23)]
)
def test_each_template_is_there_once_and_none_is_an_n_gram_with_a_gap_of_nothing(order, skips, skip_order, count):
    looks = templates(order, skips, skip_order)
    assert len(looks) == len(set(looks)) == count
    assert all((one.remote > 0) == (one.skipped > 0) for one in looks)
    assert len({tuple(one.places) for one in looks}) == count


def test_a_template_names_words_before_the_gap_and_behind_it():
    assert Template(2, 3, 1).places == [1, 5, 6]
    assert Template(2, 3, 1).reach == 6
    assert Template(0, 0, 0).places == []


def test_histories_end_where_the_line_begins_and_see_its_start():
    ids = np.array([5, 6, 0, 7, 0, 0, 8], np.uint16)  # 0 ends a line
    one, two, three = histories(ids, 0, 3)
    assert one.tolist() == [0, 5, 6, 0, 7, 0, 0]
    assert two.tolist() == [NOTHING, 0, 5, NOTHING, 0, NOTHING, NOTHING]
    assert three.tolist() == [NOTHING, NOTHING, 0, NOTHING, NOTHING, NOTHING, NOTHING]


def test_histories_of_a_text_without_lines_begin_with_nothing():
    one, two = histories(np.array([5, 6, 7]), None, 2)
    assert one.tolist() == [NOTHING, 5, 6]
    assert two.tolist() == [NOTHING, NOTHING, 5]
    assert [column.tolist() for column in histories(np.array([5]), None, 2)] == [[NOTHING], [NOTHING]]


def test_keys_are_equal_for_equal_words_only_and_absent_where_one_lacks():
    draw = np.random.default_rng(0)
    ids = draw.integers(0, 6, 4000)
    columns = histories(ids, 0, 4)
    looks = templates(4, 2, 3)
    seen = set()
    for number, one in enumerate(looks):
        found = keys(columns, one, number)
        words = np.stack([columns[back - 1] for back in one.places], 1) if one.places else np.zeros((len(ids), 0))
        lacks = columns[one.reach - 1] == NOTHING if one.reach else np.zeros(len(ids), bool)
        assert ((found == ABSENT) == lacks).all()
        named = {}
        for key, some in zip(found[~lacks].tolist(), map(tuple, words[~lacks].tolist()), strict=True):
            assert named.setdefault(key, some) == some
        assert len(named) == len(set(named.values()))
        assert not seen & set(named)
        seen |= set(named)
