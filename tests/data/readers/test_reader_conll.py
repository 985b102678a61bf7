"""CoNLL columns."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.readers.conll import ConllReader
from elman.errors import DataError
from tests.fields import kinds

TAGGED = ("words", "tags")


def read(path, text, fields=TAGGED, **options):
    path.write_text(text, encoding="utf-8")
    reader = ConllReader(ConllReader.Config(**options), fields)
    return list(reader.read([path])), reader


@pytest.fixture
def path(tmp_path):
    return tmp_path / "eng.train"


def test_sentences_end_at_empty_lines_and_document_starts(path):
    text = "-DOCSTART- -X- O O\n\n\nEU NNP I-NP ORG\nlamb NN I-NP O\n-DOCSTART- -X- O O\n \n# NN I-NP O\n\t\n"
    examples, reader = read(path, text)
    assert [example.fields for example in examples] == [
        {"words": ["EU", "lamb"], "tags": ["ORG", "O"]},
        {"words": ["#"], "tags": ["O"]},
    ]
    assert [example.where for example in examples] == [f"{path}:4", f"{path}:8"]
    assert reader.skipped == {"-DOCSTART- lines": 2}


def test_columns_are_chosen_from_both_ends(path):
    examples, _ = read(path, "1\tEU\tNNP\tORG\n", word_column=1, tag_column=2)
    assert examples[0].fields == {"words": ["EU"], "tags": ["NNP"]}
    examples, _ = read(path, "NNP EU\n", word_column=-1, tag_column=0)
    assert examples[0].fields == {"words": ["EU"], "tags": ["NNP"]}


def test_a_line_with_a_tab_keeps_its_blanks_and_a_no_break_space_is_part_of_a_word(path):
    examples, _ = read(path, "New York\tLOC\n10\u00a0000 CARDINAL\n")
    assert examples[0].fields["words"] == ["New York", "10\u00a0000"]


def test_words_alone_need_one_column(path):
    assert read(path, "EU\nlamb\n", ("words",))[0][0].fields == {"words": ["EU", "lamb"]}


def test_a_line_without_a_word_is_passed_over(path):
    examples, reader = read(path, "EU\tORG\n\tO\n")
    assert examples[0].fields["words"] == ["EU"]
    assert reader.skipped == {"lines with an empty word": 1}


def test_another_number_of_columns_is_refused_unless_it_may_vary(path):
    text = "\nEU NNP ORG\n\nlamb O\n"
    message = r"eng\.train:4: 2 columns, expected 3 as on line 2\. Set reader\.vary=true if they may vary\."
    with pytest.raises(DataError, match=message):
        read(path, text)
    assert read(path, text, vary=True)[0][1].fields == {"words": ["lamb"], "tags": ["O"]}


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("EU\n", {}, r":1: got 1 column, expected 2 or more: words in column 0 and tags in another\. Set"),
        ("a b\n", {"tag_column": 2}, r":1: got 2 columns, expected one more for reader\.tag_column=2\. .* -2 to 1\."),
        ("a b\n", {"word_column": -3}, r":1: got 2 columns, expected one more for reader\.word_column=-3\."),
        ("a\tO\nb\t\n", {}, r":2: the word 'b' has an empty tag, expected one\. Give it a tag, such as O\."),
        (
            "a\t\nb\tO\n\nc\t\nd\t\n",
            {},
            r":1: the word 'a' has an .*; so it is with 2 further words\. Give each a",
        ),
        ("-DOCSTART- O\n", {}, r"eng\.train: no example in it: got 1 -DOCSTART- line, expected one or more\."),
    ],
)
def test_what_is_refused(path, text, options, message):
    with pytest.raises(DataError, match=message):
        read(path, text, **options)


def test_a_sentence_of_fifty_thousand_words(path):
    examples, _ = read(path, "word O\n" * 50_000)
    assert len(examples[0].fields["words"]) == 50_000


def test_what_it_gives_and_recognizes():
    assert ConllReader.gives(kinds(TAGGED))
    assert not ConllReader.gives(kinds(("words", "tags", "label")))
    look = ConllReader.recognizes
    assert look(Path("eng.train"), "EU NNP ORG\nlamb NN O\n\nBlackburn NNP PER\n", TAGGED) == 2
    assert look(Path("eng.train"), "EU NNP ORG\nlamb NN O\n", TAGGED) == 1
    assert look(Path("eng.train"), "some text\nof lines\nthat are uneven\n", TAGGED) == 0
    assert look(Path("a.conll.gz"), "", TAGGED) == 2
    assert look(Path("a.conll,b.conll"), "", TAGGED) == 0


def tagged(examples):
    """Return words and tags, sentence by sentence, as `word/tag`."""
    return [
        " ".join(f"{word}/{tag}" for word, tag in zip(*example.fields.values(), strict=True)) for example in examples
    ]


def test_comments_are_passed_over_and_a_hash_with_its_tag_is_a_word(path):
    text = "# id 0\nAnna O O B-PER\n# O O O\n\n#begin document (x); part 1\n# id 1\nRome O O B-LOC\n"
    examples, reader = read(path, text)
    assert tagged(examples) == ["Anna/B-PER #/O", "Rome/B-LOC"]
    assert reader.skipped == {"comments": 3}
    examples, reader = read(path, "# id=1\nAnna B-PER\nis O\n# O\n")  # as many columns as the words
    assert tagged(examples) == ["Anna/B-PER is/O #/O"]
    assert tagged(read(path, "% x\nAnna B-PER\nis O\n", comments="%")[0]) == ["Anna/B-PER is/O"]
    assert tagged(read(path, "# B-X\nAnna B-PER\n", comments="")[0]) == ["#/B-X Anna/B-PER"]


def test_another_comment_is_refused_with_how_to_pass_it_over(path):
    message = (
        r":2: 1 column, expected 2 as on line 1\. Set reader\.vary=true if they may vary\. If it is a comment, set "
    )
    with pytest.raises(DataError, match=message + r"reader\.comments='%'\."):
        read(path, "Anna B-PER\n%x\n")


@pytest.mark.parametrize("separator", [" ", "\t"])
def test_a_column_that_counts_the_words_is_not_that_of_the_words(path, separator):
    rows = "1 Anna O B-PER\n2 is O O\n\n1 in O O\n2 Rome O B-LOC\n".replace(" ", separator)
    examples, reader = read(path, rows)
    assert tagged(examples) == ["Anna/B-PER is/O", "in/O Rome/B-LOC"]
    assert reader.remarks == [
        "words: in column 1 from 0, guessed, for the first counts 1, 2, 3; --set reader.word_column=0 takes the first"
    ]
    assert reader.settled.word_column == 1
    assert tagged(read(path, rows, word_column=0)[0]) == ["1/B-PER 2/O", "1/O 2/B-LOC"]
    assert tagged(read(path, "1 O\n2 O\n")[0]) == ["1/O 2/O"], "numbers that are the words"
    assert tagged(read(path, "1 x O\n5 x O\n")[0]) == ["1/O 5/O"], "numbers that count nothing"


def test_a_header_is_passed_over_wherever_it_stands(path):
    examples, reader = read(path, "token\ttag\nAnna\tB-PER\n\ntoken\ttag\nis\tO\ntoken\ttag\n")
    assert tagged(examples) == ["Anna/B-PER", "is/O token/tag"], "within a sentence it is a word"
    assert reader.skipped == {"header lines": 2}
    assert reader.remarks[0] == "eng.train: the first line, token tag, is read as the names of the columns"
    assert tagged(read(path, "pos\tword\tner\nN\tAnna\tB-PER\n")[0]) == ["Anna/B-PER"]


def test_a_line_without_its_tag_is_the_one_that_is_refused(path):
    text = "Anna B-PER\nis\nhere O\n\nin O\nRome B-LOC\n"
    assert ConllReader.recognizes(path, text, TAGGED) == 2
    with pytest.raises(DataError, match=r"eng\.train:2: 1 column, expected 2 as on line 1\."):
        read(path, text)
    with pytest.raises(DataError, match=r"eng\.train:1: 1 column, expected 2 as on line 2\."):
        read(path, "Anna\nis O\nhere O\n")


word = st.text(st.characters(codec="utf-8", exclude_categories=["Zs", "Zl", "Zp", "Cc", "Cs"]), min_size=1)
word = word.filter(lambda text: not text.startswith(("-DOCSTART-", "\ufeff")))
sentence = st.lists(st.tuples(word, word), min_size=1)


@given(sentences=st.lists(sentence, min_size=1), separator=st.sampled_from(" \t"))
def test_what_is_written_is_read(tmp_path_factory, sentences, separator):
    path = tmp_path_factory.mktemp("conll") / "a.txt"
    text = "\n".join("".join(f"{word}{separator}{tag}\n" for word, tag in sentence) for sentence in sentences)
    examples, _ = read(path, text, comments="", tag_style="none")
    found = [list(zip(*example.fields.values(), strict=True)) for example in examples]
    assert found == sentences


def test_all_broken_lines_are_counted_and_the_first_three_named(path):
    sentence = "Anna B-PER\nis O\nhere O\n\n"
    text = sentence * 9 + "x\n\n" + sentence + "a b c\ny\n\n" + sentence + "z\n"
    message = (
        r"eng\.train:37: 1 column, expected 2 as on line 1; so it is on 4 lines: 37, 43, 44 and 1 more\. Set reader"
        r"\.vary=true if they may vary\."
    )
    with pytest.raises(DataError, match=message):
        read(path, text)
    with pytest.raises(DataError, match=r":37: 1 column, expected 2 as on line 1; so it is on 2 lines: 37, 43\. Set"):
        read(path, sentence * 9 + "x\n\n" + sentence + "y\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "some text of lines\nthat are\nuneven as\nthey come now\n\n" * 9,
            ":1: 4 columns, expected 2 as on line 2; so it is on 18 lines: 1, 4, 6 and 15 more. ",
        ),
        ("text,label\n" + "it was good,pos\n" * 30, ":1: 1 column, expected 3 as on line 2. "),
    ],
)
def test_another_file_is_asked_about(path, text, told):
    with pytest.raises(DataError) as refused:
        read(path, text)
    expected = "Is it the right file? A line is a word with its tag, and an empty line stands after each sentence."
    assert str(refused.value) == f"{path}{told}{expected}"
