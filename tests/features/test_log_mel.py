"""Log mel energies against the numbers of Kaldi, librosa and a slow definition, and where there are none."""

import numpy as np
import pytest

from elman.data.recordings import Medium, Recording
from elman.errors import ConfigError, DataError
from elman.features.base import Extraction
from elman.features.base.dither import Dither
from elman.features.log_mel import LogMel, mel_filters


def features(**options):
    return LogMel(LogMel.Config(**{"rate": 8000, "bins": 23, **options}))


def sound(samples, rate=8000):
    return Recording(np.asarray(samples), Medium.SOUND, rate)


def test_filters_of_the_goldens():
    # G4: rows of triangles that are linear in mel, as kaldi-native-fbank has them.
    sums = mel_filters(23, 256, 8000, 20, 4000).sum(1)
    np.testing.assert_allclose(
        sums[[0, 1, -1]], [1.943006523145654, 2.0962000861210073, 10.867385543910126], rtol=1e-12
    )


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("povey", [8.07939414, 24.61721881, 27.26421316, 24.43532371, 3.45320922]),
        ("hamming", [14.48885488, 24.55199081, 27.25834748, 24.36243595, 15.34523651]),
    ],
)
def test_a_tone_of_the_goldens(window, expected):
    tone = 16384 * np.sin(2 * np.pi * 1000 * np.arange(200) / 8000)
    found = features(window=window)(sound(tone))
    assert found.shape == (1, 23)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0, [0, 9, 10, 11, 22]], expected, rtol=2e-6)


def slow(samples, size=200, shift=80, points=256, bins=23):
    """Return log mel energies, frame by frame as the definition has it."""
    found = []
    for first in range(0, len(samples) - size + 1, shift):
        frame = samples[first : first + size] - samples[first : first + size].mean()
        emphasised = [frame[0] - 0.97 * frame[0], *(frame[i] - 0.97 * frame[i - 1] for i in range(1, size))]
        window = [0.54 - 0.46 * np.cos(2 * np.pi * i / (size - 1)) for i in range(size)]
        power = np.abs(np.fft.rfft(np.multiply(emphasised, window), points)) ** 2
        mels = [[] for _ in range(bins)]
        low, high = (1127 * np.log(1 + f / 700) for f in (20, 4000))
        step = (high - low) / (bins + 1)
        for k in range(points // 2):
            at = 1127 * np.log(1 + k * 8000 / points / 700)
            for m in range(bins):
                height = 1 - abs(at - (low + (m + 1) * step)) / step
                if height > 0:
                    mels[m].append(height * power[k])
        found.append([np.log(max(1.0, sum(one))) for one in mels])
    return np.array(found)


def test_D34_noise_against_the_definition():
    samples = np.random.default_rng(0).integers(-9000, 9000, 700).astype(np.int16)
    np.testing.assert_allclose(features()(sound(samples)), slow(samples.astype(float)), rtol=1e-6)


@pytest.mark.parametrize(("samples", "frames"), [(1, 1), (199, 1), (200, 1), (279, 1), (280, 2), (8000, 98)])
def test_how_many_frames_there_are(samples, frames):
    assert len(features()(sound(np.ones(samples)))) == frames


def test_many_frames_are_the_same_as_few():
    samples = np.random.default_rng(0).integers(-9000, 9000, 200 + 80 * 4200).astype(np.int16)
    whole = features()(sound(samples))
    np.testing.assert_array_equal(whole[4150:], features()(sound(samples[80 * 4150 :])))


def test_digital_silence_is_zero():
    assert (features()(sound(np.zeros(400, np.int16))) == 0).all()


def test_more_bands_than_the_spectrum_has_points_are_refused_with_how_many_it_has():
    with pytest.raises(ConfigError, match=r"bins: got 128, of which 4 have no point .* 8,000 Hz, expected at most \d+"):
        features(bins=128)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"high": 5000}, "bands from 20 to 5000 Hz, expected them between 0 and half of the rate of 8,000 Hz"),
        ({"low": 4000}, "bands from 4000 to 4000 Hz"),
        ({"shift_ms": 0.01}, "25 ms every 0.01 ms are 200 samples every 0 at 8,000 Hz, expected 2 or more, every 1 or"),
    ],
)
def test_options_that_mean_nothing(options, message):
    with pytest.raises(ConfigError, match=message):
        features(**options)


def test_the_first_recording_says_the_rate_and_another_is_refused_with_both():
    found = Extraction.settled([], {}, sound(np.ones(500), 16000))
    assert found.names == ("log_mel",)
    assert found.options["log_mel"]["rate"] == 16000
    got = r"b\.wav: got 8,000 samples a second, expected 16,000"
    with pytest.raises(DataError, match=f"{got} as the first recording has\\. Convert it: sox IN -r 16000 OUT"):
        found(sound(np.ones(500)), "b.wav")
    with pytest.raises(DataError, match=f"{got} as in training"):
        Extraction(found.names, found.options)(sound(np.ones(500)), "b.wav")
    with pytest.raises(DataError, match=r"a\.wav: .* expected 16,000 as feature_options\.log_mel\.rate says"):
        Extraction.settled(["log_mel"], found.options, sound(np.ones(500), 16000))(sound(np.ones(500)), "a.wav")


def test_another_medium_is_refused():
    with pytest.raises(DataError, match="got a picture, expected sound, of which features log_mel are computed"):
        Extraction(["log_mel"], {"log_mel": {"rate": 8000}})(Recording(np.ones((4, 4)), Medium.PICTURE))


def test_dither_is_off_and_silence_has_a_spectrum_with_it():
    silence = sound(np.zeros(1600, np.int16))
    assert LogMel.Config().dither == 0
    assert (features()(silence) == 0).all()  # log of the floor, 1
    found = features(dither=1.0)(silence)
    assert found.shape == features()(silence).shape
    assert (found.mean(0) > 0).all()  # single energies of the lowest bands may be below the floor
    assert (found.std(0) > 0).all()


def test_dither_is_noise_of_its_deviation_in_each_frame_for_itself():
    noise = Dither(np.arange(5.0), 3.0).of_block(0, (4000, 200))
    assert abs(noise.mean()) < 0.02
    assert abs(noise.std() - 3) < 0.02
    assert abs(np.corrcoef(noise[:-1, 80:].ravel(), noise[1:, :-80].ravel())[0, 1]) < 0.01  # samples that two share
    assert not np.array_equal(noise[:10], Dither(np.arange(5.0), 3.0).of_block(1, (4000, 200))[:10])


def test_dither_is_added_before_the_mean_is_taken_off():
    samples = np.random.default_rng(1).normal(0, 500, 200)
    noise = Dither(samples, 20.0).of_block(0, (1, 200))
    np.testing.assert_array_equal(features(dither=20.0)(sound(samples)), features()(sound(samples + noise[0])))


def test_dither_is_of_the_recording_and_of_nothing_that_happened_before():
    one, other = (np.random.default_rng(seed).integers(-900, 900, 1600).astype(np.int16) for seed in (1, 2))
    noisy = features(dither=1.0)
    first = noisy(sound(one))
    np.random.default_rng().random(3)
    np.random.seed(7)  # which nothing here may read
    assert not np.array_equal(noisy(sound(other)), first)
    np.testing.assert_array_equal(noisy(sound(one)), first)
    np.testing.assert_array_equal(noisy(sound(one.astype(np.float64))), first)
    assert not np.array_equal(Dither(one, 1.0).of_block(0, (2, 9)), Dither(other, 1.0).of_block(0, (2, 9)))
    np.testing.assert_allclose(first, features()(sound(one)), atol=0.5)


def test_dither_of_a_long_recording_goes_on_from_block_to_block():
    samples = np.zeros(200 + 80 * 4100)
    found = features(dither=1.0)(sound(samples))
    assert len(found) == 4101
    assert not np.array_equal(found[:5], found[4096:4101])
