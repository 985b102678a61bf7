"""ARPA files in and out, and what is wrong with them."""

import gzip
import io
from math import log

import numpy as np
import pytest

from elman.errors import DataError
from elman.ngram import arpa
from elman.ngram.counts import count
from elman.ngram.estimate import estimate
from elman.ngram.smoothing import SMOOTHINGS
from elman.ngram.workspace import Workspace

TOKENS = ["<unk>", "<eos>", "the", "cat", "sat"]
TEXT = [2, 3, 4, 1, 2, 3, 1, 1, 2, 4, 3, 4, 1]
SMALL = """\\data\\
ngram 1=4
ngram 2=3

\\1-grams:
-1.0\t<unk>
-99\t<s>\t-0.30103
-0.5\t</s>
-0.4\ta\t-0.2

\\2-grams:
-0.1\t<s> a
-0.6\ta a
-0.7\ta </s>

\\end\\
"""


def model_of(name="modified_kneser_ney", order=3):
    kind = SMOOTHINGS.get(name)
    return estimate(count(np.array(TEXT), 5, order, 1, Workspace()), kind(kind.Config()), Workspace())


def written(model, tokens=TOKENS):
    file = io.StringIO()
    arpa.write(model, tokens, 1, file)
    return file.getvalue()


def read(tmp_path, text, name="m.arpa"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return arpa.read(path)


@pytest.mark.parametrize("name", ["modified_kneser_ney", "kneser_ney", "witten_bell", "katz", "mle"])
@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_what_is_written_is_read(tmp_path, name, order):
    model = model_of(name, order)
    found = read(tmp_path, written(model))
    numbers = [found.tokens.index({"<eos>": "</s>"}.get(token, token)) for token in TOKENS]
    assert found.tokens[found.line_end] == "</s>"
    for context in ([], [1], [1, 2], [2, 3], [4, 4], [2, 3, 4]):
        states = []
        for one, ids in ((model, context), (found.model, [numbers[i] for i in context])):
            states.append(one.read(np.array(ids, np.int64), np.array([len(ids)]), np.zeros(1, np.int64)).states[0])
        left, right = model.distribution(states[0]), found.model.distribution(states[1])[numbers]
        np.testing.assert_allclose(np.exp(left), np.exp(right), rtol=2e-6, atol=1e-30)


def test_the_numbers_of_a_file(tmp_path):
    found = read(tmp_path, SMALL)
    assert found.tokens == ["<unk>", "</s>", "a"]
    ids = np.array([1, 2, 2, 0, 1])  # <s> a a <unk> </s>
    steps = found.model.read(ids, np.array([5]), np.zeros(1, np.int64))
    expected = [-0.1, -0.6, -0.2 - 1.0, -0.5]
    np.testing.assert_allclose(steps.log_probs[1:] / log(10), expected, rtol=1e-6)
    assert steps.orders.tolist() == [1, 2, 2, 1, 1]


@pytest.mark.parametrize("change", [
    lambda text: text.replace("\n", "\r\n"),
    lambda text: gzip.compress(text.encode()),
    lambda text: "remarks of a tool\n" + text,
    lambda text: text.replace("\t", " "),
    lambda text: text.replace("<unk>", "<UNK>"),
    lambda text: text.encode("utf-8-sig"),
])  # fmt: skip
def test_other_ways_to_write_the_same(tmp_path, change):
    found, expected = read(tmp_path, change(SMALL)), read(tmp_path, SMALL)
    assert found.tokens == expected.tokens
    for left, right in zip(found.model.orders, expected.model.orders, strict=True):
        assert all(map(np.array_equal, left, right))


def test_a_file_without_unknown_or_backoffs(tmp_path):
    found = read(tmp_path, SMALL.replace("-1.0\t<unk>\n", "").replace("1=4", "1=3").replace("\t-0.2", ""))
    assert found.tokens == ["<unk>", "</s>", "a"]
    assert found.model.distribution(0)[0] == -np.inf
    assert found.model.orders[0].backoffs[2] == 0


def test_contexts_and_ends_that_a_pruned_file_lacks_are_filled_in(tmp_path):
    text = SMALL.replace("ngram 2=3", "ngram 2=1\nngram 3=1").replace("-0.6\ta a\n-0.7\ta </s>\n", "")
    text = text.replace("\n\\end\\", "\n\\3-grams:\n-0.05\ta a </s>\n\n\\end\\")
    model = read(tmp_path, text).model
    steps = model.read(np.array([2, 2, 1]), np.array([3]), np.zeros(1, np.int64))
    np.testing.assert_allclose(steps.log_probs / log(10), [-0.4, -0.2 - 0.4, -0.05], rtol=1e-6)


@pytest.mark.parametrize(("old", "new", "line", "message"), [
    ("\\data\\", "\\date\\", 1, r"got '\\date\\', expected \\data\\ first"),
    ("ngram 1=4", "ngram 1=four", 2, r"expected ngram 1=COUNT"),
    ("ngram 2=3", "ngram 3=3", 3, r"expected ngram 2=COUNT"),
    ("2=3", "2=9999999999999", 16, r"after 3 2-grams, expected 9,999,999,999,999"),
    ("1=4", "1=5", 11, r"got '\\2-grams:' after 4 1-grams, expected 5 of them"),
    ("1=4", "1=3", 9, r"expected \\2-grams:"),
    ("2=3", "2=4", 16, r"after 3 2-grams, expected 4"),
    ("-0.5\t</s>", "0.5\t</s>", 8, r"log10 p: got 0.5, expected 0 or less"),
    ("-0.5\t</s>", "nan\t</s>", 8, r"log10 p: got nan"),
    ("-0.5\t</s>", "x\t</s>", 8, r"got 'x' and '0', expected log10 numbers"),
    ("a\t-0.2", "a\tinf", 9, r"log10 backoff: got inf"),
    ("-0.6\ta a", "-0.6\ta", 13, r"got 2 fields, expected log p, 2 words\."),
    ("-0.6\ta a", "-0.6\ta a\t-1", 13, r"got 4 fields, expected log p, 2 words\."),
    ("-0.6\ta a", "-0.6\ta b", 13, r"'b' is not among the 1-grams"),
    ("-0.6\ta a", "-0.6\t<s> a", 13, r"'<s> a' is there twice"),
    ("-0.6\ta a", "-0.6\t</s> a", 13, r"only starts and </s> only ends"),
    ("\n\\end\\\n", "", 15, r"the file ends before \\end\\"),
    ("\\2-grams", "\\3-grams", 11, r"expected \\2-grams:"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path, old, new, line, message):
    assert old in SMALL
    with pytest.raises(DataError, match=rf"m\.arpa:{line}: .*{message}"):
        read(tmp_path, SMALL.replace(old, new))


def test_a_head_has_room_for_blanks_of_every_kind(tmp_path):
    assert read(tmp_path, SMALL.replace("ngram 2=3", "ngram\t2 =\x1c3\u3000")).tokens == read(tmp_path, SMALL).tokens


def test_files_that_are_no_text(tmp_path):
    with pytest.raises(DataError, match=r"m\.arpa:9: not UTF-8"):
        read(tmp_path, SMALL.encode().replace(b"a\t-0.2", b"\xff\t-0.2"))
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path, gzip.compress(SMALL.encode())[:40])
    with pytest.raises(DataError, match=r"has no </s>"):
        read(tmp_path, SMALL.replace("</s>", "b"))
    with pytest.raises(DataError, match="cannot be read"):
        arpa.read(tmp_path / "nothing.arpa")


def test_both_spellings_of_the_unknown_word_are_one_too_many(tmp_path):
    text = SMALL.replace("1=4", "1=5").replace("-1.0\t<unk>\n", "-1.0\t<unk>\n-1.2\t<UNK>\n")
    with pytest.raises(DataError, match="'<unk>' is there twice"):
        read(tmp_path, text)


def test_a_damaged_archive(tmp_path):
    data = bytearray(gzip.compress(SMALL.encode()))
    data[30] ^= 255
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path, bytes(data))


def test_what_the_format_cannot_hold():
    with pytest.raises(DataError, match="cannot hold add-δ"):
        written(model_of("add_delta"))
    for token in (" ", "two words", ""):
        with pytest.raises(DataError, match="cannot hold the token"):
            written(model_of(), ["<unk>", "<eos>", token, "cat", "sat"])
    for token in ("<s>", "</s>"):
        with pytest.raises(DataError, match=f"cannot hold the word {token}: it stands for an end of lines"):
            written(model_of(), ["<unk>", "<eos>", token, "cat", "sat"])


@pytest.mark.parametrize("seed", range(300))
def test_a_mutated_file_is_refused_or_read(tmp_path, seed):
    rng = np.random.default_rng(seed)
    data = bytearray(SMALL.encode())
    for _ in range(rng.integers(1, 4)):
        place = rng.integers(len(data))
        kind = rng.integers(3)
        if kind == 0:
            data[place] = rng.integers(256)
        elif kind == 1:
            del data[place : place + rng.integers(1, 9)]
        else:
            data[place:place] = data[rng.integers(len(data)) :][: rng.integers(1, 9)]
    try:
        model = read(tmp_path, bytes(data)).model
    except DataError:
        return
    for order in model.orders:
        assert (order.log_probs <= 0).all()
        assert not np.isnan(order.backoffs).any()


@pytest.mark.parametrize("space", ["\u00a0", "\u3000", "\u0085", "\u2028", "\x0b", "\x0c", "\x1f"], ids=ascii)
@pytest.mark.parametrize("word", ["1{}000", "{}"])
def test_words_end_at_blanks_and_tabs_only(tmp_path, space, word):
    word = word.format(space)
    found = read(
        tmp_path,
        SMALL.replace("a\t-0.2", f"{word}\t-0.2")
        .replace("> a", f"> {word}")
        .replace("\ta", f"\t{word}")
        .replace(" a\n", f" {word}\n"),
    )
    assert word in found.tokens
    file = io.StringIO()
    tokens = [{"</s>": "<eos>"}.get(token, token) for token in found.tokens]
    arpa.write(found.model, tokens, found.line_end, file)
    assert read(tmp_path, file.getvalue()).tokens == found.tokens
