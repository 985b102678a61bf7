"""What a file of any kind is taken for by `elman describe` and `elman train FILE`, and the command that is proposed."""

import json
import shlex

import pytest

from tests.recordings import tone, wav

LETTERS = [
    (" ".join(f"{i * 7919:05d}"[::-1].translate(str.maketrans("0123456789", "abcdefghij"))), i) for i in range(40)
]
SENSORS = "timestamp,sensor_id,temp,vibration,state\n" + "".join(
    f"2024-01-01 10:{step:02d},s{one},{20 + one % 2 * 5 + step / 9:.2f},{step / 3:.3f},{'ok' if one % 2 else 'fault'}\n"
    for one in range(20)
    for step in range(6)
)
TEXTS = [" ".join(f"{i * 7919:05d}"[::-1].translate(str.maketrans("0123456789", "abcdefghij"))) for i in range(40)]
PAIRS = [(text, text[::-1]) for text in TEXTS]
FILES = {
    "st.csv": ("source,target\n" + "".join(f"{a},{b}\n" for a, b in PAIRS), "table: source, target", "seq2seq st.csv"),
    "bare.tsv": ("".join(f"{a}\t{b}\n" for a, b in PAIRS), "table: source, target", "seq2seq bare.tsv"),
    "qa.jsonl": (
        "".join(f'{{"question": "{a}", "answer": "{b}"}}\n' for a, b in PAIRS),
        "jsonl: source, target",
        "seq2seq qa.jsonl",
    ),
    "sensors.csv": (
        SENSORS,
        "series: frames, labels",
        "classify sensors.csv --set reader.series=sensor_id --set reader.label=state",
    ),
    "s.txt": (
        "series,time,x,label\n" + "".join(f"{i},{j},{j / 3:.2f},{'ab'[i % 2]}\n" for i in range(9) for j in range(4)),
        "series: frames, labels",
        "classify s.txt",
    ),
    "bewertungen.csv": (
        "text,label\n" + "gut war es,pos\nschlecht war es,neg\n" * 9,
        "table: text, labels",
        "classify bewertungen.csv",
    ),
    "words.csv": (
        "".join(f"cat{i},dog{i},{i / 7:.2f}\n" for i in range(30)),
        "table: first, second, score",
        "pair words.csv --set task.target=score",
    ),
    "p.tsv": (
        "premise\thypothesis\tlabel\n" + "a b\tc d\tyes\na c\td b\tno\n" * 9,
        "table: first, second, label",
        "pair p.tsv",
    ),
    "eng.conll": ("Anna B-PER\nis O\n\nhere O\nshe O\n\n" * 9, "conll: words, tags", "tag eng.conll"),
}


def described(run, name):
    result = run("describe", name)
    assert result.code == 0, result.err
    return dict(map(str.strip, line.strip().split("  ", 1)) for line in result.out.splitlines() if "  " in line.strip())


@pytest.mark.parametrize("name", FILES)
def test_describe_says_which_command_trains_on_a_file(run, tmp_path, monkeypatch, name):
    text, kind, command = FILES[name]
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text)
    found = described(run, name)
    assert (found["format"], found["train"]) == (kind, f"elman train {command}")
    result = run("train", name)
    assert (result.code, result.err) == (
        2,
        f"error: elman train {name}: {name} is a file, not a task. Try: elman train {command}\n",
    )


@pytest.mark.parametrize("name", ["sensors.csv", "s.txt", "words.csv", "bare.tsv", "eng.conll"])
def test_the_command_that_is_proposed_trains(run, tmp_path, monkeypatch, name):
    text, _, command = FILES[name]
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text)
    result = run("train", *shlex.split(command), "--steps", "1", "--valid", "20%", "--out", "run")
    assert result.code == 0, result.err


def test_files_side_by_side_are_sources_and_targets(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for column, name in enumerate(("a.src", "a.tgt")):
        (tmp_path / name).write_text("".join(f"{pair[column]}\n" for pair in PAIRS))
    found = described(run, "a.src,a.tgt")
    assert (found["format"], found["train"]) == ("parallel: source, target", "elman train seq2seq a.src,a.tgt")


def test_text_is_for_a_language_model_and_several_files_stay_together(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a b.txt", "c.txt"):
        (tmp_path / name).write_text("It was the best of times,\nit was the worst of times.\n" * 9)
    assert described(run, "a b.txt")["train"] == "elman train lm 'a b.txt'"
    told = run("train", "a b.txt", "c.txt").err
    assert told == (
        "error: elman train a b.txt: a b.txt is a file, not a task. Try: elman train lm 'a b.txt' c.txt, or, each file "
        "a class: elman train classify 'a b.txt' c.txt\n"
    )


def test_labels_that_may_stand_in_front_are_described_as_they_are_trained_on(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("train.txt", "test.txt"):
        text = "".join(f"{'pos' if i % 2 else 'neg'} film {name[:2]}{i} was seen\n" for i in range(40))
        (tmp_path / name).write_text(text)
    assert described(run, "test.txt")["a label in front"] == "elman train classify test.txt"
    assert run("describe", "train.txt", "test.txt").out.endswith(
        "these 2 files\n  train              elman train lm train.txt test.txt\n"
        "  each file a class  elman train classify train.txt test.txt --set reader.name=classes\n"
        "  a label in front   elman train classify train.txt test.txt\n"
    )
    assert run("train", "test.txt").err.endswith(
        "Try: elman train lm test.txt, or, a label in front: elman train classify test.txt\n"
    )
    result = run("train", "classify", "train.txt", "test.txt", "--steps", "1", "--out", "run", "--hidden", "4")
    assert result.code == 0
    assert "format: labeled, guessed" in result.err + result.out


def test_columns_of_texts_are_no_words_with_tags(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"the book number {n}\tdas {n}. Buch von allen\n" for n in range(30))
    (tmp_path / "t.tsv").write_text(rows)
    assert run("train", "tag", "t.tsv").err == (
        "error: t.tsv: looks like table (source, target): got a text for each text, expected a tag for each word. "
        "Train seq2seq? elman train seq2seq t.tsv; or, if each line is a word with its tag, --set reader.name=conll.\n"
    )


def test_several_files_of_text_are_one_text_or_a_class_each(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, words in (
        ("kind.txt", "we loved it\nI liked this\nso good\n"),
        ("unkind.txt", "bad\nno fun\nugly it is\n"),
    ):
        (tmp_path / name).write_text(words * 9)
    told = run("describe", "kind.txt", "unkind.txt").out
    assert told.endswith(
        "these 2 files\n  train              elman train lm kind.txt unkind.txt\n"
        "  each file a class  elman train classify kind.txt unkind.txt\n"
    )
    assert told.count("elman train lm") == 1
    result = run("train", "classify", "kind.txt", "unkind.txt", "--steps", "1", "--out", "run", "--hidden", "4")
    assert result.code == 0
    assert (
        "labels: each file is a class, a line a text: kind (kind.txt), unkind (unkind.txt)" in result.err + result.out
    )


def test_classes_whose_sentences_begin_alike_are_trained_as_they_are_described(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, word in (("kind.txt", "superb"), ("unkind.txt", "awful")):
        (tmp_path / name).write_text(f"The film was {word}\nMy trip was {word}\n" * 20)
    command = "train classify kind.txt unkind.txt"
    assert run("describe", "kind.txt", "unkind.txt").out.endswith(f"  each file a class  elman {command}\n")
    result = run(*command.split(), "--steps", "1", "--out", "run", "--hidden", "4")
    assert result.code == 0
    assert "format: classes, guessed" in result.err + result.out
    assert (
        "labels: each file is a class, a line a text: kind (kind.txt), unkind (unkind.txt)" in result.err + result.out
    )


def test_numbers_without_a_label_are_no_pairs_of_sentences(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wetter.csv").write_text("zeit,wert,feuchte\n" + "".join(f"{i},{i % 7}.5,0.{i}\n" for i in range(30)))
    assert run("describe", "wetter.csv").out == (
        "wetter.csv\n  format             timeline: frames\n  examples           1\n  frames             30\n"
        "  frames an example  median 30, longest 30\n  numbers a frame    2: wert, feuchte\n"
        "  train              elman train forecast wetter.csv\n"
        "  clock: column 'zeit' (0 ...) is not read, guessed; --set reader.clock=none reads it\n"
    )


@pytest.mark.parametrize(("task", "fields"), [("classify", "text, labels"), ("tag", "words, tags")])
def test_numbers_where_texts_are_wanted_lead_to_the_command_that_reads_them(run, tmp_path, monkeypatch, task, fields):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sensors.csv").write_text(SENSORS)
    assert run("train", task, "sensors.csv").err.splitlines()[-1] == (
        f"error: sensors.csv: looks like a table of numbers, expected {fields}: got numbers (temp, vibration), a "
        "series by 'sensor_id', a label by 'state'. Train classify? elman train classify sensors.csv --set "
        "reader.series=sensor_id --set reader.label=state"
    )


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        (["reader.name=series"], "series or series_id or sequence"),
        (["reader.label=state"], "series or series_id or sequence"),
        (["reader.series=sensor_id"], "label or labels or class"),
    ],
)
def test_an_option_of_series_means_series_and_asks_for_what_is_missing(run, tmp_path, monkeypatch, options, missing):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sensors.csv").write_text(SENSORS)
    key = "label" if "label" in missing else "series"
    given = [part for option in options for part in ("--set", option)]
    assert run("train", "classify", "sensors.csv", *given).err.splitlines()[-1] == (
        f"error: sensors.csv:1: no column {missing}: got timestamp, sensor_id, temp, vibration, state. Name it with "
        f"--set reader.{key}=NAME. Perhaps --set reader.series=sensor_id --set reader.label=state?"
    )


def test_what_a_format_lacks_is_named_alone(run, tmp_path):
    (tmp_path / "sensors.csv").write_text(SENSORS)
    given = ["--set", "reader.name=series", "--set", "task.input=text"]
    assert run("train", "classify", tmp_path / "sensors.csv", *given).err.startswith(
        "error: --set reader.name: series cannot hold text, which task classify reads. Choose one of: "
    )


def test_rows_sorted_by_time_are_trained_as_those_sorted_by_series(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    header, *rows = SENSORS.splitlines(keepends=True)
    (tmp_path / "s.csv").write_text(header + "".join(sorted(rows, key=lambda row: row[:16])))
    (tmp_path / "sensors.csv").write_text(SENSORS)
    given = ["--set", "reader.series=sensor_id", "--set", "reader.label=state", "--steps", "2", "--threads", "1"]
    said = [run("train", "classify", name, *given, "--out", name[:-4]).err for name in ("s.csv", "sensors.csv")]
    assert "rows stand by time: those of each of 20 series, by 'sensor_id', are put together\n" in said[0]
    losses = [[line.split("   ")[1] for line in one.splitlines() if " nats/" in line] for one in said]
    assert losses[0] == losses[1] != []


def test_rows_of_a_series_that_comes_again_come_with_the_command_that_sorts_them(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    header, *rows = SENSORS.splitlines(keepends=True)
    (tmp_path / "s.csv").write_text(header + "".join([*rows[1:], rows[0]]))
    given = ["--set", "reader.series=sensor_id", "--set", "reader.label=state"]
    assert run("train", "classify", "s.csv", *given).err.splitlines()[-1] == (
        "error: s.csv:121: series 's0' again, it ended on line 6. Sort the rows by series: (head -n 1 s.csv; tail -n "
        "+2 s.csv | sort -s -t ',' -k 2,2) > SORTED"
    )


def test_translations_of_few_words_are_no_labels(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [("ich sehe den hund nicht", "i do not see the dog"), ("ich liebe die frau", "i love the old woman")] * 10
    (tmp_path / "t.de").write_text("".join(f"{one}\n" for one, _ in rows))
    (tmp_path / "t.en").write_text("".join(f"{other}\n" for _, other in rows))
    told = run("describe", "t.de,t.en").out
    assert "  format            parallel: source, target\n" in told
    assert "  train             elman train seq2seq t.de,t.en\n" in told


def test_sentences_that_come_again_are_no_labels(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"the {one} house is here\tdas {one} Haus ist hier\n" for one in "abc" * 10)
    (tmp_path / "t.tsv").write_text(f"english\tdeutsch\n{rows}")
    told = run("describe", "t.tsv").out
    assert "  format            table: source, target\n  columns           source 'english', target 'deutsch'\n" in told
    assert "  header: english | deutsch, guessed, since these words occur nowhere else; --set reader.header=no" in told


def test_a_column_of_few_cells_is_that_of_labels_in_describing_and_in_training(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f'"the film, {n}";{("gut", "schlecht")[n % 2]}\n' for n in range(40))
    (tmp_path / "semi.csv").write_text(f"Text;Bewertung\n{rows}")
    told = run("describe", "semi.csv").out
    columns = 'columns: {text="Text", labels="Bewertung"}, guessed; --set reader.columns='
    assert "  format            table: text, labels\n  columns           text 'Text', labels 'Bewertung'\n" in told
    assert "  train             elman train classify semi.csv\n" in told
    assert columns in told
    result = run("train", "classify", "semi.csv", "--steps", "1", "--out", "run", "--hidden", "4")
    assert (result.code, columns in result.err + result.out) == (0, True)


def test_a_list_of_recordings_of_which_one_cannot_be_read_is_no_table(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in "abc":
        (tmp_path / f"{name}.wav").write_bytes(wav(tone(400)))
    (tmp_path / "d.wav").write_bytes(b"ID3\x04" + bytes(99))
    (tmp_path / "list.tsv").write_text("a\tgo\nb\tstop\nc\tstay\nd\twait\n")
    done = run("describe", "list.tsv")
    assert done.code == 0
    told = " ".join(done.out.split())
    assert "examples 3" in told
    assert "passed over 1 file that cannot be read: a training stops there" in told
    assert "d.wav: no WAV file: it begins with b'ID3\\x04', expected b'RIFF'." in told
    (tmp_path / "list.tsv").write_text("a\tgo\nb\tstop\nc\tstay\ne\twait\n")
    done = run("describe", "list.tsv")
    assert done.code == 2
    assert "error: list.tsv: 1 of 4 recordings are not there: 'e'." in done.err
    (tmp_path / "list.tsv").write_text("file\ttext\tlabel\n" + "a\tsome go\tgo\nd\tto wait\twait\n" * 9)
    assert "table: text, labels" in run("describe", "list.tsv").out


@pytest.mark.parametrize(
    "text",
    [
        "\na\tgo on\n\nb\tgo back\n",
        "\n\n\n\n\n\na\tgo on\n\nb\tgo back\n",
        "a\tgo on\na\tgo on\nb\tgo back\nb\tgo back\n",
        "a\tgo on\nb\tgo back\nc\tgo up\na\tgo away\n",
    ],
    ids=["empty lines", "many first", "each twice", "one with two texts"],
)
def test_a_list_of_recordings_stays_one_whatever_is_odd_in_it(run, tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    for number, name in enumerate("abc"):
        (tmp_path / f"{name}.wav").write_bytes(wav(tone(400 + 100 * number)))
    (tmp_path / "list.tsv").write_text(text)
    assert "  train              elman train ctc list.tsv\n" in run("describe", "list.tsv").out


@pytest.mark.parametrize(("ending", "said"), [("wav", "recordings"), ("png", "pictures")])
def test_a_list_of_which_nothing_is_there_is_no_table_of_texts(run, tmp_path, monkeypatch, ending, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.tsv").write_text(f"x/a.{ending}\tzero\nx/b.{ending}\tone\n")
    done = run("describe", "list.tsv")
    assert done.code == 2
    assert f"error: list.tsv: names no {said} that are there: got 'x/a.{ending}', looked for in" in done.err
    (tmp_path / "list.tsv").write_text("file\ttext\tlabel\n" + f"a.{ending}\tsome go\tgo\nd.{ending}\tto go\tup\n" * 9)
    assert "table: text, labels" in run("describe", "list.tsv").out


def test_months_without_names_of_columns_are_told_what_to_write(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{1949 + row // 12}-{row % 12 + 1:02},{100 + row}\n" for row in range(96))
    (tmp_path / "m.csv").write_text(rows)
    told = "no names of columns. Write them into a first row, such as time,value, and what comes next is learned by"
    assert f"{told} elman train forecast m.csv" in " ".join(run("describe", "m.csv").out.split())
    done = run("train", "forecast", "m.csv", "--out", "run")
    assert (done.code, done.err.splitlines()[-1]) == (2, f"error: m.csv:1: {told} elman train forecast m.csv")
    (tmp_path / "m.csv").write_text(f"month,passengers\n{rows}")
    done = run("train", "forecast", "m.csv", "--out", "run", "--steps", 2, "--threads", 1)
    assert done.code == 0
    assert "(12 before)" in done.err


def test_a_label_too_few_is_told_beside_what_is_left_without_labels(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = [{"values": [[n, 1], [2, n], [3, 4]], "labels": ["a", "b", "a"][: 2 if n == 5 else 3]} for n in range(9)]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    out = " ".join(run("describe", "x.jsonl").out.split())
    assert "as a label for each row of numbers (train tag) it cannot be read: x.jsonl:6: 'labels': got 2 labels" in out


def test_labels_written_as_0_0_are_labels_where_their_column_says_so(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{row / 10:.1f},{row % 7 / 3:.2f},{row // 20 % 3}.0\n" for row in range(200))
    (tmp_path / "x.csv").write_text(f"time,x,label\n{rows}")
    assert "elman train tag x.csv" in run("describe", "x.csv").out


def test_a_price_for_each_text_is_no_label(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{['red', 'blue', 'green'][n % 3]} chair number {n},{n * 7 % 97}.{n % 10}5\n" for n in range(60))
    (tmp_path / "price.csv").write_text(f"description,price\n{rows}")
    done = run("train", "classify", "price.csv", "--out", "run")
    assert done.code == 2
    assert "error: price.csv: looks like a number for each text ('description', 'price' with " in done.err
    assert not (tmp_path / "run").exists()


def test_numbers_of_rows_are_no_pictures_though_one_is_called_so(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "1.png").write_bytes(b"")
    (tmp_path / "ids.csv").write_text(
        "id,text,label\n" + "".join(f"{n},good film,{'ab'[n % 2]}\n" for n in range(1, 13))
    )
    out = run("describe", "ids.csv").out
    assert "table: text, labels" in out
    assert "elman train classify ids.csv\n" in out
    done = run("train", "classify", "ids.csv", "--out", "run", "--steps", 1, "--hidden", 4)
    assert done.code == 0


def test_a_list_of_recordings_most_of_which_are_missing_is_no_table_of_texts(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        (tmp_path / f"{name}.wav").write_bytes(wav(tone(400)))
    (tmp_path / "list.tsv").write_text(
        "".join(f"{name}\t{'go' if n % 2 else 'stop'}\n" for n, name in enumerate("abcdef"))
    )
    done = run("train", "classify", "list.tsv", "--out", "run")
    assert (done.code, "error: list.tsv: 4 of 6 recordings are not there: 'c', 'd', 'e' and 1 other" in done.err) == (
        2,
        True,
    )


def test_json_lines_are_no_columns_of_a_table_and_two_columns_of_labels_are_both_named(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [{"id": n, "review": f"the film was {n % 7} good", "tags": ["x", "y"][: 1 + n % 2]} for n in range(40)]
    (tmp_path / "m.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    done = run("describe", "m.jsonl")
    assert "got the columns id, review, tags, expected one of label" in done.err
    assert """--set reader.columns='{text="review", labels="tags"}'""" in done.err
    table = "".join(f"{n};{n % 5};the film was {n % 7} good;{'ja' if n % 3 else 'nein'}\n" for n in range(60))
    (tmp_path / "s.csv").write_text(f"Nr.;Bewertung;Kommentar, frei;Stimmung?\n{table}")
    told = run("describe", "s.csv").err
    for label in ("Bewertung", "Stimmung?"):
        command = f"""elman train classify s.csv --set 'reader.columns={{text="Kommentar, frei", labels="{label}"}}'"""
        assert command in told


def test_columns_that_are_called_otherwise_are_told(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{n},good film {n % 7},{'pn'[n % 2]},x\n" for n in range(40))
    (tmp_path / "m.csv").write_text(f"id,text,sentiment,topic\n{rows}")
    assert "  columns           labels 'sentiment'\n" in run("describe", "m.csv").out


def test_of_many_recordings_that_cannot_be_read_a_few_are_told(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for n in range(12):
        (tmp_path / "tones" / "ab"[n % 2]).mkdir(parents=True, exist_ok=True)
        (tmp_path / "tones" / "ab"[n % 2] / f"{n}.wav").write_bytes(wav(tone(300 + n)) if n < 6 else b"no")
    out = run("describe", "tones").out
    assert "6 files that cannot be read: a training stops there" in out
    assert out.count("no WAV file") == 3
