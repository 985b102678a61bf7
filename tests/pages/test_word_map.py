"""A map of words: labels that cover nothing, on the page."""

import random
import re

import numpy as np
import pytest

import elman
from elman.pages import word_map as maps
from elman.pages.word_map import Label, on_page, place_labels, word_map

WIDTH, HEIGHT = maps._WIDTH * 72, maps._HEIGHT * 72


def words(count):
    draw = random.Random(1)
    return ["".join(draw.choice("abcdefgh") for _ in range(draw.randint(1, 14))) for _ in range(count)]


@pytest.mark.parametrize("spread", [1.0, 0.05])
def test_labels_meet_neither_each_other_nor_dots_and_stay_on_the_page(spread):
    rng = np.random.default_rng(1)
    middles = rng.normal(size=(8, 2))
    places = on_page(middles[rng.integers(8, size=160)] + spread * rng.normal(size=(160, 2)))
    names = words(160)
    labels = place_labels(places, names)
    assert 20 < len(labels) <= 160
    for number, label in enumerate(labels):
        assert 0 <= label.left < label.right <= WIDTH
        assert 0 <= label.bottom < label.top <= HEIGHT
        assert not any(label.meets(other) for other in labels[:number])
        own = names.index(label.text)
        dots = [Label("", x - 2, y - 2, x + 2, y + 2) for x, y in np.delete(places, own, 0).tolist()]
        assert not any(label.meets(dot) for dot in dots)


def test_the_first_words_choose_first():
    names = words(30)
    labels = place_labels(np.full((30, 2), 300.0), names)
    assert 2 <= len(labels) < 30
    assert labels[0].text == names[0]
    assert labels[0].left > 300  # to the right, where a label reads best
    one = place_labels(np.array([[300.0, 300.0], [308.0, 300.0]]), ["first", "second"])
    assert [label.text for label in one] == ["first", "second"]
    assert one[0].right < 308 < one[1].left


def test_labels_meet_where_they_share_some_of_the_page():
    label = Label("a", 0, 0, 10, 10)
    assert label.meets(Label("b", 9, 9, 20, 20))
    assert label.meets(Label("b", 2, 2, 3, 3))
    assert not label.meets(Label("b", 10, 0, 20, 10))
    assert not label.meets(Label("b", 0, 10, 10, 20))


@pytest.mark.parametrize("points", [[[3, 3]], [[1, 5], [2, 5]], [[7, 0], [7, 9], [7, 9]]])
def test_points_are_stretched_over_the_page_within_its_margin(points):
    places = on_page(np.array(points, np.float64))
    assert np.isfinite(places).all()
    assert (places >= maps._MARGIN).all()
    assert (places <= np.array([WIDTH, HEIGHT]) - maps._MARGIN).all()


def test_nothing_for_no_words():
    assert word_map([]) == "<p>No words.</p>"


def test_words_without_room_are_counted():
    drawn = word_map([["one", 0, 0], ["two", 9, 9], ["x" * 300, 5, 5]])
    assert drawn.startswith("<svg")
    assert drawn.endswith("<p>1 of 3 words have no room for their name.</p>")
    assert ">one</text>" in drawn
    assert "no room" not in word_map([["one", 0, 0]])


@pytest.mark.parametrize("word", ["$", "$5-$10", r"$\frac$", "a_b^c", "词汇", "\U0001fae0"])
def test_any_word_is_drawn_as_it_is(word):
    """No formula is made of it, and a font of this machine that lacks a letter is no matter."""
    assert f">{word}</text>" in word_map([[word, 0, 0], ["other", 1, 1]])


def test_marks_of_the_page_are_escaped():
    assert "&lt;b&gt;&amp;" in word_map([["<b>&", 0, 0]])


def test_the_report_has_the_map_and_the_means_of_passes(tmp_path, text_file, pictures):
    settings = {"model.embedding_size": 8}
    run = elman.train("embed", str(text_file), out=tmp_path / "run", epochs=2, threads=1, settings=settings)
    page = (run.path / "report.html").read_text()
    shown = page[page.index("Map: words that occur alike are near each other") :]
    assert {"anna", "ben", "sees", "likes"} <= set(re.findall(r">(\w+)</text>", shown))
    assert "mean of a pass" in page
    assert "nats a pair" in page
    assert "1: the same numbers each time" in page
