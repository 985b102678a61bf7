"""Lists in order of two scores: the formula, what is fitted, and what is refused."""

import json
from math import log

import pytest

import elman
from elman.cli.main import main
from elman.errors import DataError
from elman.inference.rescoring import Hypothesis, Weights, fitted, rates, read_gold, read_hypotheses, rescore

GOLDEN = [("a", -10.0, -4.2, 3), ("b", -9.5, -5.0, 4), ("c", -11.0, -3.9, 2)]
LISTS = [Hypothesis("utt", score, " ".join([name] * words)) for name, score, _, words in GOLDEN]
LANGUAGE = [language for _, _, language, _ in GOLDEN]


def test_totals_are_in_nats_and_not_a_mixture_of_units():
    found = rescore(LISTS, LANGUAGE, Weights())["utt"]
    assert [(row.text[0], round(row.total, 9), row.before) for row in found] == [
        ("a", -14.2, 2),
        ("b", -14.5, 1),
        ("c", -14.9, 3),
    ]
    # Had log p been taken to base 10, b would have won.
    forgotten = rescore(LISTS, [one / log(10) for one in LANGUAGE], Weights())["utt"]
    assert [row.text[0] for row in forgotten] == ["b", "a", "c"]
    assert forgotten[0].total == pytest.approx(-11.671472409516259, abs=1e-12)


def test_weights_and_bonus_count():
    assert [row.text[0] for row in rescore(LISTS, LANGUAGE, Weights(0.0))["utt"]] == ["b", "a", "c"]
    assert rescore(LISTS, LANGUAGE, Weights(2.0, 0.5))["utt"][0].total == pytest.approx(-16.9, abs=1e-12)
    assert rescore(LISTS, LANGUAGE, Weights(1.0, 5.0))["utt"][0].text == "b b b b"


def test_scores_to_base_10_become_nats():
    [one] = read_hypotheses(["utt\t-2\tthe cat"], "lists.tsv", log10=True)
    assert one == Hypothesis("utt", -2 * log(10), "the cat")


def test_rates_are_of_words_and_know_the_best_that_can_be():
    lists = rescore(
        [Hypothesis("x", -1.0, "a cat sat"), Hypothesis("x", -2.0, "the cat sat"), Hypothesis("y", -1.0, "on a")],
        [0.0, 5.0, 0.0],
        Weights(),
    )
    found = rates(lists, {"x": "the cat sat", "y": "on it"}, "gold")
    assert found == (2 / 5, 1 / 5, 1 / 5)


def test_what_is_fitted_has_the_fewest_errors_and_the_smallest_weight():
    hypotheses = [Hypothesis("x", -1.0, "a b"), Hypothesis("x", -2.0, "a c"), Hypothesis("y", -1.0, "d")]
    weights = fitted(hypotheses, [-3.0, -1.0, -2.0], {"x": "a c", "y": "d"}, "gold")
    assert weights.word == 0.0
    assert weights.language == 0.6  # 0.5 makes both equal, and of equal ones the maker's own choice stays
    assert rescore(hypotheses, [-3.0, -1.0, -2.0], weights)["x"][0].text == "a c"
    assert fitted(hypotheses, [-3.0, -1.0, -2.0], {"x": "a b", "y": "d"}, "gold") == Weights(0.0, 0.0)


def test_what_is_given_stays_and_the_other_is_fitted_to_it():
    hypotheses = [Hypothesis("x", -1.0, "a"), Hypothesis("x", -2.0, "a b c")]
    log_probs, gold = [-1.0, -6.0], {"x": "a b c"}
    weights = fitted(hypotheses, log_probs, gold, "gold", (1.0, None))
    assert weights.language == 1.0
    assert rescore(hypotheses, log_probs, weights)["x"][0].text == "a b c"
    weights = fitted(hypotheses, log_probs, gold, "gold", (None, 1.0))
    assert weights.word == 1.0
    assert rescore(hypotheses, log_probs, weights)["x"][0].text == "a b c"


def test_a_true_text_without_a_list_is_one_of_which_nothing_was_heard():
    lists = rescore([Hypothesis("x", -1.0, "the cat")], [0.0], Weights())
    assert rates(lists, {"x": "the cat", "y": "sat down"}, "gold") == (0.5, 0.5, 0.5)


def test_a_model_that_finds_texts_impossible_is_refused(tmp_path, text_file, capsys):
    settings = {"model.smoothing": "mle"}
    elman.train("lm", str(text_file), out=tmp_path / "run", model="ngram", level="word", settings=settings)
    (tmp_path / "lists.tsv").write_text("one\t-4.0\tanna anna anna .\n")
    assert main(["rescore", str(tmp_path / "run"), str(tmp_path / "lists.tsv")]) == 2
    assert "finds a text impossible, since it gives nothing to what it never saw. Train it" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["utt only", "utt\tx\ttext", "utt\tnan\ttext", "utt\t-1\ttext\tmore"])
def test_lines_that_are_something_else(line):
    with pytest.raises(
        DataError, match=r"lists\.tsv:2: got .*, expected a name, a tab, a log-probability, a tab and a"
    ):
        read_hypotheses(["utt\t-1\tfine", line], "lists.tsv")


def test_a_file_without_lines():
    with pytest.raises(DataError, match=r"lists\.tsv: has no line, expected hypotheses"):
        read_hypotheses(["", " "], "lists.tsv")


@pytest.mark.parametrize(("lines", "wrong"), [(["utt"], "has no tab"), (["utt\ta", "utt\tb"], "comes twice")])
def test_true_texts_that_are_none(lines, wrong):
    with pytest.raises(DataError, match=rf"gold\.tsv:\d: 'utt' {wrong}, expected a name, a tab and its true text"):
        read_gold(lines, "gold.tsv")


def test_a_list_without_its_true_text():
    lists = rescore(LISTS, LANGUAGE, Weights())
    with pytest.raises(DataError, match=r"gold: has no true text of 'utt', expected one for each list"):
        rates(lists, {"other": "a"}, "gold")
    with pytest.raises(DataError, match=r"gold: no true text has a word, and errors are counted in words"):
        rates(lists, {"utt": " "}, "gold")


@pytest.fixture(scope="module")
def run(tmp_path_factory, text_file):
    """A model of words, and lists of which it knows the right texts."""
    folder = tmp_path_factory.mktemp("nbest")
    elman.train("lm", str(text_file), out=folder / "run", model="ngram", level="word")
    lists = ["one\t-4.0\tanna anna ben .", "one\t-5.0\tanna sees ben .", ""]
    lists += ["two\t-3.0\tcarla calls emil .", "two\t-3.5\tcarla calls ."]
    (folder / "lists.tsv").write_text("".join(f"{line}\n" for line in lists))
    (folder / "gold.tsv").write_text("one\tanna sees ben .\ntwo\tcarla calls emil .\n")
    return folder


def test_the_command_prints_the_likeliest_of_each_name(run, capsys):
    given = ["rescore", str(run / "run"), str(run / "lists.tsv")]
    assert main(given) == 0
    shown = capsys.readouterr()
    assert shown.out == "one\tanna sees ben .\ntwo\tcarla calls emil .\n"
    assert shown.err == "note: weight 1 and bonus 0, fitted to nothing: --gold FILE fits them to true texts\n"
    assert main([*given, "--weight", "0"]) == 0
    shown = capsys.readouterr()
    assert shown.out == "one\tanna anna ben .\ntwo\tcarla calls emil .\n"
    assert "weight 0 and bonus 0, fitted to nothing" in shown.err
    assert main([*given, "--weight", "1", "--bonus", "0"]) == 0
    assert capsys.readouterr().err == ""
    assert main([*given, "--gold", str(run / "gold.tsv")]) == 0
    shown = capsys.readouterr()
    assert shown.out == "one\tanna sees ben .\ntwo\tcarla calls emil .\n"
    assert "word error rate 0.00% with weight 0.2 and bonus 0; 12.50% before" in shown.err
    assert "; 12.50% before, 0.00% at best; fitted here, so measure it on other lists" in shown.err
    assert main([*given, "--json", "--weight", "1", "--bonus", "0", "--gold", str(run / "gold.tsv")]) == 0
    shown = capsys.readouterr()
    first = json.loads(shown.out.splitlines()[0])
    assert first["group"] == "one"
    assert [row["before"] for row in first["hypotheses"]] == [2, 1]
    assert "fitted" not in shown.err
