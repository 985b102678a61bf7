"""Every reader through one contract: each has its own sample, and what holds for one holds for all."""

import gzip
from typing import NamedTuple

import numpy as np
import pytest

from elman.data.readers import READERS
from elman.data.sources import head
from elman.errors import DataError
from tests.contracts.test_recordings import RECORDED
from tests.fields import kinds

BITS = ("steps", "bits")
TAGGED, LABELED, SERIES = ("words", "tags"), ("text", "labels"), ("frames", "labels")
WRITTEN = ("source", "target")
REST = "\t_\tX\t_\t_\t_\t_\t_\t_\n"


class Sample(NamedTuple):
    """What a format looks like.

    Args:
        fields: what it is asked for.
        files: their content by name; WORD stands where tests put a word of theirs.
        line: where WORD is, in the first file.
        count: how many examples that gives.
        plain: the fields of prediction.
    """

    fields: tuple[str, ...]
    files: dict[str, str]
    line: int
    count: int = 2
    plain: tuple[str, ...] = ("text",)


SAMPLES = {
    "aeslc": Sample(
        WRITTEN,
        {"data/1.subject": "a mail\n@subject\nWORD\n", "data/2.subject": "another\n@subject\nb\n@ann0\nc\n"},
        3,
        plain=("source",),
    ),
    "babi": Sample(
        ("story", "question", "answer"),
        {"a.txt": "1 Mary sees WORD.\n2 Who?\tMary\t1\n1 A b.\n2 C.\n3 Who?\tA\n"},
        1,
        plain=("story", "question"),
    ),
    "classes": Sample(LABELED, {"classes/bad.txt": "a WORD\n", "classes/good.txt": "well\n"}, 1),
    "cmudict": Sample(WRITTEN, {"a.dict": "EU  Y UW1\nWORD  AH0 B\n"}, 2, plain=("source",)),
    "column": Sample(("text",), {"a.csv": 'text,label\n"well, film",good\n"a WORD",bad\n'}, 3, 1),
    "conll": Sample(TAGGED, {"a.conll": "EU NNP\nWORD VBZ\n\nlamb NN\n"}, 2, plain=("words",)),
    "conllu": Sample(TAGGED, {"a.conllu": f"# c\n1\tEU{REST}2\tWORD{REST}\n1\tlamb{REST}"}, 3, plain=("words",)),
    "dialogue": Sample(WRITTEN, {"a.txt": "Hello .\tWho ?\tMe .\nWORD\tyes\tno\tyes\n"}, 2, count=5, plain=("source",)),
    "entailment": Sample(
        ("first", "second", "label"),
        {
            "a.xml": '<pairs>\n<pair entailment="YES"><t>a film</t><h>b</h></pair>\n'
            '<pair entailment="NO"><t>a WORD</t><h>c</h></pair>\n</pairs>\n'
        },
        3,
        plain=("first", "second"),
    ),
    "fasttext": Sample(LABELED, {"a.txt": "__label__good film\n__label__bad a WORD\n"}, 2),
    "folders": Sample(LABELED, {"data/bad/1.txt": "a\nWORD\n", "data/good/1.txt": "well\n"}, 2),
    "genomes": Sample(LABELED, {"a.data": "WORD,s1,ACGTACGTACGT\nb,s2,TTGACAACGTAC\n"}, 1),
    "generated": Sample(BITS, {"a.toml": 'task = "copy"\ncount = 2\nlength = [1, 3]\n'}, 1, plain=("steps",)),
    "jsonl": Sample(LABELED, {"a.jsonl": '{"text": "film", "label": 1}\n{"text": "a WORD", "label": 0}\n'}, 2),
    "jsonl_series": Sample(
        SERIES, {"a.jsonl": '{"x": [1], "label": "WORD"}\n{"x": [2], "label": "b"}\n'}, 1, plain=("frames",)
    ),
    "jsonl_steps": Sample(
        BITS,
        {"a.jsonl": '{"steps": [[1], [0]], "bits": [null, [1]]}\n{"steps": [[0]], "bits": [[0]]}\n'},
        1,
        plain=("steps",),
    ),
    "labeled": Sample(LABELED, {"a.txt": "good film\nbad a WORD\n"}, 2),
    "labeled_rows": Sample(
        ("frames", "tags"),
        {"a.csv": "recording,x,label\nr,1,WORD\nr,2,b\ns,3,WORD\ns,4,b\n"},
        2,
        plain=("frames",),
    ),
    "mctest": Sample(
        ("passage", "question", "choices", "answer"),
        {
            "a.tsv": "1\tp\tAnn sat.\\\\newlineA WORD sang.\tone: Who sat?\tAnn\tBo\ta WORD\tit\n"
            "2\tp\tBo ran.\tmultiple: Who?\tAnn\tBo\tCy\tDi\n",
            "a.ans": "A\nB\n",
        },
        1,
        plain=("passage", "question", "choices"),
    ),
    "offsets": Sample(
        TAGGED,
        {"a.jsonl": '{"text": "EU", "label": [[0, 2, "ORG"]]}\n{"text": "WORD", "label": []}\n'},
        2,
        plain=("words",),
    ),
    "parallel": Sample(TAGGED, {"a.words": "EU rejects\nWORD\n", "a.tags": "NNP VBZ\nNN\n"}, 2, plain=("words",)),
    "residues": Sample(TAGGED, {"a.train": "<>\nG _\nWORD h\nend\n<>\nA e\n"}, 3, plain=("words",)),
    "scan": Sample(WRITTEN, {"a.txt": "IN: walk OUT: I_WALK\nIN: WORD OUT: I_JUMP\n"}, 2, plain=("source",)),
    "series": Sample(SERIES, {"a.csv": "series,x,label\ns,1,WORD\nr,2,b\n"}, 2, plain=("frames",)),
    "sigmorphon": Sample(WRITTEN, {"a": "go\twent\tV;PST\nWORD\tsang\tV;PST\n"}, 2, plain=("source",)),
    "squad": Sample(
        ("passage", "question", "golds"),
        {
            "a.json": '{"data": [\n{"title": "WORD", "paragraphs": [{"context": "Ann saw a WORD", "qas": [{"id": "1",\n'
            '"question": "Who?", "answers": [{"text": "Ann", "answer_start": 0}]}, {"id": "2",\n'
            '"question": "What?", "answers": [{"text": "a", "answer_start": 8}]}]}]}]}\n'
        },
        2,
        plain=("passage", "question"),
    ),
    "table": Sample(LABELED, {"a.csv": 'text,label\n"well, film",good\n"a WORD",bad\n'}, 3),
    "text": Sample(("text",), {"a.txt": "a film\na WORD\n"}, 2, 1),
    "timeline": Sample(("frames",), {"a.csv": "date,WORD,y\n2024-01-01,1,2\n2024-01-02,3,5\n"}, 1, 1, ("frames",)),
    "tokens": Sample(
        TAGGED, {"a.csv": "Sentence #,Word,Tag\nSentence: 1,EU,O\n,WORD,O\nSentence: 2,lamb,O\n"}, 3, plain=("words",)
    ),
    "treebank": Sample(WRITTEN, {"a.mrg": "( (S (NP (NN film))))\n( (S (VP (VB WORD))))\n"}, 2, plain=("source",)),
    "trees": Sample(LABELED, {"a.txt": "(3 (2 It) (4 works))\n(1 (2 a) (1 WORD))\n"}, 2),
    "ts": Sample(
        SERIES, {"a.ts": "@problemName x\n@classLabel true\n@data\n1,2:3,4:WORD\n5:6:b\n"}, 4, plain=("frames",)
    ),
    "wide": Sample(SERIES, {"a.csv": "t0,t1,label\n1,2,WORD\n3,4,b\n5,6,b\n7,8,WORD\n"}, 2, count=4, plain=("frames",)),
}
WORDLESS = ("generated", "jsonl_steps")
"""Formats of numbers alone."""

each_format = pytest.mark.parametrize("name", sorted({*READERS.names()} - {*RECORDED, "joined"}))
each_worded = pytest.mark.parametrize("name", sorted({*READERS.names()} - {*RECORDED, *WORDLESS, "joined"}))
every_format = pytest.mark.parametrize("name", READERS.names())


def write(folder, name, word="film", ending="", pack=lambda content: content):
    """Write a sample; return what a reader gets."""
    paths = []
    for file, text in SAMPLES[name].files.items():
        path = folder / f"{file}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text.encode() if isinstance(text, str) else text
        path.write_bytes(pack(content.replace(b"WORD", word if isinstance(word, bytes) else word.encode())))
        paths.append(path)
    if name == "mctest":
        return paths[:1]  # what lies beside is found by its name
    return [folder / "data"] if READERS.get(name).folders else paths


def build(name, fields=None, **options):
    kind = READERS.get(name)
    return kind(kind.Config(**options), SAMPLES[name].fields if fields is None else fields)


def read(name, paths, fields=None, **options):
    return list(build(name, fields, **options).read(paths))


def told(name, paths, **options):
    """Return all that a file says: its examples, and what it calls the numbers of a frame."""
    reader = build(name, **options)
    return f"{[plainly(example) for example in reader.read(paths)]} {reader.channels}"


def plainly(example):
    """Return the fields of an example, numbers as lists, and what is no number as nothing."""

    def plain(value):
        return np.where(np.isnan(value), None, value).tolist() if isinstance(value, np.ndarray) else value

    return {name: plain(value) for name, value in example.fields.items()}


@each_format
def test_examples_have_the_fields_asked_for_and_say_where_they_stood(name, tmp_path):
    sample = SAMPLES[name]
    examples = read(name, write(tmp_path, name))
    assert len(examples) == sample.count
    assert all(tuple(example.fields) == sample.fields for example in examples)
    first = tmp_path / next(iter(sample.files))
    begin = {
        "column": ":2",
        "babi": ":2",
        "conllu": ":2",
        "table": ":2",
        "tokens": ":2",
        "residues": ":2",
        "entailment": ":2",
        "series": ":2",
        "labeled_rows": ":2",
        "timeline": ":2",
        "wide": ":2",
        "squad": ":row 1",
        "ts": ":4",
        "folders": "",
        "aeslc": "",
    }.get(name, ":1")
    assert examples[0].where == f"{first}{begin}"


@each_format
def test_what_prediction_asks_for_is_the_same_without_the_rest(name, tmp_path):
    sample = SAMPLES[name]
    paths = write(tmp_path, name)
    whole = [{field: plainly(example)[field] for field in sample.plain} for example in read(name, paths)]
    reader = build(name, sample.plain)
    paths = paths if name == "classes" else paths[: reader.together]
    assert [plainly(example) for example in reader.read(paths)] == whole


@each_format
def test_gzip_gives_the_same_examples(name, tmp_path):
    plain = [plainly(example) for example in read(name, write(tmp_path / "plain", name))]
    packed = read(name, write(tmp_path / "packed", name, ending=".gz", pack=gzip.compress))
    assert [plainly(example) for example in packed] == plain


@each_format
def test_line_ends_of_every_system_and_none_at_the_end_give_the_same_examples(name, tmp_path):
    plain = [plainly(example) for example in read(name, write(tmp_path / "plain", name))]
    for i, change in enumerate((lambda c: c.replace(b"\n", b"\r\n"), lambda c: b"\xef\xbb\xbf" + c, bytes.rstrip)):
        changed = read(name, write(tmp_path / str(i), name, pack=change))
        joined = ["".join(e.fields["text"] for e in changed)] if name == "text" else [plainly(e) for e in changed]
        assert joined == ([plain[0]["text"]] if name == "text" else plain)


@each_worded
def test_another_encoding_is_refused_with_its_line_and_read_when_named(name, tmp_path):
    paths = write(tmp_path, name, word=b"\xfc\xdf")
    file = next(iter(SAMPLES[name].files))
    with pytest.raises(DataError, match=rf"{file}:{SAMPLES[name].line}: not utf-8: .*--set reader\.encoding=latin-1"):
        read(name, paths)
    assert "üß" in told(name, paths, encoding="latin-1")


@each_format
@pytest.mark.parametrize(("content", "message"), [(b"", "the file is empty"), (b" \n\t\n", "nothing but white space")])
def test_empty_files_are_refused(name, content, message, tmp_path):
    paths = write(tmp_path, name, pack=lambda _: content)
    if name in ("folders", "aeslc"):
        message = "no example in it: got 2 empty files, expected one or more"
    with pytest.raises(DataError, match=rf"{paths[0].name}: {message}"):
        read(name, paths)


@each_worded
def test_very_long_words_and_lines(name, tmp_path):
    word = "w" * 200_000 if SAMPLES[name].fields == TAGGED else "w " * 49_999 + "w"
    paths = write(tmp_path, name, word=word)
    assert len(read(name, paths)) == SAMPLES[name].count
    assert word in told(name, paths)


@each_format
def test_the_sample_is_recognized_among_those_that_could_hold_it(name, tmp_path):
    fields = SAMPLES[name].fields
    path = write(tmp_path, name)[0]
    if name == "parallel":
        path = tmp_path / "a.words,a.tags"
    if name == "classes":
        path = tmp_path / "classes"
    beginning = head(path)
    sure = {
        other: READERS.get(other).recognizes(path, beginning, fields)
        for other in READERS.names()
        if READERS.get(other).gives(kinds(fields))
    }
    if READERS.get(name).named_only:
        assert sure.pop(name) == 0 < max(sure.values())
        return
    assert max(sure, key=sure.get) == name
    assert list(sure.values()).count(sure[name]) == 1


@every_format
def test_only_running_text_gives_text_alone_and_names_are_file_names(name):
    kind = READERS.get(name)
    assert kind.gives(kinds(("text",))) is (name in ("text", "column"))
    assert not kind.gives(2 * kinds(("text",)))
    assert kind.Config().name == name


@each_format
def test_several_files_follow_each_other(name, tmp_path):
    paths = [path for part in "ab" for path in write(tmp_path / part, name)]
    assert len(read(name, paths)) == 2 * SAMPLES[name].count


def test_running_text_without_a_last_line_end_is_not_glued_to_the_next_file(tmp_path):
    for name, text in (("a.txt", "one two"), ("b.txt", "three\n")):
        (tmp_path / name).write_text(text)
    examples = read("text", [tmp_path / "a.txt", tmp_path / "b.txt"])
    assert "".join(example.fields["text"] for example in examples) == "one two\nthree\n"
