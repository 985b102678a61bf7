"""Sound: WAV, FLAC and Ogg files with a label or a text for each."""

from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from elman.data.media import MediaReader
from elman.data.recordings import Medium, Recording
from elman.data.wav import Sound, read_wav
from elman.errors import DataError


class AudioReader(MediaReader):
    """Yields the field `frames`, one channel of sound, with `labels` or a text beside it.

    A source is a folder, with a folder a class or with files that begin with their label (`7_george_0.wav`); such
    files themselves; or a list, a line a file: its name, and its label or text, with a tab or a comma between. WAV may
    have whole numbers of 8 to 32 bits, floats, A-law or µ-law; nothing is resampled.
    """

    class Config(MediaReader.Config):
        """Options of sound."""

        name: str = "audio"
        channel: Literal["", "mean"] | int = Field(
            "", description="Which channel is read where there are several: its number from 0, or mean of all."
        )

    config: Config
    endings = (".wav", ".flac", ".ogg")
    things = "recordings"

    def record(self, path: Path) -> Recording:
        """Return the sound of a file.

        Raises:
            DataError: it cannot be read, has no samples, or several channels and none is chosen.
        """
        sound = read_wav(path) if path.suffix.lower() == ".wav" else _decoded(path)
        if sound.remark:
            self.remark(sound.remark)
        if not len(sound.samples):
            raise DataError(f"{path}: no samples in it. Leave it out.")
        return Recording(self._channel(sound.samples, path), Medium.SOUND, sound.rate)

    def _channel(self, samples: np.ndarray, path: Path) -> np.ndarray:
        count, wanted = samples.shape[1], self.config.channel
        if count == 1:
            return samples[:, 0]
        if wanted == "mean":
            return samples.mean(1)
        if isinstance(wanted, int) and 0 <= wanted < count:
            return np.ascontiguousarray(samples[:, wanted])
        got = f", and reader.channel={wanted}" if isinstance(wanted, int) else ""
        every = ", ".join(map(str, range(count)))
        raise DataError(f"{path}: {count} channels{got}, expected one. Choose with reader.channel: {every} or mean.")


def _decoded(path: Path) -> Sound:
    """Return the sound of a file that is packed.

    Raises:
        DataError: it cannot be read.
    """
    import soundfile  # only where there is such a file: it loads a library

    try:
        samples, rate = soundfile.read(path, dtype="float64", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise DataError(
            f"{path}: cannot be read as sound: {str(error).strip().rstrip('.')}. What is read: .wav, .flac, .ogg."
        ) from error
    return Sound(samples * 32768.0, int(rate))
