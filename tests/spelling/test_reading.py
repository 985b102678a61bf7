"""Three kinds of files of what was right and what was typed."""

import pytest

from elman.errors import DataError
from elman.spelling.pairs import Unit, word_pairs
from elman.spelling.reading import read_pairs

TAGGED = (
    "My Dad <ERR targ=works> wroks </ERR> at Melton.\n"
    "\n"
    "I <ERR targ=have to> haveto </ERR> go <ERR targ=sometimes> some times </ERR>, <ERR targ=?> xqz </ERR> #5\r\n"
    "<ERR targ='the'>the</ERR> end\n"
    ".\n"
)


def units(file):
    return [[(unit.right, unit.typed) for unit in pair.units] for pair in read_pairs(file).pairs]


def test_tagged_text_is_read_with_its_errors(tmp_path):
    file = tmp_path / "holbrook.ERR"
    file.write_text(TAGGED)
    found = read_pairs(file)
    assert [pair.typed for pair in found.pairs] == [
        "My Dad wroks at Melton.", "I haveto go some times, xqz £5", "the end", "."
    ]  # fmt: skip
    assert units(file)[:2] == [
        [("My", "My"), ("Dad", "Dad"), ("works", "wroks"), ("at", "at"), ("Melton.", "Melton.")],
        [("I", "I"), ("have to", "haveto"), ("go", "go"), ("sometimes,", "some times,"), (None, "xqz"),
         ("£5", "£5")],
    ]  # fmt: skip
    for pair in found.pairs:
        assert all(pair.typed[unit.start : unit.start + len(unit.typed)] == unit.typed for unit in pair.units)
    assert found.pairs[2].units[0] == Unit("the", "the", 0)
    assert found.pairs[2].units[0].is_right
    assert found.remarks == [
        f"{file}: 4 lines with 5 tagged errors",
        f"{file}: 1 error with targ=? left out: nobody knows what was meant",
    ]
    assert ("works", "wroks") in word_pairs(found.pairs)
    assert not [one for one in word_pairs(found.pairs) if "xqz" in one or "haveto" in one]


def test_tags_are_found_in_files_of_any_name_and_none_is_needed_where_the_name_says_it(tmp_path):
    for name, text in (("a.dat", "a <ERR targ=cat> cta </ERR>\n"), ("a.err", "a cat\n")):
        (tmp_path / name).write_text(text)
    assert units(tmp_path / "a.dat") == [[("a", "a"), ("cat", "cta")]]
    assert units(tmp_path / "a.err") == [[("a", "a"), ("cat", "cat")]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a\nb <ERR targ=x> c <ERR targ=y> d </ERR> </ERR>\n",
            r":2:18: got a tag within the one of column 3, expected",
        ),
        ("a <ERR targ=x> c\nd </ERR>\n", r":1:3: the tag is not closed on its line, expected </ERR>\.$"),
        ("a </ERR>\n", r":1:3: got </ERR>, expected an <ERR targ=RIGHT> before it on the line\.$"),
        ("a <ERR targ=> c </ERR>\n", r":1:3: got '<ERR targ=> c </ERR>', expected <ERR targ=RIGHT> WRONG </ERR>\.$"),
        ("a <ERR> c </ERR>\n", r":1:3: got '<ERR> c </ERR>', expected <ERR targ=RIGHT> WRONG </ERR>\.$"),
        ("a <ERR targ=x c </ERR>\n", r":1:3: got '<ERR targ=x c </ERR>', expected <ERR targ=RIGHT> WRONG </ERR>\.$"),
        ("a <ERR targ=x> </ERR>\n", r":1:16: got nothing between the tags, expected what was typed for 'x'\.$"),
    ],
)
def test_wrong_tags_are_refused_with_line_and_column(tmp_path, text, message):
    file = tmp_path / "wrong.ERR"
    file.write_text(text)
    with pytest.raises(DataError, match=message):
        read_pairs(file)


def test_lists_of_misspellings(tmp_path):
    file = tmp_path / "list.dat"
    file.write_bytes(b"$Albert\r\nAb\r\nAlbrt\r\n\r\n$have_to\r\nhaveto\r\n")
    assert units(file) == [[("Albert", "Ab")], [("Albert", "Albrt")], [("have to", "haveto")]]
    file.write_text("$a\nb\n$\nc\n")
    with pytest.raises(DataError, match=r":3: got '\$', expected \$ and a word that is right\.$"):
        read_pairs(file)


def test_pairs_are_read_with_bom_and_crlf(tmp_path):
    file = tmp_path / "pairs.tsv"
    file.write_bytes(b"\xef\xbb\xbfthe cat\tteh cat\r\n\r\na dog\ta dgo\r\n")
    assert units(file) == [[("the", "teh"), ("cat", "cat")], [("a", "a"), ("dog", "dgo")]]
    assert read_pairs(file).remarks == []


def test_lines_with_other_numbers_of_words_are_aligned_and_told_or_refused(tmp_path):
    file = tmp_path / "pairs.tsv"
    file.write_text("a cat\ta cta\nwe have to go\twe haveto go\n")
    assert units(file)[1] == [("we", "we"), ("have to", "haveto"), ("go", "go")]
    assert read_pairs(file).remarks == [
        f"{file}: 1 of 2 lines have not as many words on both sides: aligned by the fewest letters that differ, joined "
        "and split words as one"
    ]
    with pytest.raises(DataError, match=r":2: got 4 words that are right and 3 that were typed, expected as many\. W"):
        read_pairs(file, as_many=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("the cat\n", r":1: got 'the cat', expected right<TAB>wrong, both with words."),
        ("a\tb\nthe\t\n", r":2: got 'the\\t', expected right<TAB>wrong"),
        ("\n", "got no pair, expected lines right<TAB>wrong, text with <ERR targ=RIGHT>"),
    ],
)
def test_what_is_no_pair_is_refused(tmp_path, text, message):
    file = tmp_path / "pairs.tsv"
    file.write_text(text)
    with pytest.raises(DataError, match=message):
        read_pairs(file)


def test_what_touches_a_tag_is_of_its_word_and_an_apostrophe_is_no_quote(tmp_path):
    file = tmp_path / "a.dat"
    file.write_text("the <ERR targ=boy>bay</ERR>'s hat, (<ERR targ=boys'>boy's</ERR> <ERR targ=?>xq</ERR>. end\n")
    assert units(file) == [
        [("the", "the"), ("boy's", "bay's"), ("hat,", "hat,"), ("(boys'", "(boy's"), (None, "xq."), ("end", "end")]
    ]


def test_a_dollar_before_a_tab_is_text(tmp_path):
    file = tmp_path / "pairs.tsv"
    file.write_text("$5 is enough\t$5 is enuf\nthe cat\tteh cat\n")
    assert units(file) == [[("$5", "$5"), ("is", "is"), ("enough", "enuf")], [("the", "teh"), ("cat", "cat")]]
