"""One loaded model asked by several threads at once, with new words in every call."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import elman

THREADS, CALLS = 4, 60
LETTERS = "abcdefghijklmn"


def text(draw, least=3, most=9):
    return "".join(draw.choice(LETTERS) for _ in range(draw.randint(least, most)))


def labelled(folder):
    draw, path = random.Random(1), folder / "texts.tsv"
    rows = [
        (draw.choice(["aaa", "bbb"]), "x") if number % 2 else (draw.choice(["hhh", "iii"]), "y") for number in range(80)
    ]
    path.write_text("".join(f"{text(draw)} {hint} {text(draw)}\t{label}\n" for hint, label in rows))
    return path


def tagged(folder):
    draw, path = random.Random(2), folder / "words.conll"
    lines = [f"{text(draw)} O\n{text(draw).title()} B-PER\n{text(draw).title()} I-PER\n. O\n\n" for _ in range(60)]
    path.write_text("".join(lines))
    return path


@pytest.fixture(scope="module", params=[("classify", labelled), ("tag", tagged)], ids=["classifier", "tagger"])
def trained(request, tmp_path_factory):
    """A small run that reads words, characters and shapes."""
    task, write = request.param
    folder = tmp_path_factory.mktemp(task)
    settings = {"model.characters": "cnn", "model.shape_size": 3, "model.embedding_size": 8}
    return elman.train(
        task, str(write(folder)), out=folder / "run", steps=20, hidden=6, threads=1, settings=settings
    ).path


@pytest.fixture
def often():
    """Threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def inputs(thread):
    """Return what a thread asks: words that no other call has, some written in several ways."""
    draw = random.Random(thread)
    asked = []
    for call in range(CALLS):
        words = [f"{text(draw)}{thread}{LETTERS[call % 14]}{text(draw)}" for _ in range(12)]
        asked.append(" ".join([*words, words[0].upper(), words[1].title(), draw.choice(["aaa", "hhh"])]))
    return asked


def answers(model, asked):
    """Return what a model says to each text alone: labels or tags, and their probabilities, of four digits."""
    tags = model.task.config.name == "tag"
    found = [model.answer([model.task.parse(one, True)], k=None if tags else 9)[0] for one in asked]
    if tags:
        return [answer.value for answer in found], [answer.facts["probabilities"] for answer in found]
    return [answer.value[0][0] for answer in found], [[p for _, p in sorted(answer.value)] for answer in found]


def test_threads_get_what_one_thread_gets(trained, often):
    everything = [inputs(thread) for thread in range(THREADS)]
    alone, shared = elman.load(trained), elman.load(trained)
    expected = [answers(alone, asked) for asked in everything]
    with ThreadPoolExecutor(THREADS) as threads:
        meanwhile = list(threads.map(lambda asked: answers(shared, asked), everything))
    for found in (meanwhile, [answers(shared, asked) for asked in everything]):
        for (said, how_sure), (right, sure) in zip(found, expected, strict=True):
            assert said == right
            for one, other in zip(how_sure, sure, strict=True):
                assert one == pytest.approx(other, abs=1.1e-4)
