"""Pairs of sentences: what is counted, with which interval, and that sentences are read as `score` reads them."""

import gzip
import math

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.inspection.clustered import share
from elman.inspection.minimal_pairs import preferred, read_pairs
from elman.inspection.prefixes import nats_of_sentences
from tests.inspection.runs_to_look_at import language_model, writer

PAIRS = (
    "one\tsing_plur\tthe cat saw a mat\tthe cat sat a mat\n"
    "one\tsing_sing\tthe dog saw a mat\tthe dog sat a mat\n"
    "one\tsing_sing\tthe dog saw a zebra\tthe dog sat a zebra\n"
    "one\tsing_sing\tthe dog swims\tthe dog swim\n"
    "two\tx\ta cat\tcat a\tthe the\n"
    "two\tx\ta cat\ta cat\n"
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return language_model(tmp_path_factory.mktemp("agreement"))


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    path = tmp_path_factory.mktemp("pairs") / "pairs.tsv"
    path.write_text(PAIRS)
    return path


def right(model, good, bad):
    a, b = ([one.log10 for one in line[:-1]] for line in model.score_tokens([good, bad]))
    return float(sum(a) > sum(b))


def test_pairs_are_counted_as_the_sentences_score(run, pairs):
    model = elman.load(run)
    found = elman.inspect(model, "agreement", str(pairs)).values
    assert (found["pairs"], found["equal"], found["known"]) == (6, 1, 4)
    one, two = found["sets"]["one"], found["sets"]["two"]
    assert (one["pairs"], one["known"], one["forms known"]) == (4, 2, 3)
    misled = right(model, "the cat saw a mat", "the cat sat a mat")
    plain = right(model, "the dog saw a mat", "the dog sat a mat")
    assert one["right"] == (misled + plain) / 2
    assert (one["two numbers"], one["one number"]) == (misled, plain)
    assert one["cases"]["sing_plur"] == {"known": 1, "right": misled}
    assert two["right"] == (right(model, "a cat", "cat a") + right(model, "a cat", "the the")) / 2
    assert found["mean of sets"]["right"] == pytest.approx((one["right"] + two["right"]) / 2)
    assert "at the word" in one
    assert "at the word" not in two


def test_at_the_word_only_the_word_counts(run, pairs):
    model = elman.load(run)
    found = elman.inspect(model, "agreement", str(pairs)).values["sets"]["one"]
    expected = []
    for noun in ("cat", "dog"):
        good, bad = model.score_tokens([f"the {noun} saw a mat", f"the {noun} sat a mat"])
        expected.append(float(good[2].log10 > bad[2].log10))
    assert found["at the word"] == sum(expected) / 2


@pytest.mark.parametrize("options", [{}, {"model": "ngram"}, {"settings": {"model.cell": "gru"}}])
def test_beginnings_that_are_shared_cost_what_they_cost_alone(tmp_path, options):
    model = elman.load(language_model(tmp_path, **options))
    lines = ["the cat sat", "the cat saw a mat", "the dog sat on the mat", "the", "a", "the cat sat", "on the cat"]
    ids = [tuple(model.task.tokens.encode(line).tolist()) for line in lines]
    found = nats_of_sentences(model.model.stepper(), ids)
    for one, scored in zip(ids, model.score_tokens(lines), strict=True):
        wanted = [-token.log10 * math.log(10) for token in scored[:-1]]
        np.testing.assert_allclose(found[one], wanted, atol=1e-5)


def test_T27_what_is_unknown_does_not_count(run):
    """Both forms unknown are the same token: that is no tie, and nothing that is known."""
    from elman.inspection.minimal_pairs import Pair

    model = elman.load(run)
    asked = [Pair("", "", "the cat swims", "the cat swim"), Pair("", "", "the cat sat", "the cat swims")]
    found = list(preferred(model.model.stepper(), model.task.tokens, asked))
    assert [one.forms_known for one in found] == [False, False]
    assert all(math.isnan(one.sentence) for one in found)


def test_T29_a_tie_is_half_right():
    """Also where both are impossible."""
    from elman.inspection.minimal_pairs import _prefers

    assert (_prefers(1.0, 2.0), _prefers(2.0, 1.0), _prefers(2.0, 2.0), _prefers(math.inf, math.inf)) == (
        1,
        0,
        0.5,
        0.5,
    )


def test_intervals_are_wilsons_where_every_case_is_its_own():
    """Wilson's bounds π are where |p - π| = z √(π (1 - π) / n); 10 of 10 begin at n / (n + z²)."""
    values = [1.0] * 7 + [0.0] * 3
    found = share(values, range(10))
    for bound in (found.low, found.high):
        assert abs(found.mean - bound) == pytest.approx(1.959963984540054 * math.sqrt(bound * (1 - bound) / 10))
    assert share([1.0] * 10, range(10)).low == pytest.approx(10 / (10 + 1.959963984540054**2))


def test_the_same_case_again_and_again_makes_no_interval_narrower():
    alone = share([1.0, 1.0, 0.0, 1.0], range(4))
    again = share([1.0, 1.0, 0.0, 1.0] * 100, [0, 1, 2, 3] * 100)
    assert (again.low, again.high) == pytest.approx((alone.low, alone.high))
    assert again.clusters == 4
    assert share([1.0] * 400, [0, 1, 2, 3] * 100).low == pytest.approx(share([1.0] * 4, range(4)).low)


def test_compressed_files_and_two_columns_are_read(tmp_path):
    path = tmp_path / "p.tsv.gz"
    path.write_bytes(gzip.compress(b"a cat\tcat a\n"))
    pairs, equal = read_pairs(str(path), "utf-8")
    assert [tuple(one) for one in pairs] == [("p", "", "a cat", "cat a")]
    assert equal == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"the cat\n", ":1: got 1 columns, expected 2 to 5 with tabs between"),
        (b"a\tb\n\na\t\tb\n", ":3: got an empty column, expected 2 to 5"),
        (b"a\ta\n", ": no pair of two different sentences. Expected a line each, with tabs"),
    ],
)
def test_files_of_something_else_are_refused(run, tmp_path, capsys, content, message):
    path = tmp_path / "bad.tsv"
    path.write_bytes(content)
    assert main(["inspect", str(run), "agreement", str(path)]) == 2
    assert message in capsys.readouterr().err.replace("\n", " ")


def test_a_broken_archive_and_no_file_are_refused(run, tmp_path, capsys):
    (tmp_path / "bad.gz").write_bytes(b"no archive")
    assert main(["inspect", str(run), "agreement", str(tmp_path / "bad.gz")]) == 2
    assert "bad.gz: not a whole gzip file: Not a gzipped file" in capsys.readouterr().err.replace("\n", " ")
    assert main(["inspect", str(run), "agreement", str(tmp_path / "none.tsv")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_a_model_that_knows_no_pair_says_so(run, tmp_path):
    (tmp_path / "p.tsv").write_text("Who swims\tWho swim\n")
    found = elman.inspect(run, "agreement", str(tmp_path / "p.tsv"))
    assert found.verdict.startswith("no pair of 1 has all words in the vocabulary")
    assert not found.panels


def test_what_writes_has_none(tmp_path, capsys):
    assert main(["inspect", str(writer(tmp_path)), "agreement", "p.tsv"]) == 2
    assert "writes to sources" in capsys.readouterr().err
