"""Files that are predicted, evaluated or validated on: what they are is seen, said, and every row is answered."""

import json

import pytest

import elman

SETTINGS = {"training.learning_rate": 0.05}
OPTIONS = {"steps": 20, "hidden": 8, "threads": 1, "settings": SETTINGS, "listener": elman.silent}
TEXTS = [(f"{'good' if i % 2 else 'bad'} film {i}", "pos" if i % 2 else "neg") for i in range(20)]
SENTENCES = "Anna B-PER\nis O\nhere O\n\nBen B-PER\nsees O\nAnna B-PER\n\n" * 5


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The same texts in two formats, and sentences."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "a.csv").write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in TEXTS))
    rows = [json.dumps({"text": text, "label": label}) + "\n" for text, label in TEXTS]
    (folder / "a.jsonl").write_text("".join(rows))
    (folder / "a.conll").write_text(SENTENCES)
    return folder


@pytest.fixture(scope="module")
def runs(files):
    """A run of each."""
    for name in ("a.csv", "a.jsonl"):
        elman.train("classify", str(files / name), valid=str(files / name), out=files / f"run-{name}", **OPTIONS)
    elman.train("tag", str(files / "a.conll"), valid=str(files / "a.conll"), out=files / "run-a.conll", **OPTIONS)
    return files


def test_a_file_like_those_of_the_training_is_read_as_data_and_said(run, runs):
    for name, first in (("a.csv", "bad film 0"), ("a.jsonl", "bad film 0"), ("a.conll", None)):
        result = run("predict", runs / f"run-{name}", runs / name, "--k", 1)
        told = "read as data, like the files of the training; --input text takes its lines as they are"
        assert result.err.splitlines() == [f"note: {runs / name}: {told}"]
        assert result.out == run("predict", runs / f"run-{name}", runs / name, "--k", 1, "--input", "data").out
        if first:
            assert result.out.splitlines()[0].endswith(f"\t{first}")
    assert len(run("predict", runs / "run-a.conll", runs / "a.conll").out.splitlines()) == 10


def test_what_a_format_that_was_named_can_read_has_it(run, tmp_path):
    turns = ["hi", "hello there", "how are you", "fine thanks"]
    (tmp_path / "train.tsv").write_text("".join("\t".join(turns[: 3 + n % 2]) + "\n" for n in range(12)))
    (tmp_path / "valid.tsv").write_text("hi\thello there\nhow are you\tfine\n" * 4)  # two turns each: a table, too
    given = ["train", "seq2seq", tmp_path / "train.tsv", "--valid", tmp_path / "valid.tsv", "--steps", 1, "--hidden", 4]
    guessed = run(*given, "--out", tmp_path / "guessed")
    assert "format: dialogue, guessed" in guessed.err
    assert "valid.tsv: read as table, which it looks like" in " ".join(guessed.err.split())
    named = run(*given, "--out", tmp_path / "named", "--set", "reader.name=dialogue")
    assert named.code == 0
    assert "read as table" not in named.err
    told = run("evaluate", tmp_path / "named", tmp_path / "valid.tsv")
    assert "read as table" not in told.err
    assert "8 texts" in told.out


def test_a_folder_is_read_as_data_only_where_the_training_data_was_one(run, runs, tmp_path):
    for label, text in (("pos", "good film"), ("neg", "bad film")):
        for number in range(8):
            (tmp_path / "data" / label).mkdir(parents=True, exist_ok=True)
            (tmp_path / "data" / label / f"{number}.txt").write_text(f"{text} {number}")
    result = run("predict", runs / "run-a.csv", tmp_path / "data")
    told = f"{tmp_path}/data: a folder, expected a file. Name its files, such as '{tmp_path}/data/**/*.txt'."
    assert (result.code, result.err.splitlines()[-1]) == (2, f"error: {told}")
    elman.train("classify", tmp_path / "data", out=tmp_path / "run", **OPTIONS)
    result = run("predict", tmp_path / "run", tmp_path / "data", "--k", 1)
    assert result.code == 0, result.err
    assert len(result.out.splitlines()) == 16
    assert "read as data, like the files of the training" in result.err


def test_text_is_read_as_text(run, runs, tmp_path):
    lines = tmp_path / "lines.txt"
    for text in ("good film, so\nbad film, no\n", "good film\n\nbad film\n", "text,label\n"):
        lines.write_text(text)
        for name in ("a.csv", "a.jsonl", "a.conll"):
            result = run("predict", runs / f"run-{name}", lines, "--k", 1)
            others = [line for line in result.err.splitlines() if not line.endswith("are unknown to the model")]
            assert (result.code, others) == (0, [])
            assert len(result.out.splitlines()) == text.count("\n")
    result = run("predict", runs / "run-a.csv", runs / "a.csv", "--k", 1, "--input", "text")
    assert result.out.splitlines()[0].endswith("\ttext,label")
    assert result.err == ""


def test_every_row_is_answered(run, runs, tmp_path):
    (tmp_path / "gaps.csv").write_text('text,label\ngood film,pos\n,neg\n"",pos\nbad film,neg\nbad bad,\n')
    (tmp_path / "gaps.jsonl").write_text('{"text":"good film"}\n{"text":""}\n{"text":null}\n{"text":"bad film"}\n')
    for name, texts in (
        ("gaps.csv", ["good film", "", "", "bad film", "bad bad"]),
        ("gaps.jsonl", ["good film", "", "", "bad film"]),
    ):
        result = run("predict", runs / "run-a.csv", tmp_path / name, "--input", "data", "--k", 1)
        assert [line.partition("\t")[2] for line in result.out.splitlines()] == texts
    (tmp_path / "gaps.conll").write_text("Anna B-PER\n\tO\n")
    result = run("predict", runs / "run-a.conll", tmp_path / "gaps.conll", "--input", "data")
    assert result.code == 2
    message = "got a line with an empty word, expected a word: its answer would have no place. Mend or remove the line."
    assert result.err == f"error: {tmp_path}/gaps.conll:2: {message}\n"


def test_a_run_reads_other_formats_with_the_same_fields_and_says_so(run, runs):
    for mine, other in (("csv", "jsonl"), ("jsonl", "csv")):
        result = run("evaluate", runs / f"run-a.{mine}", runs / f"a.{other}", "--json")
        assert result.code == 0, result.err
        kinds = {"csv": "table", "jsonl": "jsonl"}
        looks = f"read as {kinds[other]}, which it looks like; the training files are {kinds[mine]}"
        assert result.err == f"note: {runs / f'a.{other}'}: {looks}\n"
        same = run("evaluate", runs / f"run-a.{mine}", runs / f"a.{mine}", "--json")
        trained = f"was trained on a.{mine}: its scores there say nothing about other data."
        assert same.err == f"note: {runs / f'run-a.{mine}'} {trained}\n"
        assert json.loads(result.out)["scores"] == json.loads(same.out)["scores"]
    found = run("compare", runs / "run-a.csv", runs / "run-a.jsonl", "--on", runs / "a.csv")
    assert found.code == 0, found.err
    assert "read as table" in found.err


def test_a_run_whose_columns_were_named_reads_other_formats_by_their_usual_names_or_says_what_to_give(run, tmp_path):
    rows = [(f"{word} film {i}", label) for i in range(6) for word, label in (("good", "pos"), ("bad", "neg"))]
    (tmp_path / "own.csv").write_text("body,stars\n" + "".join(f"{text},{label}\n" for text, label in rows))
    for name, keys in (("usual.jsonl", ("text", "label")), ("odd.jsonl", ("a", "b"))):
        lines = [json.dumps(dict(zip(keys, row, strict=True))) for row in rows]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    columns = 'reader.columns={text="body", labels="stars"}'
    small = ["--steps", 2, "--hidden", 4, "--threads", 1, "--set", columns, "--out", tmp_path / "run"]
    assert run("train", "classify", tmp_path / "own.csv", *small).code == 0
    found = run("evaluate", tmp_path / "run", tmp_path / "usual.jsonl")
    assert found.code == 0, found.err
    assert "usual.jsonl: read as jsonl, which it looks like; the training files are table" in found.err
    assert (
        run("predict", tmp_path / "run", tmp_path / "usual.jsonl", "--k", 1).out.splitlines()[0].endswith("good film 0")
    )
    wrong = run("evaluate", tmp_path / "run", tmp_path / "odd.jsonl")
    assert wrong.code == 2
    assert (
        f"{tmp_path}/odd.jsonl: looks like jsonl, and table is read, as in training. Give --set reader.name=jsonl too, "
        f"with the columns that it has; {tmp_path}/odd.jsonl:1: no column for text and labels: got the columns a, b, "
        'expected body and stars. Say which it is, such as --set reader.columns=\'{text="a", labels="b"}\'.'
    ) in wrong.err
    odd = ["--set", 'reader.columns={text="a", labels="b"}']
    assert "odd.jsonl: looks like jsonl, and table is read" in run("evaluate", tmp_path / "run", tmp_path / "odd.jsonl", *odd).err  # fmt: skip  # noqa: E501
    assert run("evaluate", tmp_path / "run", tmp_path / "odd.jsonl", *odd, "--set", "reader.name=jsonl").code == 0


def test_validation_files_may_have_another_format(run, runs, tmp_path):
    out = tmp_path / "run"
    small = ["--out", out, "--steps", 2, "--hidden", 4, "--threads", 1]
    result = run("train", "classify", runs / "a.csv", "--valid", runs / "a.jsonl", *small)
    assert result.code == 0, result.err
    assert f"{runs / 'a.jsonl'}: read as jsonl, which it looks like; the training files are table" in result.err
    assert run("train", "--resume", out, "--steps", 4).code == 0


def test_a_line_stays_a_line_whatever_breaks_a_text_or_a_label_has(run, tmp_path):
    rows = [
        {"text": ("good\u2028film %d" if i % 2 else "bad\nfilm %d") % i, "label": f"l\n\t{i % 2}"} for i in range(20)
    ]
    path, out = tmp_path / "a.jsonl", tmp_path / "run"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elman.train("classify", str(path), valid=str(path), out=out, **OPTIONS)
    lines = run("predict", out, path, "--k", 1).out.splitlines()
    assert len(lines) == 20
    assert lines[0].endswith(r"bad\nfilm 0")
    assert lines[1].endswith(r"good\u2028film 1")
    assert lines[0].startswith(r"l\n\t")


def test_half_a_character_from_python_is_read_as_a_replacement(runs):
    model = elman.load(runs / "run-a.csv")
    assert model.predict("good film \ud83d", k=1) == model.predict("good film \ufffd", k=1)


def test_words_with_blanks_are_hinted_at_and_given_with_tabs(run, tmp_path):
    path, lines, out = tmp_path / "a.conll", tmp_path / "lines.txt", tmp_path / "run"
    path.write_text("New York\tB-LOC\nis\tO\nbig\tO\n\n" * 10)
    lines.write_text("New York\tis\tbig\n")
    elman.train("tag", str(path), valid=str(path), out=out, **OPTIONS)
    result = run("predict", out, lines, "--json")
    assert result.err == (
        "note: words of the training have blanks in them, such as 'new york', and raw text is cut at blanks: give "
        "words with tabs between, with --input tokens\n"
    )
    assert json.loads(result.out)["words"] == ["New", "York", "is", "big"]
    result = run("predict", out, lines, "--json", "--input", "tokens")
    assert (json.loads(result.out)["words"], result.err) == (["New York", "is", "big"], "")


def test_a_file_with_nothing_in_it_is_said_to_have_none(run, runs, tmp_path):
    (tmp_path / "empty.txt").write_text("")
    result = run("predict", runs / "run-a.conll", tmp_path / "empty.txt")
    assert (result.code, result.out, result.err) == (0, "", "note: no input: nothing to answer\n")


def test_series_have_no_lines_that_could_be_read_as_they_are(run, tmp_path):
    rows = "".join(f"{i},{j},{i % 2 + j / 9:.2f},{'ab'[i % 2]}\n" for i in range(12) for j in range(4))
    (tmp_path / "s.csv").write_text(f"series,time,x,label\n{rows}")
    elman.train("classify", tmp_path / "s.csv", out=tmp_path / "run", **OPTIONS)
    result = run("predict", tmp_path / "run", tmp_path / "s.csv")
    assert (result.code, result.err) == (0, "")


def test_tabs_in_sources_and_one_file_of_two_are_told(run, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_text("".join(f"{name} {i:06}\n" for i in range(20)))
    options = OPTIONS | {"settings": {"task.level": "character"}, "steps": 2}
    elman.train("seq2seq", f"{tmp_path}/a,{tmp_path}/b", out=tmp_path / "run", **options)
    (tmp_path / "in.txt").write_text("a 1\tb 1\na 2\n")
    assert run("predict", tmp_path / "run", tmp_path / "in.txt", "--input", "text").err == (
        "note: 1 of 2 lines with a tab, which is read as part of the source: a line is a source alone. A file of "
        "sources with their targets is read with --input data\n"
    )
    assert run("evaluate", tmp_path / "run", tmp_path / "a").err == (
        f"error: {tmp_path}/a: got 1 file, expected 2 side by side: source, target. Name them source,target with a "
        "comma between.\n"
    )


@pytest.mark.parametrize("header", ["", "english\tdeutsch\n", "source\ttarget\n"])
def test_pairs_are_predicted_from_files_like_those_of_the_training(run, tmp_path, header):
    rows = [(f"{day} May 1998", f"1998-05-{day:02}") for day in range(1, 29)]
    path, swapped, sources = tmp_path / "d.tsv", tmp_path / "s.tsv", tmp_path / "lines.txt"
    path.write_text(header + "".join(f"{one}\t{other}\n" for one, other in rows))
    sources.write_text("".join(f"{one}\n" for one, _ in rows))
    elman.train("seq2seq", path, out=tmp_path / "run", **OPTIONS)
    written = run("predict", tmp_path / "run", sources, "--input", "text").out
    assert run("predict", tmp_path / "run", path).out == written
    assert run("predict", tmp_path / "run", path, path).out == 2 * written
    if header:
        names = "\t".join(header.split()[::-1])
        swapped.write_text(f"{names}\n" + "".join(f"{other}\t{one}\n" for one, other in rows))
        assert run("predict", tmp_path / "run", swapped).out == written


def test_what_a_file_looks_like_is_told_where_another_format_was_named(run, tmp_path):
    (tmp_path / "train.tsv").write_text("text\tlabel\n" + "good film\tpos\nbad film\tneg\n" * 8)
    (tmp_path / "held.jsonl").write_text('{"text": "good film", "label": "pos"}\n' * 4)
    given = ["train", "classify", tmp_path / "train.tsv", "--steps", 1, "--hidden", 4, "--set", "reader.name=table"]
    assert run(*given, "--out", tmp_path / "run").code == 0
    reader = elman.load(tmp_path / "run").reader
    reader.find([str(tmp_path / "held.jsonl")])
    told = f"{tmp_path / 'held.jsonl'}: looks like jsonl, and is read as table, which was named (reader.name)"
    assert told in reader.remarks


def test_two_files_of_another_format_with_other_columns_are_both_read(tmp_path):
    (tmp_path / "train.jsonl").write_text('{"en": "one", "de": "eins"}\n{"en": "two", "de": "zwei"}\n')
    (tmp_path / "a.csv").write_text("en,de\none,eins\n")
    (tmp_path / "b.csv").write_text("source,target\ntwo,zwei\n")
    settings = {"reader.columns": {"source": "en", "target": "de"}, "model.embedding_size": 4}
    kept = {"steps": 1, "hidden": 4, "batch_size": 2, "threads": 1, "settings": settings}
    train = str(tmp_path / "train.jsonl")
    out = elman.train("seq2seq", train, valid=train, out=tmp_path / "run", **kept)
    reader = elman.load(out).reader
    paths = reader.find([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")])
    read = [one.fields["source"] for one in reader.for_answers().read(paths)]
    assert [getattr(one, "text", one) for one in read] == ["one", "two"]
