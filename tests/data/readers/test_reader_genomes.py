"""Sequences: FASTA and tables, capitals, U for T, what is no symbol; chains of residues."""

import pytest

from elman.data.fields import Field, Kind
from elman.data.readers import READERS, formats, recognize
from elman.errors import DataError

KIND = READERS.get("genomes")
FIELDS = (Field("text", Kind.TEXT), Field("labels", Kind.LABELS))
SEQUENCE = "ATTTGCGCAGAGACCTAAGGCATTAGCTTGGCCCTAAAG"


def read(folder, text, fields=("text", "labels"), **options):
    (folder / "a.x").write_text(text)
    one = KIND(KIND.Config(**options), fields)
    return [tuple(example.fields.values()) for example in one.read([folder / "a.x"])], one


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (f">s1 a donor EI\n{SEQUENCE[:20]}\n{SEQUENCE[20:]}\n>s2 N\n{SEQUENCE}\n", {}),
        (f"EI,s1,{SEQUENCE}\nN,s2,{SEQUENCE}\n", {}),
        (f"label\tname\tsequence\nEI\ts1\t{SEQUENCE}\nN\ts2\t{SEQUENCE}\n", {}),
        (f"{SEQUENCE}\tx\tEI\n{SEQUENCE}\ty\tN\n", {"columns": {"labels": 3}}),
    ],
)
def test_fasta_and_tables(text, options, tmp_path):
    found, one = read(tmp_path, text, **options)
    assert found == [(SEQUENCE, ["EI"]), (SEQUENCE, ["N"])]
    assert not one.remarks
    assert recognize([str(tmp_path / "a.x")], FIELDS, formats(FIELDS)) == "genomes"


def test_names_without_a_sequence_are_passed_over_with_their_lines(tmp_path):
    found, one = read(tmp_path, f">s1 x\n>s2 y\n{SEQUENCE}\n\n>s3 x\n>s4 x\n>s5 y\n{SEQUENCE}\n>s6 y\n")
    assert found == [(SEQUENCE, ["y"])] * 2
    assert one.passed_over == ["passed over: 4 names without a sequence, a.x:1, 5, 6 ..."]
    assert recognize([str(tmp_path / "a.x")], FIELDS, formats(FIELDS)) == "genomes"
    assert read(tmp_path, f">s1 x\n>s2 y\n{SEQUENCE}\n")[1].passed_over == [
        "passed over: 1 name without a sequence, a.x:1"
    ]
    with pytest.raises(DataError, match=r"a\.x: no example in it: got 2 names without a sequence, a\.x:1, 2, expected"):
        read(tmp_path, ">s1 x\n>s2 y\n")
    asked = KIND(KIND.Config(), ("text",)).for_answers()
    assert [example.fields["text"] for example in asked.read([tmp_path / "a.x"])] == ["", ""]


def test_small_letters_and_rna_are_read_and_told(tmp_path):
    found, one = read(tmp_path, "+,a,acguacguacgu\n-,b,ACGTACGTNNRS\n")
    assert found == [("ACGTACGTACGT", ["+"]), ("ACGTACGTNNRS", ["-"])]
    assert one.remarks == [
        "a.x: 1 sequences have small letters, read as capitals",
        "a.x: 1 sequences have U, read as T",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (">a x\nACGT1CGT\n>b y\nACGT\n", r"a\.x:1: '1' at place 5 of the sequence, expected a letter"),
        (f"EI,s1,{SEQUENCE}\nN,{SEQUENCE}\n", r"a\.x:2: 2 columns, expected 3 as on line 1"),
        ("EI,s1,s2\nN,s1,s3\n", r"a\.x:1: which column has the sequences\? Got EI, s1, s2\. Name it"),
    ],
)
def test_what_is_no_sequence(text, message, tmp_path):
    with pytest.raises(DataError, match=message):
        read(tmp_path, text)


def test_chains_of_residues(tmp_path):
    path = tmp_path / "a.train"
    path.write_text("# comment\n<>\nG _\nV e\nend\n<>\nA h\n<>\nL h\n<end>\n")
    kind = READERS.get("residues")
    found = [tuple(one.fields.values()) for one in kind(kind.Config(), ("words", "tags")).read([path])]
    assert found == [(["G", "V"], ["_", "e"]), (["A"], ["h"]), (["L"], ["h"])]
    tagged = (Field("words", Kind.WORDS), Field("tags", Kind.TAGS))
    assert recognize([str(path)], tagged, formats(tagged)) == "residues"
    path.write_text("<>\nG _ x\n")
    with pytest.raises(DataError, match=r"a\.train:2: got 'G _ x', expected a residue and its class, as in 'G h'"):
        list(kind(kind.Config(), ("words", "tags")).read([path]))


def test_lines_without_a_delimiter_are_asked_about(tmp_path):
    (tmp_path / "a.txt").write_text("zz9\n")
    with pytest.raises(DataError, match=r"a\.txt:1: which column has the sequences\? Got zz9\. Name it: "):
        list(KIND(KIND.Config(), ("text", "labels")).read([tmp_path / "a.txt"]))
