"""What each check of examples finds, to the word, and that it is silent where nothing is wrong."""

import numpy as np
import pytest

from elman.checks import CHECKS
from elman.data.fields import Field, Kind
from elman.data.parts import Parts
from elman.data.records import Example
from tests.checks.making import PAIR, TAGGED, WRITTEN, parts

MANY = [(f"the film number {i} was good", "pos" if i % 2 else "neg") for i in range(40)]
TAGS = [(f"Anna saw film{i} in the Hague", "B-PER O O O O B-LOC") for i in range(20)]
NFC, NFD = "caf\u00e9", "cafe\u0301"

FOUND = {
    "overlap": (
        parts(MANY, [MANY[3], MANY[5], ("another one of the old kind", "pos")]),
        "validation: 2 of 3 texts (66.7%) are in training too, first b:1, the same as a:4: scores come out too good. "
        "Take them out of one part.",
    ),
    "duplicates": (
        parts([*MANY, *MANY[:5], MANY[0]]),
        "training: 6 of 46 texts (13.0%) are there before, answer and all, one of them 3 times, first a:41, the same "
        "as a:1. Leave out what is no evidence of its own.",
    ),
    "contradictions": (
        parts([*MANY, (MANY[0][0], "pos"), (MANY[1][0], "neg")]),
        "training: 2 of 42 texts (4.8%) are there before with another answer, first a:1 (neg) and a:41 (pos). Mend "
        "them.",
    ),
    "alike_labels": (
        parts([*MANY, ("x", "Pos"), ("y", "Pos"), ("z", " pos")]),
        "labels: 'pos' 20 times, 'Pos' 2 times, ' pos' 1 time differ only in blanks and case, and each is a class of "
        "its own; ' pos' first in a:43. Write them in one way.",
    ),
    "labels_in_a_cell": (
        parts([*MANY, ("x", "pos|neg"), ("y", "neg | pos"), ("z", "pos|neg"), ("u", "pos|odd")]),
        "labels: 'pos|neg' and the like are 3 classes of their own, first in a:41. If '|' stands between several "
        "labels, --set reader.label_separator='|' of a table takes them apart; JSON has lists.",
    ),
    "rare_labels": (
        parts([*MANY, ("x", "odd"), ("y", "even")]),
        "labels: one training example for 2 of 4 labels: 'odd', 'even'; first in a:41. Give more, or leave them out.",
    ),
    "unseen_labels": (
        parts(MANY, [*MANY[:2], ("x", "odd")]),
        "labels: validation has 1 that training does not have (1 of 3, 33.3%): 'odd'; first in b:3. They are never "
        "answered: give training some of each.",
    ),
    "majority": (
        parts([(f"text {i}", "ham") for i in range(95)] + [(f"other {i}", "spam") for i in range(5)]),
        "labels: 95 of 100 in training are 'ham': who always says it has an accuracy of 95.0%. Look at macro F1 and at "
        "the table of classes instead.",
    ),
    "missing_values": (
        parts([*MANY, ("x", "NaN"), ("y", "NaN"), ("z", "NA")]),
        "labels: 'NaN' 2 times, 'NA' 1 time, first in a:41: read as a class of that name. Leave such rows out if a "
        "value is missing there.",
    ),
    "header_rows": (
        parts([*MANY, ("text", "label"), ("review", "sentiment")]),
        "training: a:41 is a row of column names and is read as data, with 1 more. Joined files keep their "
        "headers: take them out.",
    ),
    "lengths": (
        parts([*MANY, ("so " * 10_000, "pos")]),
        "text: a:41 has 30,000 characters, 99% of the others have at most 27. Is a quote open there, or a line end "
        "missing?",
    ),
    "empty_inputs": (
        parts([*MANY, ("...", "pos")]),
        "text: 1 of 41 (2.4%) have neither a letter nor a digit, first a:41. Leave them out if they say nothing.",
    ),
    "numbering": (
        parts([(str(i), "pos") for i in range(7, 30)]),
        "text: counts the rows, 7, 8, 9 and so on from a:1. Is it the right column? --set reader.columns names it.",
    ),
    "label_in_input": (
        parts([(f"{label} the film number {text}", label) for text, label in MANY]),
        "text: 40 of 40 training texts (100.0%) have their label in them as a word, first a:1. Take it out, or nothing "
        "else is learned.",
    ),
    "swapped": (
        parts(MANY[:10], MANY),
        "validation: 40 texts, and training 10. Have the files changed places?",
    ),
    "unknown_words": (
        parts(MANY, [(f"some other story about {i}", "pos") for i in range(9)], unknown=0.9),
        "validation: 90% of the words are unknown to training. --set task.words=characters reads their letters. More "
        "data helps, or --set task.vectors=FILE with vectors of more words.",
    ),
    "invisible": (
        parts([*MANY, ("nul\0 here", "pos")]),
        "texts: control characters (U+0000 1 time), first in a:41. Take them out: a word with one is another word.",
    ),
    "misread_letters": (
        parts([*MANY, ("a\ufffdb", "pos")]),
        "texts: U+FFFD 1 time, first in a:41: a letter that could not be read when the file was made. Make it again "
        "with the right encoding.",
    ),
}  # fmt: skip

MORE = [
    (
        "alike_labels",
        parts([("a", NFC), ("b", NFC), ("c", NFD)]),
        "labels: 'caf\u00e9' (U+00E9) 2 times, 'cafe\u0301' (U+0301) 1 time differ only in the form of their letters, "
        "and each is a class of its own; 'cafe\u0301' (U+0301) first in a:3. Write them in one way.",
    ),
    (
        "alike_labels",
        parts([("a", "1"), ("b", "01"), ("c", "1.0"), ("d", "10"), ("e", "2")]),
        "labels: '01' 1 time, '1' 1 time, '1.0' 1 time differ only in the form of a number, and each is a class of its "
        "own; '1.0' first in a:3. Write them in one way.",
    ),
    (
        "alike_labels",
        parts([("a", "not good"), ("b", "not\u00a0good"), ("c", "\uff11"), ("d", "1")]),
        "labels: 'not good' 1 time, 'not\\xa0good' (U+00A0) 1 time differ only in blanks, and each is a class of its "
        "own; 'not\\xa0good' (U+00A0) first in a:2. Write them in one way.\n"
        "labels: '1' 1 time, '\uff11' (U+FF11) 1 time differ only in the form of their letters, and each is a class of "
        "its own; '\uff11' (U+FF11) first in a:3. Write them in one way.",
    ),
    (
        "alike_labels",
        parts([("a b", "B-PER b-per")], fields=TAGGED),
        "tags: 'B-PER' 1 time, 'b-per' 1 time differ only in case, and each is a class of its own; 'b-per' first in "
        "a:1. Write them in one way.",
    ),
    (
        "contradictions",
        parts([(MANY[0][0], ["a"]), (MANY[0][0], ["b"]), (MANY[1][0], ["a", "b"]), (MANY[1][0], [])]),
        "training: 2 of 4 texts (50.0%) are there before with another answer, first a:1 (a) and a:2 (b). Where both "
        "are right, make one example with several labels of them.",
    ),
    (
        "overlap",
        parts([*TAGS, ("Anna saw film0 in here", "B-PER O O O O")], [TAGS[0], TAGS[2]], TAGGED),
        "validation: 2 of 2 sentences (100.0%) are in training too, first b:1, the same as a:1: scores come out too "
        "good. Take them out of one part.",
    ),
    (
        "unseen_labels",
        parts(TAGS, [("in Nato", "O B-ORG")], TAGGED),
        "tags: validation has 1 that training does not have (1 of 2, 50.0%): 'B-ORG'; first in b:1. They are never "
        "answered: give training some of each.",
    ),
    (
        "rare_labels",
        parts([(f"a{i}", f"b{i}", f"c{i}") for i in range(12)], fields=PAIR),
        "label: 12 of 12 training pairs have a label that no other has, such as 'c0', 'c1', 'c2', 'c3', 'c4' and 7 "
        "others. Is it the right column? --set reader.columns names it.",
    ),
    (
        "header_rows",
        parts([*TAGS, ("token is", "tag O")], fields=TAGGED),
        "training: a:21 is a row of column names and is read as data. Joined files keep their headers: take them out.",
    ),
    (
        "header_rows",
        parts(MANY, [("so", "pos"), ("text", "label")]),
        "validation: b:2 is a row of column names and is read as data. Joined files keep their headers: take them out.",
    ),
    (
        "lengths",
        parts([*TAGS, ("word " * 2000, "O " * 2000)], fields=TAGGED),
        "words: a:21 has 2,000 words, 99% of the others have at most 6. Is an empty line missing between its "
        "sentences?",
    ),
    (
        "swapped",
        parts([("O O B-PER O O B-LOC", " ".join(f"w{i}{k}" for k in range(6))) for i in range(9)], fields=TAGGED),
        "tags: 54 different ones for 3 different words, first a:1. Have words and tags changed places?",
    ),
    (
        "swapped",
        parts(
            [(f"a b c d {i % 3}", f"w x y z {i % 3}v") for i in range(9)],
            [(f"w x y z {i % 3}v", f"a b c d {i % 3}") for i in range(9)],
            WRITTEN,
        ),
        "validation: its source has the words of training's target and the other way round, first b:1. Have the two "
        "changed places? Name files side by side in one order, source,target, in training and validation, or swap "
        "them in reader.columns.",
    ),
    (
        "unknown_words",
        parts([(f"the {NFC} is nice", "x")] * 3, [(f"the {NFD} is nice", "x")] * 6, unknown=0.25),
        "validation: 6 of 24 words (25.0%) are unknown only because their letters are composed otherwise (NFC, NFD), "
        "such as 'cafe\\u0301'. Bring both parts into one form: uconv -x nfc FILE",
    ),
    (
        "unknown_words",
        parts(TAGS, [("x " * 30, "O " * 30)], TAGGED, 0.5),
        "validation: 50% of the words are unknown to training. More data helps, or --set task.vectors=FILE with "
        "vectors of more words.",
    ),
    (
        "unknown_words",
        parts([("a b", "b a")], [("x " * 30, "y")], WRITTEN, 0.5),
        "validation: 50% of the words are unknown to training. --set task.level=bpe, or character, knows all of them.",
    ),
    (
        "invisible",
        parts([("so\u200bmany", "pos"), ("a\ufeffb", "n\u200bo")]),
        "texts: signs without width (U+200B 2 times, U+FEFF 1 time), first in a:1. Take them out: a word with one is "
        "another word.",
    ),
    (
        "misread_letters",
        parts([("sch\u00c3\u00b6n", "a"), ("gr\u00c3\u00bcn", "b"), ("it\x92s", "c"), ("\x93so\x94", "d")]),
        "texts: '\u00c3\u00b6' and the like 2 times, first in a:1: UTF-8 that was read as Latin-1 and written again. "
        "Convert it back: iconv -f utf-8 -t latin1\n"
        "texts: control characters from U+0080 to U+009F 3 times, first in a:3: Windows-1252 that was read as Latin-1. "
        "Try --set reader.encoding=cp1252 on the file as it was.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "text"), [*((name, *found) for name, found in FOUND.items()), *MORE], ids=lambda one: str(one)[:20]
)
def test_what_is_wrong_is_found(name, data, text):
    assert "\n".join(CHECKS.get(name)().find(data)) == text


CLEAN = [
    parts(MANY, [(f"another film, {i}, was not", "neg") for i in range(10)]),
    parts(TAGS, TAGS[:0], TAGGED),
    parts([("thanks", "a"), ("yes please", "b"), ("thanks", "a")] * 9, [("no", "a"), ("yes", "b")]),
    parts([(f"{i * i}", f"{i} and ten", "yes" if i % 2 else "no") for i in range(40)], fields=PAIR),
    parts([(f"{i}", f"number {i}") for i in range(19)], [("111", "number 111")], WRITTEN),
]


@pytest.mark.parametrize("name", sorted(FOUND))
def test_data_as_it_should_be_gives_nothing(name):
    assert [list(CHECKS.get(name)().find(data)) for data in CLEAN] == [[]] * len(CLEAN)


def test_what_a_reader_tells_is_not_told_again():
    edges = parts([("x", "pos"), ("y", "\ufeffpos")])
    assert not list(CHECKS.get("invisible")().find(edges))
    same = parts(MANY)
    both = type(same)(same.fields, same.inputs, same.train, same.train)
    assert not list(CHECKS.get("overlap")().find(both))  # one file is both parts


def test_short_texts_come_twice_by_themselves():
    rows = [("thank you", "a"), ("yes", "b")] * 20
    assert not list(CHECKS.get("duplicates")().find(parts(rows)))
    assert not list(CHECKS.get("contradictions")().find(parts([*rows, ("yes", "a"), ("thank you", "b")])))
    assert not list(CHECKS.get("overlap")().find(parts(rows, [("yes", "b"), *[(f"no {i}", "a") for i in range(9)]])))


def _heard(rows, kind, field="text"):
    fields = (Field("frames", Kind.FRAMES), Field(field, kind))
    frames = [np.arange(12.0).reshape(6, 2) + number for number, _, _ in rows]
    made = zip(frames, rows, strict=True)
    return Parts(fields, ["frames"], [Example({"frames": one, field: said}, where) for one, (_, said, where) in made])


def test_a_recording_that_a_list_has_twice_with_two_texts_is_told():
    many = [(number, f"text {number}", f"{number}.wav") for number in range(1, 300)]
    rows = [(0, "go on", "a.wav"), *many, (0, "stop it", "a.wav")]
    assert list(CHECKS.get("contradictions")().find(_heard(rows, Kind.TEXT))) == [
        "training: 1 of 301 series (0.3%) are there before with another answer, first a.wav (go on) and a.wav (stop "
        "it). Mend them."
    ]
    rows = [(0, ["go on"], "a.wav"), *((n, [said], where) for n, said, where in many), (0, ["stop it"], "a.wav")]
    [found] = CHECKS.get("contradictions")().find(_heard(rows, Kind.LABELS, "labels"))
    assert "first a.wav (go on) and a.wav (stop it)" in found


def test_recordings_alike_and_captions_are_no_contradiction():
    check = CHECKS.get("contradictions")()
    many = [(number, f"text {number}", f"{number}.wav") for number in range(1, 300)]
    assert not list(check.find(_heard([(0, "go", "a.wav"), *many, (0, "go", "a.wav")], Kind.TEXT)))
    assert not list(check.find(_heard([(0, "go", "a.wav"), *many, (0, "stop", "b.wav")], Kind.TEXT)))
    captions = [(0, ["a dog"], "a.png"), (0, ["the dog"], "a.png")]
    assert not list(check.find(_heard(captions, Kind.TEXTS, "target")))
