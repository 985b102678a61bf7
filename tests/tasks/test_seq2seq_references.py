"""Sources with several right targets: read, learned, held out together, scored, compared."""

import json

import pytest

import elman
from elman.answers.written import NOTHING, WrittenText
from elman.cli.main import main
from elman.data.readers import READERS
from elman.data.records import Example
from elman.errors import ConfigError, DataError
from elman.inference.beside_gold import beside_gold
from elman.tasks import TASKS
from elman.tasks.base import DataFiles
from elman.tasks.base.held_out import HeldOut, split

WRITTEN = ("source", "target")
SMALL = {"threads": 1, "steps": 4, "level": "character", "hidden": 6, "listener": elman.silent}
DICTIONARY = "LEAD  L EH D\nLEAD  L IY D\nCAT  K AE T\nDATA  D EY T AH\nDATA  D AE T AH\nDOG  D AO G\nA  AH\n"


def prepared(path, text, name, folder, valid=None, **options):
    path.write_text(text)
    kind, reader = TASKS.get("seq2seq"), READERS.get(name)
    files = DataFiles([path], [path] if valid is None else [valid], 0)
    return kind.prepare(
        kind.Config(**{"level": "word", **options}), reader(reader.Config(), WRITTEN), files, folder, str
    )


def test_training_learns_each_of_several_targets_and_validation_keeps_them_together(tmp_path):
    task, data = prepared(tmp_path / "a", DICTIONARY, "cmudict", tmp_path)
    assert [example.fields["target"] for example in data.train.examples][:3] == [["L EH D"], ["L IY D"], ["K AE T"]]
    assert len(data.valid.examples) == 5
    assert data.valid.examples[0].fields["target"] == ["L EH D", "L IY D"]
    assert [one.fields["target"] for one in task.parts(data).valid][:2] == ["L EH D", "K AE T"]


@pytest.mark.parametrize(
    "line",
    ['{"source": "a b", "target": ["x", "y z"]}', '{"source": ["a", "b"], "target": ["x", "", "y z"]}'],
)
def test_json_may_list_right_targets_and_the_sentences_of_a_source(line, tmp_path):
    (tmp_path / "a.jsonl").write_text(line + '\n{"source": "c", "target": "u"}\n{"source": "d", "target": []}\n')
    reader = READERS.get("jsonl")(READERS.get("jsonl").Config(), WRITTEN)
    found = [example.fields for example in reader.read([tmp_path / "a.jsonl"])]
    assert found == [{"source": "a b", "target": ["x", "y z"]}, {"source": "c", "target": ["u"]}]
    assert reader.skipped == {"rows with empty text": 1}


def test_a_line_of_json_without_a_target_is_refused_with_its_keys(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"source": "a", "target": "b"}\n{"source": "a", "goal": "b"}\n')
    reader = READERS.get("jsonl")(READERS.get("jsonl").Config(), WRITTEN)
    with pytest.raises(DataError, match=r"a\.jsonl:2: no key 'target': got source, goal, expected those of the first"):
        list(reader.read([tmp_path / "a.jsonl"]))


def test_words_with_several_lines_and_dialogues_are_held_out_whole(tmp_path):
    (tmp_path / "a.tsv").write_text("".join(f"w{n % 10}\tv{n}\n" for n in range(40)))
    reader = READERS.get("table")(READERS.get("table").Config(), WRITTEN)
    config, files = TASKS.get("seq2seq").Config(), DataFiles([tmp_path / "a.tsv"], [], 0.1)
    train, valid = split(reader, files, config, HeldOut(apart_by=("source",)))
    assert len(train) + len(valid) == 40
    assert not {one.fields["source"] for one in train} & {one.fields["source"] for one in valid}
    (tmp_path / "b.txt").write_text("".join(f"a{n}\tb{n}\tc{n}\n" for n in range(20)))
    reader = READERS.get("dialogue")(READERS.get("dialogue").Config(), WRITTEN)
    train, valid = split(reader, DataFiles([tmp_path / "b.txt"], [], 0.1), config, HeldOut(apart_by=("source",)))
    assert not {one.where for one in train} & {one.where for one in valid}
    assert len(valid) == 4  # two dialogues of twenty
    (tmp_path / "a.tsv").write_text("w\tv\n" * 10)
    reader = READERS.get("table")(READERS.get("table").Config(), WRITTEN)
    assert [len(part) for part in split(reader, files, config, HeldOut(apart_by=("source",)))] == [9, 1]


def test_longer_sources_are_read_to_a_length_and_told_of(tmp_path):
    said = []
    (tmp_path / "a.tsv").write_text("a b c d e f\tx\na b\ty\n")
    kind, reader = TASKS.get("seq2seq"), READERS.get("table")
    config = kind.Config(level="word", longest=3, score="exact_match")
    files = DataFiles([tmp_path / "a.tsv"], [tmp_path / "a.tsv"], 0)
    _, data = kind.prepare(config, reader(reader.Config(), WRITTEN), files, tmp_path, said.append)
    assert data.train.inputs.lengths.tolist() == [4, 3]
    assert said == [
        "2 of 4 texts are longer than 3: what is beyond is not read; --set task.longest=N decides it",
    ]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("beside")
    for name, lines in {
        "x": ["ab", "ba", "", "aab", "bb"],
        "y": ["AB", "BA", "B", "AAB", "BB"],
        "z": ["ab", "BA", "b", "", "bb"],
    }.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines))
    return folder


@pytest.fixture(scope="module")
def run(files, tmp_path_factory):
    """A run that knows nothing yet."""
    names = f"{files}/x,{files}/y,{files}/z"
    settings = {"task.metrics": "word_error_rate", "task.beam": 1, "task.longest": 8}
    out = tmp_path_factory.mktemp("runs") / "run"
    return elman.train("seq2seq", train=names, valid=names, out=out, settings=settings, **SMALL).path


def test_files_behind_the_targets_are_further_ones(run, files):
    reader, name = elman.load(run).reader, f"{files}/x,{files}/y,{files}/z"
    paths = reader.find([name])
    found = [one.fields["target"] for one in reader.read(paths)]
    assert found == [["AB", "ab"], ["BA", "BA"], ["AAB"], ["BB", "bb"]]
    assert reader.joined(paths) == [name]
    assert [path.name for path in reader.find([f"{files}/x,{files}/y"])] == ["x", "y"]
    with pytest.raises(DataError, match=r"got 1 sources and 2 further targets, expected as many"):
        reader.find([f"{files}/x,{files}/y,{files}/[yz]"])


def test_what_has_an_empty_side_is_scored_in_its_place(run, files):
    found = elman.load(run).evaluate(f"{files}/x,{files}/y,{files}/z")
    assert found.counts["texts"] == 5
    assert "nrefs:var|" in next(one.signature for one in found.scores if one.name == "bleu")


def test_C16_what_copying_gets_and_what_own_mistakes_cost_stand_beside(run, files, capsys):
    assert main(["evaluate", str(run), f"{files}/x,{files}/y,{files}/z"]) == 0
    told = capsys.readouterr().out
    assert "(source copied 0.4000)" in next(line for line in told.splitlines() if "exact match" in line)
    assert main(["evaluate", str(run), f"{files}/x,{files}/y,{files}/z", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    scores = {one["name"]: one for one in found["scores"]}
    gap = scores["error_rate"]["value"] * 10 / (10 + 5) - scores["forced_error_rate"]["value"]  # five ends count too
    assert scores["free_running_gap"]["value"] == pytest.approx(gap)
    assert scores["forced_error_rate"]["signature"].startswith("teacher forcing|token:character and end|elman:")
    assert scores["word_error_rate"]["value"] == pytest.approx(1 - scores["exact_match"]["value"])
    assert scores["word_error_rate"]["signature"].startswith("beam:1|whole:exact|references:any|elman:")
    assert found["copied"]["exact_match"] == pytest.approx(0.4)
    assert found["copied"]["repeat_rate"] == 0


def test_D40_where_each_source_has_one_target_a_word_error_rate_is_what_is_not_exact(files, tmp_path):
    """A validation part may have no variants where the test part has some: a recipe that asks for it goes on."""
    names = f"{files}/x,{files}/y"
    settings = {"task.metrics": "word_error_rate", "task.beam": 1, "task.longest": 8}
    run = elman.train("seq2seq", train=names, valid=names, out=tmp_path / "run", settings=settings, **SMALL)
    scores = {score.name: score.value for score in elman.load(run).evaluate(names).scores}
    assert scores["word_error_rate"] == pytest.approx(1 - scores["exact_match"])


def test_intervals_of_every_score(run, files, capsys):
    assert main(["compare", str(run), str(run), "--on", f"{files}/x,{files}/y,{files}/z", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)["rows"][0]["scores"]
    every = {"bleu", "chrf", "exact_match", "error_rate", "length_ratio", "repeat_rate", "word_error_rate"}
    assert every <= scores.keys()


def test_a_source_that_was_not_read_to_its_end_is_marked(run):
    found = elman.load(run)
    short, long = found.answer([found.parse("ab", False), found.parse("ab" * 5, False)], None, True)
    assert "read" not in short.facts
    assert long.facts["read"] == "8 characters"


def test_trivial_answers_stand_beside_a_training(run):
    events = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [one["model"] for one in events if one["event"] == "baseline"] == ["copy_source", "most_frequent"]


def test_marks_of_a_source_are_not_copied(tmp_path):
    task, data = prepared(tmp_path / "a", "go\tgo\tV;NFIN\ngo\twent\tV;PST\n", "sigmorphon", tmp_path, level="marked")
    found = task.trivial(data)
    assert found["copy_source"].writes([Example({"source": "<V><PST>go"})]) == ["go"]
    assert task.told(found["most_frequent"], data.valid)[1][0].text == "go"


def test_empty_texts_and_loops_are_counted(tmp_path):
    task, data = prepared(tmp_path / "a", "a\tx\nb\ty z\n", "table", tmp_path)
    found = task.verdict(data.valid, [[NOTHING], [WrittenText("o o o o o o", 0.0, ())]])
    assert found.counts == {"words written": 6, "words of the file": 3, "empty texts written": 1}
    assert {one.name: one.value for one in found.scores}["repeat_rate"] == 0.5
    assert "empty texts written" not in task.verdict(data.valid, task.told(task.copy, data.valid)).counts


def test_a_missing_line_is_found_by_lengths(tmp_path):
    lines = ["a" * (5 + 7 * n % 23) for n in range(30)]
    (tmp_path / "x").write_text("\n".join(lines) + "\n")
    (tmp_path / "y").write_text("\n".join(2 * line for n, line in enumerate(lines) if n != 12) + "\n")
    match = r"x has 30 lines and .*y 29, expected as many .*; by their lengths, they no longer fit from about "
    match += r"line 13 on\."
    with pytest.raises(DataError, match=match):
        elman.train("seq2seq", train=f"{tmp_path}/x,{tmp_path}/y", out=tmp_path / "r", **SMALL)


def test_lines_end_at_line_ends_alone(tmp_path):
    (tmp_path / "x").write_bytes("a\u2028b\tc\x0cd\r\nb\x85\r\n".encode())
    (tmp_path / "y").write_bytes(b"A\nB\n")
    reader = READERS.get("parallel")(READERS.get("parallel").Config(), WRITTEN)
    found = [example.fields["source"] for example in reader.read([tmp_path / "x", tmp_path / "y"])]
    assert found == ["a\u2028b c\x0cd", "b\x85".strip()]


def test_a_single_file_and_targets_that_are_all_the_same_are_refused(tmp_path, capsys):
    (tmp_path / "x").write_text("a b\nc d\ne f\ng h\ni j\nk l\n")
    (tmp_path / "y").write_text("z\n" * 6)
    assert main(["train", "seq2seq", "--train", f"{tmp_path}/x", "--out", str(tmp_path / "r")]) == 2
    told = capsys.readouterr().err
    assert told.endswith(f"comma between. As running text: elman train lm {tmp_path}/x\n")
    assert (
        main(
            ["train", "seq2seq", "--train", f"{tmp_path}/x,{tmp_path}/y", "--out", str(tmp_path / "r"), "--steps", "1"]
        )
        == 2
    )
    told = capsys.readouterr().err
    assert "x:1: all 5 targets are the same: 'z', expected different ones. Is it the right column or file?" in told


def test_references_with_another_number_of_lines_are_refused(run, files, tmp_path, capsys):
    (tmp_path / "y").write_text("AB\nBA\n")
    assert main(["evaluate", str(run), f"{files}/x,{tmp_path}/y"]) == 2
    told = capsys.readouterr().err
    assert "x has 5 lines and" in told
    assert "y 2, expected as many in each, since line n of each belongs together" in told


def test_a_list_of_no_target_is_an_empty_one_and_all_right_ones_are_written_beside(run, tmp_path):
    (tmp_path / "e.jsonl").write_text('{"source": "ab", "target": []}\n{"source": "ba", "target": ["AB", "BA"]}\n')
    model = elman.load(run)
    assert model.evaluate(tmp_path / "e.jsonl").counts["texts"] == 2
    assert [row["gold"] for row in beside_gold(model, [str(tmp_path / "e.jsonl")])] == [
        {"target": ""},
        {"target": ["AB", "BA"]},
    ]


@pytest.mark.parametrize(
    ("score", "first", "told"),
    [
        ("auto", "exact_match", "score: exact match, as sources are single words; task.score has others"),
        ("auto", "exact_match", "score: exact match, as hardly a target has four words"),
        ("bleu", "bleu", "hardly a target has four words, which BLEU counts: it may stay 0"),
    ],
)
def test_bleu_that_would_stay_nothing_is_not_chosen_and_told_where_it_is(score, first, told, tmp_path, capsys):
    more = "" if "single" in told else " or"
    rows = "".join(f"{word}{more}\t{word.upper()}\n" for word in ("ab", "cd", "ef", "gh"))
    (tmp_path / "t.tsv").write_text(rows)
    given = ["train", "seq2seq", "--train", str(tmp_path / "t.tsv"), "--valid", str(tmp_path / "t.tsv"), "--steps", "1"]
    settings = ["--set", "task.level=character", "--set", f"task.score={score}"]
    assert main([*given, "--out", str(tmp_path / "r"), *settings]) == 0
    said = capsys.readouterr()
    assert told in " ".join(f"{said.err} {said.out}".split())
    assert elman.load(tmp_path / "r").evaluate(tmp_path / "t.tsv").scores[0].name == first


def test_short_targets_in_subwords_are_told_of_letters_and_prose_is_not_scored(tmp_path, capsys):
    (tmp_path / "d.tsv").write_text("".join(f"{day} May 1998\t1998-05-{day:02}\n" for day in range(1, 29)))
    given = ["train", "seq2seq", str(tmp_path / "d.tsv"), "--steps", "1", "--hidden", "4", "--out", str(tmp_path / "r")]
    assert main(given) == 0
    said = capsys.readouterr()
    assert "level: subwords; --set task.level=character reads letters" in f"{said.err} {said.out}"
    assert main(["score", str(tmp_path / "r"), str(tmp_path / "d.tsv")]) == 0
    (tmp_path / "prose.txt").write_text("A line, with commas, and more.\nAnother one.\n")
    assert main(["score", str(tmp_path / "r"), str(tmp_path / "prose.txt")]) == 2
    assert "prose.txt: not like the files of the training (table): of a run that writes" in capsys.readouterr().err


def test_targets_of_four_words_are_scored_by_bleu(tmp_path, capsys):
    (tmp_path / "t.tsv").write_text("ab b\ta b c d\ncd d\tc d a b\nef f\te\n")
    run = elman.train("seq2seq", train=tmp_path / "t.tsv", valid=tmp_path / "t.tsv", out=tmp_path / "r", **SMALL)
    assert run.best.name == "bleu"
    assert "hardly a target" not in capsys.readouterr().err


def test_how_long_texts_are_selects_no_model(tmp_path):
    config = {"settings": {"task.select": "length_ratio"}}
    (tmp_path / "t.tsv").write_text("ab\tAB\ncd\tCD\n")
    with pytest.raises(ConfigError, match=r"'length_ratio': its best is in the middle, so that no model is chosen"):
        elman.train("seq2seq", train=tmp_path / "t.tsv", out=tmp_path / "r", **SMALL, **config)


@pytest.mark.parametrize("level", ["byte", "character"])
def test_no_more_is_read_than_there_is_room_for_and_nothing_that_is_not_there(level, tmp_path):
    (tmp_path / "t.tsv").write_text("aé€€€\tx\nb\ty\n")
    kind, reader = TASKS.get("seq2seq"), READERS.get("table")
    config = kind.Config(level=level, longest=4, score="exact_match")
    files = DataFiles([tmp_path / "t.tsv"], [tmp_path / "t.tsv"], 0)
    task, data = kind.prepare(config, reader(reader.Config(), WRITTEN), files, tmp_path, lambda text: None)
    assert task.within("aé€€€", 4) == ("aé" if level == "byte" else "aé€€")
    assert data.train.inputs.lengths.tolist() == [4 if level == "byte" else 5, 2]


def test_a_table_as_in_training_is_read_for_its_sources(tmp_path, capsys):
    (tmp_path / "t.tsv").write_text("ab\tAB\ncd\tCD\n")
    reader = READERS.get("table")
    found = reader(reader.Config(), ("source",)).for_answers().read([tmp_path / "t.tsv"])
    assert [one.fields["source"] for one in found] == ["ab", "cd"]
