"""Places of pictures and pictures of films: lengths against real shapes, the definition, and rows by themselves."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from elman.data.outlines import Frames
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.layers.frame_encoder import FrameEncoderConfig
from elman.layers.initialization import initialize
from elman.layers.inputs import frame_steps

pytestmark = pytest.mark.usefixtures("float64")


def made(shape, *filters, size=0, **options):
    found = frame_steps(Frames(shape), FrameEncoderConfig(convolutions=list(filters), **options), size).double()
    initialize(found, 1)
    return found


@pytest.mark.parametrize("filters", [(2,), (3, 2), (2, 3, 4), ()])
@pytest.mark.parametrize("width", [1, 5, 8])
def test_lengths_are_those_of_real_shapes(filters, width):
    encoder = made((width, 3), *filters, size=6)
    for height in range(1, 12):
        found = encoder(Padded(torch.randn(2, height, 3 * width)))
        assert found.values.shape == (2, encoder.lengths(height), 6)
    counts = np.arange(12)
    assert encoder.lengths(counts).tolist() == [encoder.lengths(int(count)) for count in counts]
    assert encoder(Padded(torch.zeros(2, 0, 3 * width))).values.shape == (2, 0, 6)


def test_a_place_is_its_formula():
    encoder, rows = made((7, 3), 4, size=5), torch.randn(2, 6, 21)
    found = encoder(Padded(rows, torch.tensor([6, 6])))
    picture = rows.reshape(2, 6, 7, 3)
    layer, join = encoder.convolutions.layers[0], encoder.join.layers[0]
    padded = functional.pad(picture, (0, 0, 1, 1, 1, 1))
    places, maps = [(i, j) for i in range(3) for j in range(4)], []
    for i, j in places:
        seen = []
        for y, x in [(2 * i + a, 2 * j + b) for a in (0, 1) for b in (0, 1) if 2 * i + a < 6 and 2 * j + b < 7]:
            patch = padded[:, y : y + 3, x : x + 3]
            seen.append(torch.einsum("nyxc,dcyx->nd", patch, layer.weight) + layer.bias)
        maps.append(torch.relu(torch.stack(seen)).amax(0))
    squares = torch.stack(maps).square().mean((0, 2))[:, None]
    for (i, j), x_ij in zip(places, maps, strict=True):
        where = torch.tensor([i - 1.0, 2 * j / 3 - 1]).expand(2, 2)
        v = torch.tanh(torch.cat([x_ij / (squares + 1e-6).sqrt(), where], 1) @ join.weight.T + join.bias)
        torch.testing.assert_close(found.values[:, 4 * i + j], v)
    assert found.lengths.tolist() == [12, 12]


def test_a_film_sees_each_picture_alone_and_no_padding():
    encoder = made((6, 5, 1), 3, 2)
    frames, lengths = torch.randn(3, 4, 30), torch.tensor([4, 0, 2])
    found = encoder(Padded(frames, lengths))
    assert found.values.shape == (3, 4, encoder.output_size) == (3, 4, 2 * 2 * 2)
    frames[2, 2:] = torch.nan
    again = encoder(Padded(frames, lengths))
    torch.testing.assert_close(again.values, found.values)
    for row, step in ((0, 0), (0, 3), (2, 1)):
        alone = encoder(Padded(frames[row : row + 1, step : step + 1])).values[0, 0]
        torch.testing.assert_close(found.values[row, step], alone)
    assert encoder.lengths(9) == 9


@pytest.mark.parametrize(
    ("shape", "what"), [((5, 3), "rows of a picture"), ((6, 5, 1), "pictures of a film")], ids=["picture", "film"]
)
def test_pictures_are_not_stacked(shape, what):
    with pytest.raises(ConfigError, match=rf"model\.stack: means nothing to {what}\. Leave it out\."):
        made(shape, 2, stack=2)


@pytest.mark.parametrize("shape", [(5, 3), (6, 5, 1)], ids=["picture", "film"])
def test_filters_that_grow_drive_nothing_to_its_ends(shape):
    encoder = made(shape, 2, size=4)
    frames = Padded(torch.rand(2, 4, int(np.prod(shape))))
    before = encoder(frames).values
    with torch.no_grad():
        for parameter in encoder.convolutions.parameters():
            parameter *= 1000
    torch.testing.assert_close(encoder(frames).values, before, rtol=1e-4, atol=1e-4)
    nothing = encoder(Padded(torch.zeros_like(frames.values)))
    assert nothing.values.isfinite().all()
