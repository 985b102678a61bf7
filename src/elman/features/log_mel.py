"""The logarithm of energies in bands that are equally wide to the ear, a frame every 10 ms."""

from typing import Literal, Self

import numpy as np
from pydantic import Field

from elman.data.recordings import Medium, Recording
from elman.errors import ConfigError, DataError
from elman.features.base import Features
from elman.features.base.dither import Dither

_BLOCK = 4096
"""Frames that are transformed at once: a long recording takes no more memory than a short one."""


class LogMel(Features):
    """Log mel energies in Kaldi's order, of samples as whole numbers of 16 bits.

        x = samples [t S, t S + N) + d n_t,  N of `window_ms`, S of `shift_ms`;    T = 1 + floor((n - N) / S)
        x = x - mean x;    x_i = x_i - 0.97 x_{i-1},  x_0 = 0.03 x_0;    x = x · window
        y_m = log(max(floor, Σ_k M_mk |FFT(x)_k|²)),    M: triangles, linear and equally wide in mel
        mel(f) = 1127 ln(1 + f / 700)

    A recording that is shorter than a window is one frame, with silence behind it. n_t is normal noise, d `dither`.

    Source: Povey et al. (2011), ASRU, as `compute-fbank-feats` computes them.
    """

    class Config(Features.Config):
        """Options of log mel energies."""

        rate: int = Field(
            0, ge=0, description="Samples a second; 0: those of the first recording of the training part."
        )
        bins: int = Field(40, ge=1, le=512, description="F, bands.")
        window_ms: float = Field(25.0, gt=0, le=1000, description="N, the length of a frame, milliseconds.")
        shift_ms: float = Field(10.0, gt=0, le=1000, description="S, from one frame to the next, milliseconds.")
        low: float = Field(20.0, ge=0, description="Where the lowest band begins, Hz.")
        high: float = Field(0.0, ge=0, description="Where the highest ends, Hz; 0: half of the rate.")
        window: Literal["hamming", "povey"] = Field(
            "hamming", description="The window: Hamming's, or Kaldi's, the Hann window to the power 0.85."
        )
        dither: float = Field(
            0.0,
            ge=0,
            le=1000,
            description="d, the deviation of noise that is added to samples, in units of 16 bits; 0: none. The same "
            "recording has the same noise.",
        )
        floor: float = Field(1.0, gt=0, description="Energies below are taken as this: digital silence is log 1 = 0.")

    config: Config
    takes = Medium.SOUND

    def __init__(self, config: Config, whose: str = "in training") -> None:
        super().__init__(config)
        self._whose = whose  # the rate is, for messages
        rate = config.rate
        if not rate:
            return
        self.size, self.shift = (round(rate * ms / 1000) for ms in (config.window_ms, config.shift_ms))
        if self.size < 2 or self.shift < 1:
            raise ConfigError(
                f"feature_options.log_mel: frames of {config.window_ms:g} ms every {config.shift_ms:g} ms are "
                f"{self.size} samples every {self.shift} at {rate:,} Hz, expected 2 or more, every 1 or more."
            )
        points = 1 << (self.size - 1).bit_length()
        self.filters = mel_filters(config.bins, points, rate, config.low, config.high or rate / 2)
        place = np.arange(self.size) / (self.size - 1)
        hamming = 0.54 - 0.46 * np.cos(2 * np.pi * place)
        povey = (0.5 - 0.5 * np.cos(2 * np.pi * place)) ** 0.85
        self.window = hamming if config.window == "hamming" else povey
        self._points = points

    def settled(self, first: Recording) -> Self:
        """Return them for the rate of the first recording."""
        self.check(first)
        if self.config.rate:
            return type(self)(self.config, "feature_options.log_mel.rate says")
        return type(self)(self.config.model_copy(update={"rate": first.rate}), "the first recording has")

    def __call__(self, recording: Recording) -> np.ndarray:
        """Return (T, bins), float32.

        Raises:
            DataError: it has another rate.
        """
        if recording.rate != self.config.rate:
            raise DataError(
                f"got {recording.rate:,} samples a second, expected {self.config.rate:,} as {self._whose}. Convert it: "
                f"sox IN -r {self.config.rate} OUT"
            )
        samples = recording.values
        if len(samples) < self.size:
            samples = np.concatenate([samples, np.zeros(self.size - len(samples), samples.dtype)])
        frames = np.lib.stride_tricks.sliding_window_view(samples, self.size)[:: self.shift]
        dither = Dither(recording.values, self.config.dither) if self.config.dither else None
        found = []
        for number, first in enumerate(range(0, len(frames), _BLOCK)):
            some = frames[first : first + _BLOCK]
            found.append(self._energies(some if dither is None else some + dither.of_block(number, some.shape)))
        return np.concatenate(found)

    def _energies(self, frames: np.ndarray) -> np.ndarray:
        found = frames - frames.mean(1, keepdims=True, dtype=np.float64)
        found[:, 1:] -= 0.97 * found[:, :-1]  # the right side is computed first
        found[:, 0] *= 1 - 0.97
        power = np.abs(np.fft.rfft(found * self.window, self._points)) ** 2
        energies: np.ndarray = np.log(np.maximum(power @ self.filters.T, self.config.floor)).astype(np.float32)
        return energies


def mel(frequency: np.ndarray | float) -> np.ndarray:
    """Return frequencies (Hz) in mel."""
    return 1127.0 * np.log1p(np.asarray(frequency, np.float64) / 700.0)


def mel_filters(bins: int, points: int, rate: int, low: float, high: float) -> np.ndarray:
    """Return M, how much each band has of each point of a spectrum, (bins, points / 2 + 1).

    Raises:
        ConfigError: no band is there, or one is so narrow that it has no point.
    """
    if not 0 <= low < high <= rate / 2:
        raise ConfigError(
            f"feature_options.log_mel: bands from {low:g} to {high:g} Hz, expected them between 0 and half of the rate "
            f"of {rate:,} Hz. Set low and high."
        )
    filters = _triangles(bins, points, rate, low, high)
    if not filters.any(1).all():
        most = next(
            (some for some in range(bins - 1, 0, -1) if _triangles(some, points, rate, low, high).any(1).all()), 0
        )
        raise ConfigError(
            f"feature_options.log_mel.bins: got {bins}, of which {int((~filters.any(1)).sum())} have no point of a "
            f"spectrum of {points} at {rate:,} Hz, expected at most {most}. Set bins to that, or a longer window_ms."
        )
    return filters


def _triangles(bins: int, points: int, rate: int, low: float, high: float) -> np.ndarray:
    edges = np.linspace(mel(low), mel(high), bins + 2)
    places = mel(np.arange(points // 2 + 1) * rate / points)
    rising = (places - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - places) / (edges[2:] - edges[1:-1])[:, None]
    found: np.ndarray = np.maximum(np.minimum(rising, falling), 0.0)
    found[:, -1] = 0.0  # Kaldi's bands have no Nyquist frequency
    return found
