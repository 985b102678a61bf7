"""Pairs in XML, as RTE has them."""

import pytest

from elman.data.fields import Field, Kind
from elman.data.readers import formats, recognize
from elman.data.readers.entailment import EntailmentReader
from elman.errors import DataError

FIELDS = ("first", "second", "label")
KINDS = (Field("first", Kind.TEXT), Field("second", Kind.TEXT), Field("label", Kind.LABEL))
PAIRS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE entailment-corpus SYSTEM "rte.dtd">
<entailment-corpus>
  <pair id="1" entailment="YES" task="IE" length="short">
    <t>The sale was made to pay Yukos' US$ 27.5 billion tax bill &amp;
       more.</t>
    <h>Yuganskneftegaz cost US$ 27.5 billion.</h>
  </pair>
  <pair id="2" entailment="NO" task="QA"><t>ä</t><h>b</h></pair>
</entailment-corpus>
"""


def read(path, text, fields=FIELDS, **options):
    path.write_text(text, "utf-8")
    reader = EntailmentReader(EntailmentReader.Config(**options), fields)
    return [(*(example.fields[field] for field in fields), example.where) for example in reader.read([path])]


def test_pairs_are_read_with_their_lines(tmp_path):
    path = tmp_path / "rte.xml"
    assert read(path, PAIRS) == [
        (
            "The sale was made to pay Yukos' US$ 27.5 billion tax bill & more.",
            "Yuganskneftegaz cost US$ 27.5 billion.",
            "YES",
            f"{path}:4",
        ),
        ("ä", "b", "NO", f"{path}:9"),
    ]
    assert [row[-1] for row in read(path, PAIRS.replace("\n", " "))] == [f"{path}:1", f"{path}:row 2"]
    assert recognize([str(path)], KINDS, formats(KINDS)) == "entailment"
    assert [row[0] for row in read(path, PAIRS.replace("entailment=", "none="), ("first", "second"))][1] == "ä"


def test_the_first_challenge_says_value_and_others_something_else(tmp_path):
    path = tmp_path / "rte.xml"
    assert [row[2] for row in read(path, PAIRS.replace("entailment=", "value="))] == ["YES", "NO"]
    assert [row[2] for row in read(path, PAIRS, label="task")] == ["IE", "QA"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("entailment=", "gold=", r"x.xml:4: a pair without entailment or value or label: got the attributes id, gold"),
        ("<h>b</h>", "", r"x.xml:9: a pair without <h>, expected its two texts in <t> and <h>."),
        ("&amp;", "&", r"x.xml:5: not XML: not well-formed \(invalid token\). Write & as &amp; and < as &lt;."),
        ("</entailment-corpus>", "", r"x.xml:11: not XML: no element found."),
        ('"rte.dtd">', '"rte.dtd" [<!ENTITY a "aa">]>', r"x.xml:2: defines the entity 'a', expected none"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, old, new, message):
    with pytest.raises(DataError, match=message):
        read(tmp_path / "x.xml", PAIRS.replace(old, new))


def test_a_pair_within_the_text_of_another_is_a_pair_of_its_own(tmp_path):
    # Found by the soak: the inner one had nowhere to put its text.
    text = (
        '<x><pair id="1" entailment="YES"><t>a<pair id="2" entailment="NO">lost<t>b</t><h>c</h></pair></t></pair></x>'
    )
    assert [row[:3] for row in read(tmp_path / "x.xml", text)] == [("b", "c", "NO")]
