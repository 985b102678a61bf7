"""n-gram models from the command line: training, ARPA files, mixing, comparing."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest

import elman
from elman.errors import CheckpointError


@pytest.fixture(scope="module")
def texts(tmp_path_factory, text_file):
    folder, lines, paths = tmp_path_factory.mktemp("texts"), text_file.read_text(encoding="utf-8").splitlines(True), {}
    for name, part in (("train", lines[:200]), ("valid", lines[200:250]), ("test", lines[250:])):
        paths[name] = folder / f"{name}.txt"
        paths[name].write_text("".join(part), encoding="utf-8")
    return paths


@pytest.fixture(scope="module")
def runs(texts, tmp_path_factory):
    """A trigram, a bigram with another smoothing, a character model, a small LSTM, all on the same text."""
    folder = tmp_path_factory.mktemp("runs")
    files = {"train": str(texts["train"]), "valid": str(texts["valid"])}

    def train(name, **flags):
        return elman.train("lm", **files, out=folder / name, **flags).path

    ngram = {"model": "ngram", "level": "word"}
    return {
        "trigram": train("trigram", **ngram, settings={"model.order": 3}),
        "bigram": train("bigram", **ngram, settings={"model.order": 2, "model.smoothing": "witten_bell"}),
        "characters": train("characters", model="ngram", level="character"),
        "lstm": train("lstm", level="word", hidden=8, steps=20, batch_size=4),
    }


def test_fitted_models_do_without_torch(texts, tmp_path):
    code = f"""
import sys, elman
for model in ("ngram", "unigram"):
    run = elman.train("lm", train={str(texts["train"])!r}, valid={str(texts["valid"])!r}, model=model, level="word",
                      out={str(tmp_path)!r} + "/" + model)
    model = elman.load(run.path)
    model.evaluate({str(texts["test"])!r}), model.generate(length=5), model.score(["anna sees ben ."])
assert "torch" not in sys.modules and "matplotlib" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_same_model_from_the_same_text(run, texts, tmp_path):
    for out in ("a", "b"):
        result = run(
            "train", "lm", "--model", "ngram", "--level", "word", "--train", texts["train"], "--valid", texts["valid"],
            "--out", tmp_path / out,
        )  # fmt: skip
        assert result.code == 0, result.err
    assert (tmp_path / "a/model.safetensors").read_bytes() == (tmp_path / "b/model.safetensors").read_bytes()


def test_an_altered_model_is_refused_wherever_it_was_altered(run, runs, texts, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(runs["trigram"], copy)
    model = copy / "model.safetensors"
    data = model.read_bytes()
    rng = np.random.default_rng(0)
    for place in [*range(0, 60, 7), *rng.integers(0, len(data), 60).tolist()]:
        changed = bytearray(data)
        changed[place] ^= 1 << int(rng.integers(8))
        model.write_bytes(changed)
        result = run("evaluate", copy, texts["test"])
        assert result.code == 2, place
        assert "model.safetensors" in result.err
    for size in (0, 5, 100, len(data) - 1):
        model.write_bytes(data[:size])
        assert run("evaluate", copy, texts["test"]).code == 2


def test_scores_of_tokens(run, runs, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("anna sees ben .\nxyz sees\n", encoding="utf-8")
    shown = run("score", runs["trigram"], lines, "--tokens").out.splitlines()
    assert shown[0].split() == ["log10", "p", "order", "token"]
    assert len(shown) == 1 + 5 + 3
    assert "xyz" not in shown[6]
    assert shown[6].endswith("<unk>  (unknown)")
    found = [json.loads(line) for line in run("score", runs["trigram"], lines, "--tokens", "--json").out.splitlines()]
    assert [len(line["tokens"]) for line in found] == [5, 3]
    totals = [sum(token["log10"] for token in line["tokens"]) * math.log(10) for line in found]
    whole = [
        json.loads(line)["log_prob_nats"] for line in run("score", runs["trigram"], lines, "--json").out.splitlines()
    ]
    assert totals == pytest.approx(whole)
    assert {token["order"] for line in found for token in line["tokens"]} <= {1, 2, 3}
    lstm = run("score", runs["lstm"], lines, "--tokens").out.splitlines()
    assert lstm[1].split()[1] == "-"


def test_lines_with_breaks_and_ends_inside_are_scored_as_they_are(runs):
    model = elman.load(runs["trigram"])
    odd = ["anna sees\nben .", "a <eos> b", "anna sees ben ."]
    scores = model.score(odd)
    assert [score.tokens for score in scores] == [6, 4, 5]
    assert scores[2] == model.score(["anna sees ben ."])[0]
    assert model.score([]) == []
    with pytest.raises(elman.errors.ConfigError, match="score_tokens: got one string"):
        model.score_tokens("anna")


@pytest.mark.parametrize("name", ["m.arpa", "m.arpa.gz"])
def test_arpa_out_and_in(run, runs, texts, tmp_path, name):
    file = tmp_path / name
    assert "n-grams" in run("export", runs["trigram"], file).out
    refused = run("export", runs["trigram"], file)
    assert refused.code == 2
    assert "there is a file already" in refused.err
    result = run("import", file, "--out", tmp_path / "back")
    assert result.code == 0, result.err
    values = []
    for path in (runs["trigram"], tmp_path / "back"):
        scores = json.loads(run("evaluate", path, texts["test"], "--json").out)["scores"]
        values.append(scores[0]["value"])
    assert values[0] == pytest.approx(values[1], rel=1e-6)
    assert "imported" in run("compare", tmp_path / "back", "--on", texts["test"]).out


@pytest.mark.parametrize(
    ("which", "target", "message"),
    [
        ("lstm", "m.arpa", "a run of model 'rnn_lm' (task 'lm') has no format that other programs read: n-grams (mod"),
        ("trigram", "m.bin", "n-grams are written as an ARPA file. Name it NAME.arpa or NAME.arpa.gz."),
        ("characters", "m.arpa", "its tokens are characters, and who reads an ARPA file takes them for words"),
        ("trigram", "no/such/m.arpa", "cannot be written"),
    ],
)
def test_what_cannot_be_exported(run, runs, tmp_path, which, target, message):
    result = run("export", runs[which], tmp_path / target)
    assert result.code == 2
    assert message in result.err
    assert not (tmp_path / target).exists()


def test_n_grams_over_lines_cannot_be_exported(run, texts, tmp_path):
    out = tmp_path / "across"
    settings = {"model.across_lines": True}
    elman.train("lm", train=str(texts["train"]), model="ngram", level="word", out=out, settings=settings)
    result = run("export", out, tmp_path / "m.arpa")
    assert result.code == 2
    assert "reach over the ends of lines" in result.err


def test_what_cannot_be_imported(run, tmp_path, runs):
    file = tmp_path / "m.arpa"
    run("export", runs["bigram"], file)
    file.write_text(file.read_text(encoding="utf-8").replace("anna", "<eos>"), encoding="utf-8")
    result = run("import", file, "--out", tmp_path / "back")
    assert result.code == 2
    assert "has the word '<eos>'" in result.err
    assert not (tmp_path / "back").exists()
    assert run("import", tmp_path / "nothing.arpa").code == 2


def test_pruning_makes_it_smaller(run, texts, runs, tmp_path):
    out = tmp_path / "pruned"
    settings = {"model.order": 3, "model.prune": [0, 0, 1]}
    files = {"train": str(texts["train"]), "valid": str(texts["valid"])}
    elman.train("lm", **files, model="ngram", level="word", out=out, settings=settings)
    whole, pruned = elman.load(runs["trigram"]).model, elman.load(out).model
    assert len(pruned.model.orders[2].words) < len(whole.model.orders[2].words)
    assert "pruned [0, 0, 1]" in pruned.title
    for wrong in ("[1, 2]", "[0, 3, 1]", "[0, -1]"):
        result = run("train", "lm", texts["train"], "--model", "ngram", "--set", f"model.prune={wrong}")
        assert result.code == 2
        assert "expected 0 for single tokens and then numbers that never fall" in result.err


def test_an_export_that_fails_leaves_the_old_file(run, texts, tmp_path):
    out, file = tmp_path / "add", tmp_path / "old.arpa"
    settings = {"model.smoothing": "add_delta"}
    elman.train(
        "lm",
        train=str(texts["train"]),
        valid=str(texts["valid"]),
        model="ngram",
        level="word",
        out=out,
        settings=settings,
    )
    file.write_text("old", encoding="utf-8")
    assert "cannot hold add-δ" in run("export", out, file, "--overwrite").err
    assert [path.name for path in tmp_path.glob("*.arpa")] == ["old.arpa"]
    assert file.read_text(encoding="utf-8") == "old"


def test_arrays_that_lead_out_of_a_model_are_refused(runs):
    model = elman.load(runs["trigram"]).model
    weights = {name: array.copy() for name, array in model.weights().items()}
    for name, change in (
        ("2.links", lambda a: a + 10**6), ("2.words", lambda a: a + 10**6), ("2.starts", lambda a: a[:-1]),
        ("2.starts", lambda a: a[::-1].copy()), ("1.backoffs", lambda a: a[:-1]), ("3.links", lambda a: a[:0]),
        ("2.log_probs", lambda a: a.astype(np.float64)),
    ):  # fmt: skip
        with pytest.raises(CheckpointError, match=r"the arrays of order [123] of the n-gram model do not fit"):
            model.load_weights({**weights, name: change(weights[name])})
    with pytest.raises(CheckpointError, match="the n-gram model has not 3 orders"):
        model.load_weights({})
    model.load_weights(weights)


def test_an_imported_run_is_finished(run, runs, texts, tmp_path):
    run("export", runs["trigram"], tmp_path / "m.arpa")
    run("import", tmp_path / "m.arpa", "--out", tmp_path / "back")
    result = run("train", "--resume", tmp_path / "back")
    assert result.code == 0
    assert "there is nothing to go on with" in result.out + result.err


def test_infinite_scores_are_null_in_json(run, texts, tmp_path):
    out, odd = tmp_path / "mle", tmp_path / "odd.txt"
    odd.write_text("ben ben ben\n" * 30, encoding="utf-8")
    settings = {"model.smoothing": "mle"}
    elman.train(
        "lm",
        train=str(texts["train"]),
        valid=str(texts["valid"]),
        model="ngram",
        level="word",
        out=out,
        settings=settings,
    )
    [row] = json.loads(run("compare", out, "--on", odd, "--json").out)["rows"]
    assert row["scores"]["perplexity"] == {"value": None, "interval": None}
    assert json.loads(run("evaluate", out, odd, "--json").out)["scores"][0]["value"] is None
    assert "inf" in run("compare", out, "--on", odd, "--html", tmp_path / "c.html").out


# Mixing


def test_a_mixture_is_no_worse_than_its_parts(run, runs, texts):
    command = ("evaluate", runs["trigram"], runs["bigram"], runs["lstm"], "--on", texts["test"], "--mix")
    found = json.loads(run(*command, "--cache", 20, "--json").out)
    weights = [part["weight"] for part in found["parts"]]
    assert sum(weights) == pytest.approx(1)
    assert len(weights) == 5  # a cache for the counts, and one for the network
    mixed = next(score["value"] for score in found["scores"] if score["name"] == "perplexity")
    assert mixed < 1.01 * min(part["perplexity"] for part in found["parts"] if part["perplexity"])
    table = run(*command).out
    assert table.splitlines()[0].split() == ["part", "weight", "perplexity"]
    assert "mix:" in table


def test_several_runs_without_mixing(run, runs, texts):
    shown = run("evaluate", runs["trigram"], runs["bigram"], "--on", texts["test"]).out
    assert shown.count("perplexity") == 2
    assert str(runs["bigram"]) in shown


def test_a_cache_of_one_run(run, runs, texts):
    shown = run("evaluate", runs["trigram"], "--on", texts["test"], "--cache", 30, "--tune", texts["valid"]).out
    assert "unigram cache of 30" in shown


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "no file to score"),
        (("--on", "{test}", "--mix"), "--mix: got one run, expected several"),
        (("--on", "{test}", "--cache", "-1"), "--cache: got -1, expected 0 or more"),
        (("--on", "{test}", "--tune", "{test}"), "--tune: only --mix, --cache, --dynamic and --spelling fit something"),
        (("{bigram}", "--on", "{test}", "--cache", "5"), "--cache: with several runs it needs --mix"),
        (
            ("{characters}", "--on", "{test}", "--mix"),
            "and cannot be mixed with it: only",
        ),
    ],
)
def test_evaluations_that_cannot_be(run, runs, texts, options, message):
    places = {name: str(path) for name, path in (*runs.items(), *texts.items())}
    result = run("evaluate", runs["trigram"], *(option.format(**places) for option in options))
    assert result.code == 2
    assert message in result.err


def test_weights_need_a_held_out_file(run, texts, tmp_path):
    out = tmp_path / "share"
    elman.train("lm", train=str(texts["train"]), model="ngram", level="word", out=out)
    result = run("evaluate", out, "--on", texts["test"], "--cache", 10)
    assert result.code == 2
    assert "has no validation file to fit weights on. Name one with --tune FILE." in result.err


# Comparing


def test_a_table_of_runs(run, runs, texts, tmp_path):
    page = tmp_path / "page.html"
    names = ("bigram", "trigram", "lstm")
    shown = run("compare", *(runs[name] for name in names), "--on", texts["test"], "--html", page).out
    rows = [line for line in shown.splitlines() if "/" in line and "kB" in line]
    assert len(rows) == 3
    assert "best" in rows[0]
    assert "perplexity" in shown
    text = page.read_text(encoding="utf-8")
    assert text.count("<tr>") == 4
    assert "<svg" in text
    assert "perplexity (lower is better)" in text
    assert "$" not in text.replace("$ ", "")


def test_different_vocabularies_compare_by_bits_per_character_only(run, runs, texts):
    command = ("compare", runs["trigram"], runs["characters"], "--on", texts["test"])
    shown = run(*command).out
    assert "The vocabularies differ" in shown
    assert "perplexity" not in shown
    found = json.loads(run(*command, "--json").out)
    assert found["left_out"] == ["perplexity"]
    for row in found["rows"]:
        assert list(row["scores"]) == ["bits_per_character"]
        score = json.loads(run("evaluate", row["run"], texts["test"], "--json").out)["scores"]
        bits = next(s["value"] for s in score if s["name"] == "bits_per_character")
        compared = row["scores"]["bits_per_character"]
        assert compared["value"] == pytest.approx(bits)
        assert compared["interval"][0] < bits < compared["interval"][1]


def test_a_text_without_a_last_line_break_has_all_its_characters(run, runs, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("anna sees ben .\n" * 30 + "anna sees ben .", encoding="utf-8")
    found = json.loads(run("compare", runs["bigram"], "--on", text, "--json").out)
    assert found["counts"] == {"lines": 31, "characters": 31 * 16}


def test_runs_with_another_idea_of_a_line_have_no_intervals(run, runs, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("anna <eos> ben .\n" * 30, encoding="utf-8")
    shown = run("compare", runs["bigram"], runs["characters"], "--on", text)
    assert shown.code == 0
    assert "best" in shown.out


def test_a_run_compared_with_itself_does_not_differ(run, runs, texts):
    rows = json.loads(run("compare", runs["bigram"], runs["bigram"], "--on", texts["test"], "--json").out)["rows"]
    assert [row["p_value"] for row in rows] == [None, 1.0]


def test_a_page_that_cannot_be_written(run, runs, texts, tmp_path):
    result = run("compare", runs["bigram"], "--on", texts["test"], "--html", tmp_path / "no/page.html")
    assert result.code == 2
    assert "--html" in result.err


def test_a_page_is_replaced_whole_or_not_at_all(run, runs, texts, tmp_path, monkeypatch):
    def refuse(*_args):
        raise OSError(28, "No space left on device")

    page = tmp_path / "page.html"
    page.write_text("before")
    monkeypatch.setattr("os.fsync", refuse)
    result = run("compare", runs["bigram"], "--on", texts["test"], "--html", page)
    assert result.code == 2
    assert f"error: --html: {page}: cannot be written: No space left on device.\n" in result.err
    assert page.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_compressed_export_is_the_same_bytes_each_time(run, runs, tmp_path):
    for name in ("one.arpa.gz", "other.arpa.gz"):
        assert run("export", runs["trigram"], tmp_path / name).code == 0
    assert (tmp_path / "one.arpa.gz").read_bytes() == (tmp_path / "other.arpa.gz").read_bytes()


NBSP = """\\data\\
ngram 1=5
ngram 2=4

\\1-grams:
-1.0\t<unk>
-99\t<s>\t-0.30103
-0.69897\t</s>
-0.60206\t1\u00a0000\t-0.2
-0.5\tb\t-0.1

\\2-grams:
-0.2\t<s> 1\u00a0000
-0.3\t1\u00a0000 b
-0.4\tb </s>
-0.9\t1\u00a0000 1\u00a0000

\\end\\
"""


def test_a_word_with_a_no_break_space_has_the_probability_that_kenlm_gives_it(run, tmp_path):
    (tmp_path / "nbsp.arpa").write_text(NBSP, encoding="utf-8")
    assert run("import", tmp_path / "nbsp.arpa", "--out", tmp_path / "run").code == 0
    [score] = elman.load(tmp_path / "run").score(["1\u00a0000 b"])
    assert score.log_prob_nats == pytest.approx(-2.0723, abs=5e-5)
    assert score.tokens == 3


def test_tokens_are_counted_as_awk_counts_them(run, tmp_path):
    text = "le prix est de 1\u00a0000 euros\nle prix est de 2\u00a0500 euros\n"
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    options = ["--model", "ngram", "--level", "word", "--set", "model.order=2", "--valid", tmp_path / "text.txt"]
    assert run("train", "lm", tmp_path / "text.txt", *options, "--out", tmp_path / "run").code == 0
    found = json.loads(run("evaluate", tmp_path / "run", tmp_path / "text.txt", "--json").out)
    assert found["counts"]["tokens"] == 14
