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
        ("-DOCSTART- O\n", {}, r"eng\.train: no example in it: got 1 -DOCSTART- lines, expected one or more\."),
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


word = st.text(st.characters(codec="utf-8", exclude_categories=["Zs", "Zl", "Zp", "Cc", "Cs"]), min_size=1)
word = word.filter(lambda text: not text.startswith(("-DOCSTART-", "\ufeff")))
sentence = st.lists(st.tuples(word, word), min_size=1)


@given(sentences=st.lists(sentence, min_size=1), separator=st.sampled_from(" \t"))
def test_what_is_written_is_read(tmp_path_factory, sentences, separator):
    path = tmp_path_factory.mktemp("conll") / "a.txt"
    text = "\n".join("".join(f"{word}{separator}{tag}\n" for word, tag in sentence) for sentence in sentences)
    examples, _ = read(path, text)
    found = [list(zip(*example.fields.values(), strict=True)) for example in examples]
    assert found == sentences
