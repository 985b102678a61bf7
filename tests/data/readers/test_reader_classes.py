"""A file a class."""

import pytest

from elman.data.fields import Field, Kind
from elman.data.readers import UnrecognizedError, formats, recognize
from elman.data.readers.classes import ClassesReader
from elman.errors import DataError

LABELED = ("text", "labels")
FIELDS = (Field("text", Kind.TEXT), Field("labels", Kind.LABELS))


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "pos.txt": "a good film\n\nfine\n",
        "neg.txt": "bad\nso dull\nno\n",
        "rt.pos": "good\n",
        "rt.neg": "bad\n",
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def read(folder, *names, **options):
    reader = ClassesReader(ClassesReader.Config(**options), LABELED)
    examples = list(reader.read(reader.find(names, folder)))
    return [(example.fields["text"], *example.fields["labels"]) for example in examples], reader


def test_the_name_of_a_file_is_the_label_of_each_line(folder):
    examples, reader = read(folder, "pos.txt", "neg.txt")
    assert examples == [("a good film", "pos"), ("fine", "pos"), ("bad", "neg"), ("so dull", "neg"), ("no", "neg")]
    assert reader.skipped == {"empty lines": 1}
    assert reader.remarks == ["labels: each file is a class, a line a text: pos (pos.txt), neg (neg.txt)"]
    assert reader.settled.label == "name"


def test_the_ending_is_the_label_where_names_are_the_same(folder):
    examples, reader = read(folder, "rt.pos", "rt.neg")
    assert examples == [("good", "pos"), ("bad", "neg")]
    assert reader.settled.label == "ending"
    assert read(folder, "rt.neg", label="ending")[0] == [("bad", "neg")]
    (folder / "plain").write_text("x\n")
    with pytest.raises(DataError, match=r"plain: got no ending, expected one, which is its label\. Rename it, such as"):
        read(folder, "plain", label="ending")


def test_a_folder_with_a_file_a_class(folder):
    (folder / "data").mkdir()
    for name in ("pos.txt", "neg.txt"):
        (folder / name).rename(folder / "data" / name)
    assert {label for _, label in read(folder, "data")[0]} == {"pos", "neg"}
    assert recognize([str(folder / "data")], FIELDS, formats(FIELDS)) == "classes"
    (folder / "data" / "more").mkdir()
    assert recognize([str(folder / "data")], FIELDS, formats(FIELDS)) == "folders"


def test_files_are_recognized_together(folder):
    def guess(*names):
        return recognize([str(folder / name) for name in names], FIELDS, formats(FIELDS))

    assert guess("pos.txt", "neg.txt") == guess("rt.pos", "rt.neg") == guess("rt.*") == "classes"
    (folder / "one.txt").write_text("".join(f"{i % 2} a film {i}\n" for i in range(40)))
    (folder / "two.txt").write_text("".join(f"{i % 2} the film {i}\n" for i in range(40)))
    assert guess("one.txt", "two.txt") == "labeled", "the same labels begin the lines of both"
    for name, words in (("kind.txt", "superb lovely"), ("unkind.txt", "awful broken")):
        starts = [start for start in ("The", "My", "It") for _ in range(20)]
        text = "".join(f"{start} film was {words.split()[i % 2]}\n" for i, start in enumerate(starts))
        (folder / name).write_text(text)
        (folder / f"one_{name}").write_text(text.replace("My", "The").replace("It", "The"))
    assert guess("kind.txt", "unkind.txt") == "classes", "the same words begin the sentences of both, which differ"
    assert guess("one_kind.txt", "one_unkind.txt") == "classes", "one word begins all lines, which is no label"
    with pytest.raises(UnrecognizedError, match=r"kind\.txt: looks like none of the formats that hold text, labels"):
        guess("kind.txt")
    for name in ("kind.txt", "unkind.txt"):
        (folder / name).write_text((folder / name).read_text().lower())
    with pytest.raises(DataError) as refused:
        guess("kind.txt", "unkind.txt")
    assert str(refused.value) == (
        f"{folder}/kind.txt, {folder}/unkind.txt: may be labeled (A label in front of each line: the first word is the "
        "label, the rest is the text), or together classes (A file a class: each line of it is one text, and the name "
        "of the file is its label). Say which: --set reader.name=labeled, or --set reader.name=classes"
    )
    for name in ("t.txt", "d.txt"):
        (folder / name).write_text("".join(f"film {i} of {name}\t{'pos' if i % 2 else 'neg'}\n" for i in range(40)))
    assert guess("t.txt", "d.txt") == "table", "what the first file looks like alone goes before what all may be"
    (folder / "a.csv").write_text("text,label\na,x\n")
    assert guess("a.csv", "pos.txt") == "table"
    (folder / "empty.txt").write_text("")
    with pytest.raises(DataError, match=r"empty\.txt: the file is empty\. Give it some text\."):
        guess("empty.txt")
