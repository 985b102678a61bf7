"""Films whose pictures stand somewhere else in training: all by the same places, nothing from outside."""

import pytest
import torch

from elman.data.outlines import Frames
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.layers.frame_encoder import FrameEncoder, FrameEncoderConfig
from elman.layers.inputs import frame_steps
from elman.layers.picture_shifts import shifted
from elman.moment import Noise

HEIGHT, WIDTH, MOST = 7, 9, 3


def moves(step, count=40):
    """Return where a point in the middle of films with two pictures of two colours is moved to."""
    films = torch.zeros(count, 2, HEIGHT, WIDTH, 2)
    films[:, 0, 3, 4] = torch.tensor([1.0, 2.0])
    films[:, 1, 3, 5] = 3.0
    found = shifted(films, MOST, Noise(1, step))
    assert found.shape == films.shape
    for film in found:
        [[_, y, x, _], *_] = film[:1].nonzero().tolist()
        assert film[0, y, x].tolist() == [1, 2]
        assert film[1, y, x + 1].tolist() == [3, 3] if x < WIDTH - 1 else film[1].sum() == 0
        assert (film != 0).sum() == (4 if x < WIDTH - 1 else 2)
        yield y - 3, x - 4


def test_all_pictures_of_a_film_move_together_and_as_far_as_said():
    every = [move for step in range(20) for move in moves(step)]
    assert {y for y, _ in every} == {x for _, x in every} == set(range(-MOST, MOST + 1))
    assert len(set(every)) == (2 * MOST + 1) ** 2


def test_what_comes_in_from_outside_is_nothing():
    films = torch.arange(1.0, 13.0).reshape(1, 1, 3, 4, 1)
    seen = set()
    for step in range(200):
        picture = shifted(films, 1, Noise(1, step))[0, 0, :, :, 0]
        seen.add(tuple(picture.flatten().tolist()))
    assert len(seen) == 9
    assert (0, 0, 0, 0, 0, 1, 2, 3, 0, 5, 6, 7) in seen
    assert (6, 7, 8, 0, 10, 11, 12, 0, 0, 0, 0, 0) in seen


def test_nothing_moves_outside_training_or_where_nothing_is_said():
    films = torch.randn(2, 3, 4, 5, 1)
    assert shifted(films, 2, None) is films
    assert shifted(films, 0, Noise(1, 0)) is films


@pytest.mark.parametrize("shape", [(6, 5, 1), (5, 3)])
def test_encoders_move_pictures_in_training_alone(shape):
    still = frame_steps(Frames(shape), FrameEncoderConfig(convolutions=[3]))
    moved = frame_steps(Frames(shape), FrameEncoderConfig(convolutions=[3], shift=2))
    moved.load_state_dict(still.state_dict())
    frames = Padded(torch.rand(4, 6, 30 if len(shape) == 3 else 15), torch.tensor([6, 6, 6, 6]))
    torch.testing.assert_close(moved(frames).values, still(frames).values, rtol=0, atol=0)
    assert not torch.equal(moved(frames, Noise(1, 0)).values, still(frames).values)
    torch.testing.assert_close(moved(frames, Noise(1, 0)).values, moved(frames, Noise(1, 0)).values, rtol=0, atol=0)


def test_frames_that_are_no_pictures_are_not_moved():
    with pytest.raises(
        ConfigError, match=r"model\.shift: means nothing to frames that are no pictures\. Leave it out\."
    ):
        FrameEncoder(Frames((4,)), FrameEncoderConfig(shift=1))
