"""Whole pictures and films: shapes, colours, other sizes, what is refused."""

import numpy as np
import pytest
from PIL import Image

from elman.data.recordings import Medium, Recording
from elman.errors import DataError
from elman.features.base import Extraction
from elman.features.image_columns import grey_of, ink_of


def coloured(height=6, width=8):
    found = np.full((height, width, 3), 255, np.uint8)
    found[2:4, 3:5] = (200, 10, 90)
    return found


def of(picture):
    return Recording(picture, Medium.PICTURE)


def test_a_picture_is_its_rows_in_colours():
    made = Extraction.settled(["picture"], {}, of(coloured()))
    assert made.options == {"picture": {"height": 6, "width": 8, "colours": 3}}
    assert made.shape == (8, 3)
    found = made(of(coloured()))
    np.testing.assert_allclose(found.reshape(6, 8, 3), 1 - coloured() / 255, atol=1e-6)
    np.testing.assert_allclose(made(of(255 - coloured())), 1 - found, atol=1e-6)  # a colour is never its opposite
    grey = Extraction.settled(["picture"], {"picture": {"colours": 1}}, of(coloured()))
    assert grey(of(coloured())).shape == (6, 8)
    np.testing.assert_allclose(grey(of(255 - grey_of(coloured()))), grey(of(coloured())), atol=1e-6)  # dark paper
    assert Extraction.settled(["picture"], {}, of(grey_of(coloured()))).shape == (8, 3)  # others may have colours
    assert made(of(grey_of(coloured()))).reshape(6, 8, 3).std(-1).max() == pytest.approx(0)


def test_pictures_of_another_size_keep_their_form():
    made = Extraction.settled(["picture"], {}, of(coloured()))
    found = made(of(coloured(12, 8))).reshape(6, 8, 3)
    assert found[:, :2].max() == found[:, 6:].max() == 0
    assert found[:, 2:6].max() > 0.3


def test_grey_is_what_pillow_makes_of_colours():
    drawn = np.random.default_rng(1).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    np.testing.assert_array_equal(grey_of(drawn), np.asarray(Image.fromarray(drawn).convert("L")))
    np.testing.assert_array_equal(ink_of(drawn), ink_of(grey_of(drawn)))


def test_a_film_is_its_pictures():
    film = np.full((12, 4), 255, np.uint8)
    film[5, 2] = 0
    made = Extraction.settled(["film"], {}, of(film))
    assert made.shape == (4, 4, 1)
    found = made(of(film))
    assert found.shape == (3, 16)
    assert np.argwhere(found == 1).tolist() == [[1, 6]]
    assert Extraction.settled(["film"], {"film": {"height": 6}}, of(film)).shape == (6, 4, 1)
    with pytest.raises(DataError, match=r"got 4 x 10 places, expected films of pictures of 4 x 4 below each other\."):
        made(of(film[:10]))


def test_a_picture_without_places_is_refused():
    made = Extraction.settled(["picture"], {}, of(coloured()))
    with pytest.raises(DataError, match=r"x\.png: the picture has no places\. Leave it out\."):
        made(of(np.zeros((0, 5), np.uint8)), "x.png")
