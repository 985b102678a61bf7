"""A run that writes, asked otherwise than it was trained: alternatives, draws, prefixes, lengths, bans."""

import io
import json
from datetime import date
from types import SimpleNamespace

import pytest

import elman
from elman.cli.main import main
from elman.decoding.targets import TargetWriter
from elman.errors import ConfigError
from elman.tasks.base.writing_options import WritingConfig
from tests.tasks.test_seq2seq import files, run  # noqa: F401

WORDS = ["abc", "dab", "éa", "c"]


def asked(run, **task):  # noqa: F811
    return elman.load(run, task=task)


def facts(model, k=1):
    return [one.facts for one in model.answer([model.parse(word) for word in WORDS], k)]


def test_alternatives_are_different_and_the_likeliest_comes_first(run, tmp_path, capsys):  # noqa: F811
    (tmp_path / "in.txt").write_text("".join(f"{word}\n" for word in WORDS))
    assert main(["predict", str(run), str(tmp_path / "in.txt"), "--k", "3", "--input", "text"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [row[0] for row in rows] == [word[::-1] for word in WORDS]
    assert all(len(set(row)) == len(row) == 3 for row in rows)
    for found, row in zip(facts(asked(run, length_rule="sum"), 3), rows, strict=True):
        scores = [found["log_prob"], *(one["log_prob"] for one in found["others"])]
        assert scores == sorted(scores, reverse=True)
        assert found["text"] == row[0]
    assert elman.load(run).predict("abc", k=2)[0] == "cba"


def test_more_texts_than_paths_are_refused(run, capsys, tmp_path):  # noqa: F811
    (tmp_path / "in.txt").write_text("abc\n")
    assert main(["predict", str(run), str(tmp_path / "in.txt"), "--k", "7"]) == 2
    expected = "error: k: got 7 texts of a search along 5, expected at most as many. Set task.beam=7.\n"
    assert capsys.readouterr().err.endswith(expected)
    assert main(["predict", str(run), str(tmp_path / "in.txt"), "--k", "7", "--set", "task.beam=7"]) == 0


def test_draws_are_the_same_again_and_others_for_another_seed(run):  # noqa: F811
    warm = {"beam": 0, "temperature": 3.0}
    first, again, other = (facts(asked(run, **warm, draw_seed=seed), 4) for seed in (1, 1, 2))
    assert first == again != other
    alone = asked(run, **warm).answer([asked(run).parse("dab")], 4)[0].facts
    assert [alone["text"], *alone["others"]] == [first[1]["text"], *first[1]["others"]]
    cold = asked(run, beam=0, temperature=0.0).predict(WORDS)
    assert cold == asked(run, beam=1).predict(WORDS)


def test_targets_begin_with_a_prefix_have_their_length_and_lack_what_is_banned(run):  # noqa: F811
    assert all(text.startswith("da") for text in asked(run, prefix="da").predict(WORDS))
    texts = asked(run, shortest_ratio=2.0, shortest_more=1, longest_ratio=3.0).predict(WORDS)
    assert all(len(text) >= 2 * len(word) + 1 for text, word in zip(texts, WORDS, strict=True))
    assert not any("b" in text for text in asked(run, banned=["b"]).predict(WORDS))
    assert asked(run, blocked=1, shortest_more=4).predict("aaaa").count("a") <= 1


def test_a_number_or_a_date_is_a_text_too():
    found = WritingConfig(prefix=20, banned=[3, "x"])
    assert (found.prefix, found.banned) == ("20", ["3", "x"])
    assert WritingConfig(prefix=date(1999, 5, 5), banned="x").prefix == "1999-05-05"


def test_draws_never_have_what_stands_for_unknown_tokens(run):  # noqa: F811
    hot = asked(run, beam=0, temperature=50.0)
    drawn = [text for word in WORDS for text in hot.predict(word, k=20)]
    assert not any("<unk>" in text for text in drawn)
    unknown = hot.task.writer.tokens.unknown_ids
    assert unknown
    assert hot.task.config.writer(hot.task.writer).undrawn == unknown


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"prefix": "xa"}, r"task\.prefix: 'x' is not among the \d characters of targets\. Take what the training"),
        ({"banned": ["x"]}, r"task\.banned: 'x' is not among the \d characters of targets"),
        ({"banned": ["ab"]}, r"task\.banned: got 'ab', which is 2 characters, expected one\. Ban one of them"),
        ({"beam": -1}, "beam: got -1, expected greater than or equal to 0"),
        ({"temperature": 0.5}, "temperature: means nothing where beam = 5 searches targets; beam = 0 draws"),
        ({"beam": 0, "blocked": 2}, "blocked: means nothing where beam = 0 draws targets; beam = 5 searches"),
        ({"length_rule": "sum", "length_weight": 1.0}, "length_weight: the rule sum has none. Leave it out"),
        (
            {"shortest_ratio": 3.0},
            r"shortest_ratio: got 3 with longest_ratio 2, expected no more: a target .* Set task\.longest_ratio too",
        ),
        ({"level": "word"}, r"task\.level: was decided when it was trained\. Of beam, length_rule, .* can be given"),
        ({"beams": 3}, r"task\.beams: no such option\. Did you mean 'beam'\?"),
    ],
)
def test_what_means_nothing_is_refused(run, task, message):  # noqa: F811
    with pytest.raises(ConfigError, match=message):
        asked(run, **task).predict("abc")


def test_a_score_says_how_its_texts_were_written(run, files, capsys):  # noqa: F811
    how = ["--set", "task.beam=2", "--set", "task.length_rule=gnmt", "--set", "task.blocked=3"]
    assert main(["evaluate", str(run), f"{files}/valid.x,{files}/valid.y", "--json", *how]) == 0
    signature = json.loads(capsys.readouterr().out)["scores"][0]["signature"]
    assert signature.startswith("beam:2|length_rule:gnmt|blocked:3|")


@pytest.mark.parametrize("rule", ["average", "gnmt", "reward", "sum"])
def test_every_rule_of_length_writes(run, rule):  # noqa: F811
    assert asked(run, length_rule=rule).predict("abc") in ("cba", "cb", "cbaa")


def test_given_targets_are_scored_as_the_search_scores_them(run, tmp_path, capsys):  # noqa: F811
    model = asked(run, length_rule="sum")
    written = facts(model)
    lines = [f"{word}\t{found['text']}" for word, found in zip(WORDS, written, strict=True)]
    for score, found in zip(model.score([*lines, "abc\tddd"]), written, strict=False):
        assert score.log_prob_nats == pytest.approx(found["log_prob"], abs=1e-3)
        assert score.tokens == len(found["text"]) + 1
        assert score.unknown == 0
    assert model.score(["abc\tcba", "abc\tddd"])[1].log_prob_nats < model.score(["abc\tcba"])[0].log_prob_nats - 1
    assert model.score(["abc\txyz"])[0].unknown == 3
    (tmp_path / "pairs.tsv").write_text("".join(f"{line}\n" for line in lines))
    assert main(["score", str(run), str(tmp_path / "pairs.tsv")]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[-1] for row in rows[1:]] == [found["text"] for found in written]


def test_targets_are_scored_from_files_as_in_training_and_from_lines(run, files, capsys, monkeypatch):  # noqa: F811
    assert main(["score", str(run), f"{files}/valid.x,{files}/valid.y", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["text"] for one in found] == (files / "valid.y").read_text().split()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"abc\tcba\n\nab\tba\n")))
    assert main(["score", str(run)]) == 0
    rows = capsys.readouterr().out.splitlines()[1:]
    assert [row.split()[4:] for row in rows] == [["cba"], [], ["ba"]]  # a blank line keeps its place


def test_a_line_without_a_target_and_tokens_of_targets_are_refused(run, capsys, monkeypatch):  # noqa: F811
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"abc\tcba\nabc\n")))
    assert main(["score", str(run)]) == 2
    expected = "error: line 2: 'abc': got no tab, expected a source and its target with a tab between them.\n"
    assert capsys.readouterr().err.endswith(expected)
    assert main(["score", str(run), "--tokens"]) == 2
    assert "--tokens: a run that writes has its targets scored as wholes. Leave it out." in capsys.readouterr().err


def test_nothing_is_written_to_nothing(run, capsys, tmp_path):  # noqa: F811
    assert elman.load(run).predict(["abc", "", "  ", "ab"]) == ["cba", "", "", "ba"]
    (tmp_path / "in.txt").write_text("abc\n\nab\n")
    assert main(["predict", str(run), str(tmp_path / "in.txt"), "--input", "text"]) == 0
    assert capsys.readouterr().out == "cba\n\nba\n"


def test_what_training_never_had_is_never_written(run):  # noqa: F811
    model = asked(run, shortest_more=6, longest_more=9, blocked=1)
    assert not any("<unk>" in text for text in model.predict(WORDS))


def test_much_that_is_unknown_is_told(run, tmp_path, capsys):  # noqa: F811
    (tmp_path / "other.txt").write_text("xyz\n")
    assert main(["predict", str(run), str(tmp_path / "other.txt"), "--input", "text"]) == 0
    assert "3 of 3 characters of the input are unknown to the model" in capsys.readouterr().err


def test_weights_and_caches_of_language_models_are_refused_for_writers(run, files, capsys):  # noqa: F811
    text = f"{files}/valid.x,{files}/valid.y"
    assert main(["evaluate", str(run), str(run), "--on", text, "--mix", "--cache", "9"]) == 2
    expected = "error: --cache: is for language models; runs that write together have no weights to fit.\n"
    assert capsys.readouterr().err == expected
    assert main(["evaluate", str(run), str(run), "--on", text, "--mix", "--tune", text]) == 2
    assert "--tune: is for language models" in capsys.readouterr().err


def test_the_gap_of_free_running_counts_ends_on_both_sides(run, files):  # noqa: F811
    found = asked(run, beam=1).evaluate(f"{files}/valid.x,{files}/valid.y")
    scores = {one.name: one for one in found.scores}
    tokens, texts = sum(map(len, (files / "valid.y").read_text().split())), 60
    free = scores["error_rate"].value * tokens / (tokens + texts)
    assert scores["free_running_gap"].value == pytest.approx(free - scores["forced_error_rate"].value)
    assert "beam:1 against teacher forcing|token:character and end" in scores["free_running_gap"].signature


def test_a_validation_is_rehearsed_with_texts_as_long_as_they_should_be(run, files, monkeypatch):  # noqa: F811
    model = elman.load(run)
    examples = list(model.reader.read(model.reader.find([f"{files}/valid.x,{files}/valid.y"])))
    data, lengths = model.task.encode(examples), model.task.encode(examples, learns=True).targets["target"].lengths
    rooms, write = [], TargetWriter.write

    def watched(self, stepper, most, *rest):
        rooms.extend(most.tolist())
        return write(self, stepper, most, *rest)

    monkeypatch.setattr(TargetWriter, "write", watched)
    model.task.rehearse(model.model, SimpleNamespace(valid=data))
    assert sorted(rooms) == sorted(lengths.tolist())
    rooms.clear()
    model.task.validate(model.model, SimpleNamespace(valid=data))
    assert min(rooms) > max(lengths)
