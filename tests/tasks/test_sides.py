"""Sources and targets that have changed places are told where a model is asked, as they are where it is trained."""

import random

import pytest

import elman
from elman.cli.main import main
from elman.coders.tokens import TokensCoder
from elman.tasks.base.sides import are_turned

GERMAN, ENGLISH = (
    ["der", "hund", "katze", "und", "haus", "baum", "sieht", "rot", "ist", "klein"],
    ["the", "dog", "cat", "and", "house", "tree", "sees", "red", "is"],
)
COUNT = 60


def sentences(words, seed):
    draw = random.Random(seed)
    return [" ".join(draw.choice(words) for _ in range(draw.randint(3, 6))) for _ in range(COUNT)]


SOURCES, TARGETS = sentences(GERMAN, 1), sentences(ENGLISH, 2)


@pytest.mark.parametrize(("level", "size"), [("word", 0), ("bpe", 300)])
def test_sides_are_told_apart_by_the_tokens_of_training(level, size):
    coders = [TokensCoder.learn(texts, level, size) for texts in (SOURCES, TARGETS)]
    others = sentences(GERMAN, 3), sentences(ENGLISH, 4)
    assert not are_turned(others, coders)
    assert are_turned(others[::-1], coders)
    assert not are_turned(others[:1], coders)
    assert are_turned(others[1:], coders)
    assert not are_turned([texts[:3] for texts in others[::-1]], coders)  # too few to say so


def test_a_word_is_no_phone_although_one_token_is_less_than_its_letters():
    words, phones = ["congratulations", "bread", "house"] * 20, ["K AH N G R", "B R EH D", "HH AW S"] * 20
    coders = TokensCoder.learn(words, "character", 0), TokensCoder.learn(phones, "phone", 0)
    assert not are_turned([words, phones], coders)
    assert not are_turned([["strengthening"] * 30], coders)
    assert are_turned([phones, words], coders)


def test_one_vocabulary_says_nothing():
    coder = TokensCoder.learn([*SOURCES, *TARGETS], "word", 0)
    assert not are_turned((TARGETS, SOURCES), (coder, coder))


def test_it_is_told_by_evaluate_and_predict(tmp_path, capsys):
    for name, columns in (("right", (SOURCES, TARGETS)), ("wrong", (TARGETS, SOURCES))):
        rows = "".join(f"{source}\t{target}\n" for source, target in zip(*columns, strict=True))
        (tmp_path / f"{name}.tsv").write_text(f"source\ttarget\n{rows}")
    settings = {"task.level": "word", "model.hidden_size": 4}
    options = {"steps": 1, "threads": 1, "settings": settings, "listener": elman.silent}
    run = elman.train("seq2seq", tmp_path / "right.tsv", out=tmp_path / "run", **options).path
    told = []
    for command in ("evaluate", "predict"):
        for name in ("right", "wrong"):
            assert main([command, str(run), str(tmp_path / f"{name}.tsv")]) == 0
            told.append(capsys.readouterr().err)
    evaluated = "its sources have the words of training's targets and the other way round. Have the two changed places?"
    asked = "the sources have the words of training's targets. Have the two changed places? This run writes a target to"
    assert [evaluated in told[0], f"wrong.tsv:2: {evaluated}" in told[1]] == [False, True]
    assert [asked in told[2], asked in told[3]] == [False, True]
