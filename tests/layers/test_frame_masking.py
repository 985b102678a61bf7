"""What is hidden of frames in training: stretches, no longer than said, and nothing outside training."""

import pytest
import torch

from elman.data.outlines import Frames
from elman.data.records import Padded
from elman.layers.frame_encoder import FrameEncoder, FrameEncoderConfig
from elman.layers.frame_masking import FrameMasking, masked
from elman.moment import Noise


def ones(*lengths, width=12):
    return Padded(torch.ones(len(lengths), max(lengths), width, dtype=torch.float64), torch.tensor(lengths))


def runs(hidden):
    """Return the lengths of the stretches of a vector of booleans."""
    text = "".join("x" if one else " " for one in hidden.tolist())
    return [len(one) for one in text.split()]


@pytest.mark.parametrize("step", range(20))
def test_stretches_of_time_are_whole_frames_and_no_longer_than_said(step):
    frames = ones(100, 20, 4)
    found = masked(frames, FrameMasking(times=1, time_width=15), Noise(1, step)).values
    hidden = found == 0
    assert (hidden.any(2) == hidden.all(2)).all()
    for row, most in enumerate((15, 4, 0)):
        stretches = runs(hidden[row, :, 0])
        assert len(stretches) <= 1
        assert sum(stretches) <= most


@pytest.mark.parametrize("step", range(20))
def test_stretches_of_numbers_are_hidden_in_all_frames(step):
    found = masked(ones(30, 9), FrameMasking(bands=2, band_width=4), Noise(1, step)).values
    hidden = found == 0
    assert (hidden.any(1) == hidden.all(1)).all()
    assert all(len(runs(row)) <= 2 and sum(runs(row)) <= 8 for row in hidden[:, 0])


def test_widths_and_places_are_drawn_evenly():
    frames, counts = ones(*[50] * 4000, width=3), torch.zeros(50)
    found = masked(frames, FrameMasking(times=1, time_width=10), Noise(2, 0)).values[:, :, 0] == 0
    widths = torch.bincount(found.sum(1), minlength=11) / 4000
    assert torch.allclose(widths, torch.full((11,), 1 / 11, dtype=widths.dtype), atol=0.02)
    counts = found.double().mean(0)
    assert abs(float(counts[20:30].mean()) - float(counts[10:20].mean())) < 0.01  # away from the ends


def test_the_same_step_hides_the_same_and_nothing_is_hidden_outside_training():
    config, frames = FrameMasking(times=2, bands=1), ones(200, 80)
    both = [masked(frames, config, Noise(3, 5)).values for _ in range(2)]
    torch.testing.assert_close(*both, rtol=0, atol=0)
    assert not torch.equal(both[0], masked(frames, config, Noise(3, 6)).values)
    assert masked(frames, config, None) is frames


def test_where_it_is_off_no_noise_is_drawn():
    noise = Noise(1, 1)
    encoder = FrameEncoder(Frames((12,)), FrameEncoderConfig(stack=2)).double()
    encoder(ones(9), noise)
    torch.testing.assert_close(noise.keep_mask(torch.ones(50), 0.5), Noise(1, 1).keep_mask(torch.ones(50), 0.5))


def test_an_encoder_hides_frames_before_they_are_stacked():
    config = FrameEncoderConfig(stack=2, masking={"bands": 3, "band_width": 12})
    found = FrameEncoder(Frames((12,)), config).double()(ones(8), Noise(1, 0)).values
    hidden = (found == 0).reshape(1, 4, 2, 12)
    assert hidden.any()
    assert (hidden == hidden[:, :1, :1]).all()
