"""Whether text is cut into words already, and what is decided about it."""

import pytest

from elman.config import Settings
from elman.runs.configuration import RunConfig
from elman.tasks import TASKS
from elman.text.cutting import alone_share, cut_words, looks_tokenized, read_by_character, stands_apart


@pytest.mark.parametrize(
    ("text", "tokenized"),
    [
        ("the cat sat . the end .\n", True),
        ("a <unk> of b\n", True),
        ("The cat sat. The end.\n", False),
        ("abc\n", False),
    ],
)
def test_text_that_is_tokenized_looks_so(text, tokenized):
    assert looks_tokenized(text) is tokenized


@pytest.mark.parametrize(
    ("texts", "words", "why"),
    [
        (["The cat sat. The end."], "simple", "is cut off"),
        (["the cat sat . the end ."], "blanks", "stands apart already"),
    ],
)
def test_what_nobody_decided_is_guessed_and_said(texts, words, why):
    said, config = [], TASKS.get("classify").Config()
    assert cut_words(config, texts, said.append).words == words
    assert said == [f"words: {words}, guessed: punctuation {why}; --set task.words=simple or blanks decides it"]


def test_what_is_decided_stays_and_nothing_is_read():
    said, config = [], TASKS.get("classify").Config(words="blanks")
    assert cut_words(config, (1 / 0 for _ in "a"), said.append) is config
    assert said == []


ENDS = ("a", "en", "ino", "ko", "ov", "son", "u")
NAMES = [f"{first}{last}" for first in ("Ab", "Ka", "Mi", "Or", "Ul", "Vo", "Za") for last in ENDS]


def test_the_share_of_words_that_no_other_text_has():
    assert alone_share([["ann", "lee"], ["bo", "lee", "lee"]]) == 2 / 5
    assert alone_share([["bo", "bo"], []]) == 1
    assert alone_share([[]]) == 0


def test_names_are_read_by_character_and_it_is_said_why():
    said, config = [], TASKS.get("classify").Config()
    names = [*NAMES, "Aba", "ABA", "van Aba"]
    assert read_by_character(config, names, said.append).words == "characters"
    assert said == [
        "words: characters, guessed: 92% of the words occur in no other text, and a text has 1.0; --set "
        "task.words=simple, blanks or characters decides it"
    ]


@pytest.mark.parametrize(
    "texts",
    [
        NAMES,  # too few to tell
        [*NAMES, *NAMES],  # each word is known by another text
        [f"{name} was so kind" for name in [*NAMES, "Aba"]],  # texts are longer
    ],
)
def test_other_texts_are_read_by_word(texts):
    config = TASKS.get("classify").Config()
    assert read_by_character(config, texts, print) is config


def test_a_model_that_reads_characters_within_words_gets_words():
    tree = Settings()
    for key, value in {"task.name": "classify", "data.train": ["a.tsv"], "reader.name": "table"}.items():
        tree.set(key, value)
    assert RunConfig.resolve(tree).task.words == "auto"
    tree.set("model.characters", "cnn")
    config = RunConfig.resolve(tree).task
    assert read_by_character(config, [*NAMES, "x", "y"], print) is config
    assert cut_words(config, NAMES, lambda text: None).words == "simple"


def test_who_decided_is_not_overruled():
    config = TASKS.get("classify").Config(words="simple")
    assert read_by_character(config, [*NAMES, "x", "y"], print) is config


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("this film is bad .", True),
        ("this film is bad.", False),
        ('so bad!"', False),
        ("it's bad", False),
        ("$ 1 is bad ... etc.", True),  # known as it stands
        ("'t was dull.", True),  # dull is unknown, cut or not
        ("so-so", True),
        ("", True),
    ],
)
def test_a_mark_glued_to_a_known_word_is_seen(text, apart):
    known = {"this", "film", "is", "bad", ".", "!", '"', "it", "'s", "etc.", "so", "'t", "was", "-"}
    assert stands_apart(text, known.__contains__) is apart
