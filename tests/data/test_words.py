"""A running text as its words and nothing else."""

import numpy as np
import pytest

from elman.data.records import Example
from elman.data.store import TokenStore
from elman.data.words import cloze_places, encode_words, learn_words
from elman.errors import DataError
from elman.text.vocabulary import Vocabulary

pytestmark = pytest.mark.usefixtures("who_reads")


@pytest.fixture(params=["auto", "reference"])
def who_reads(request, monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", request.param)


def plain(text):
    return text


def blocks(*texts):
    return [Example({"text": text}, f"folder/t.txt:{number}") for number, text in enumerate(texts, start=1)]


def learned(folder, *texts, cut=plain, held_out=0.0, min_count=1, punctuation=False):
    vocabulary, train, valid = learn_words(blocks(*texts), cut, folder, held_out, min_count, punctuation)
    return vocabulary, train.ids.tolist(), valid.ids.tolist()


def test_words_are_numbered_the_most_frequent_first_and_then_by_name(tmp_path):
    vocabulary, ids, rest = learned(tmp_path, "c b b a\n", "d a b\n")
    assert vocabulary.tokens == ("b", "a", "c", "d")
    assert vocabulary.counts.tolist() == [3, 2, 1, 1]
    assert ids == [2, 0, 0, 1, 4, 3, 1, 0, 4]
    assert rest == []
    assert list(tmp_path.iterdir()) == []


def test_rare_words_and_punctuation_are_the_rest(tmp_path):
    vocabulary, ids, _ = learned(tmp_path, "a , a -- b 3 3\n\n... a b\n", min_count=2)
    assert vocabulary.tokens == ("a", "3", "b")
    assert ids == [0, 4, 0, 4, 2, 1, 1, 3, 3, 4, 0, 2, 3]


def test_punctuation_may_be_words_too(tmp_path):
    vocabulary, ids, _ = learned(tmp_path, ", a , \n, b's\n", punctuation=True)
    assert vocabulary.tokens == (",", "a", "b's")
    assert ids == [0, 1, 0, 3, 0, 2, 3]


@pytest.mark.parametrize("punctuation", [False, True])
def test_neither_the_mark_of_a_line_end_nor_that_of_unknown_words_is_a_word(tmp_path, punctuation):
    vocabulary, ids, _ = learned(tmp_path, "a <unk> a <unk>\n\n\n", punctuation=punctuation)
    assert vocabulary.tokens == ("a",)
    assert ids == [0, 2, 0, 2, 1, 1, 1]


def test_letters_of_every_script_make_a_word(tmp_path):
    assert learned(tmp_path, "naïve 東京 ½ « €\n")[0].tokens == ("naïve", "½", "東京")


def test_what_is_held_out_teaches_no_words(tmp_path):
    vocabulary, ids, rest = learned(tmp_path, "a b a\nb z a z z z\n", held_out=0.5, min_count=1)
    assert vocabulary.tokens == ("a", "b")
    assert vocabulary.counts.tolist() == [2, 2]
    assert (ids, rest) == ([0, 1, 0, 2, 1], [3, 0, 3, 3, 3, 2])


def test_lines_of_the_held_out_part_end_though_the_other_is_one_line(tmp_path):
    _, ids, rest = learned(tmp_path, "a b a b a b a\nb\na\n", held_out=0.5)
    assert (ids, rest) == ([0, 1, 0, 1, 0, 1], [0, 2, 1, 2, 0, 2])


def test_lines_are_cut_as_they_are_told(tmp_path):
    vocabulary, ids, _ = learned(tmp_path, "Don't\n", cut=lambda text: text.lower().replace("n't", " n't"))
    assert vocabulary.tokens == ("do", "n't")
    assert ids == [0, 1, 2]


def test_both_parts_know_their_line_ends(tmp_path):
    _, train, valid = learn_words(blocks("a b\nc d\n"), plain, tmp_path, 0.5, 1, False)
    assert train.line_end == valid.line_end == 2
    assert encode_words(blocks("a\n"), plain, Vocabulary(["a", "b"], [1, 1]), tmp_path).line_end == 2


@pytest.mark.parametrize(
    ("texts", "min_count", "message"),
    [
        (
            ["a b\n"],
            2,
            "folder/t.txt: no word occurs 2 times, as task.min_count asks. Give more text or a lower count.",
        ),
        (["a b\n"], 1000, "no word occurs 1,000 times, as task.min_count asks."),
        ([". , !\n\n", "...\n"], 1, "folder/t.txt: no word occurs once, as task.min_count asks."),
        ([""], 1, "no word occurs once"),
    ],
)
def test_a_text_without_words_is_refused(tmp_path, texts, min_count, message):
    with pytest.raises(DataError, match=message):
        learned(tmp_path, *texts, min_count=min_count)


def test_another_text_has_the_same_numbers(tmp_path):
    vocabulary = Vocabulary(["b", "a"], [2, 1])
    store = encode_words(blocks("A z\n", "\nb <eos> <unk>"), str.lower, vocabulary, tmp_path)
    assert store.ids.tolist() == [1, 3, 2, 2, 0, 2, 3]


def test_a_text_of_other_words_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"folder/t\.txt: no word of it is in the vocabulary .* Is it the right file\?"):
        encode_words(blocks("x y\n"), plain, Vocabulary(["a"], [1]), tmp_path)


def places(ids, size=6, **options):
    return cloze_places(TokenStore(np.array(ids), size), size, **options)


def test_places_are_words_with_those_around_them_on_their_line():
    assert places([0, 1, 2, 6, 3, 4], around=1) == [(0, [1]), (1, [0, 2]), (2, [1]), (3, [4]), (4, [3])]
    assert places([0, 1, 2, 6, 3, 4], around=9)[0] == (0, [1, 2])


def test_the_rest_is_passed_over_and_a_word_alone_on_its_line_has_no_place():
    assert places([7, 0, 7, 7, 1, 6, 2, 6, 6], around=1) == [(0, [1]), (1, [0])]
    assert places([]) == places([6, 7]) == places([5]) == []


@pytest.mark.parametrize("length", [10, 11, 19, 20, 25, 999])
def test_places_are_spread_over_the_whole_text(length):
    found = [word for word, _ in places(range(length), size=1000, most=10)]
    assert len(found) == 10
    for number, word in enumerate(found):  # one in each tenth of the text
        assert int(number * length / 10) <= word < int((number + 1) * length / 10) + 1
    assert len(set(found)) == 10


def test_cloze_places_do_not_follow_the_lengths_of_lines():
    """Ten words a line, one of five places asked: all ten are met about as often, and not two of them alone."""
    line = [*range(10), 10]
    found = places(line * 1000, size=10, most=2000)
    times = np.bincount([word for word, _ in found], minlength=10)
    assert len(found) == 2000
    assert (abs(times - 200) < 70).all()  # five standard deviations of a binomial draw
    assert found == places(line * 1000, size=10, most=2000)
