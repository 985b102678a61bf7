"""Frames of one recording as they arrive."""

import numpy as np
import torch

from elman.data.records import Padded
from elman.errors import ConfigError
from elman.heads.base import ClassHead
from elman.layers.frame_encoder import FrameEncoder
from elman.layers.recurrent import RecurrentStack


class FrameStream:
    """Reads frames piece by piece, and says of each step as soon as it is whole what the network says of all at once.

    Each number has the same bits as where the recording is read in one go.

    Args:
        encoder: of frames, without convolutions.
        width: F, numbers of a frame.
        recurrent: reads forwards.
        head: says log p of each symbol at a step.

    Raises:
        ConfigError: the network reads from both ends, or looks at all places, or some ahead.
    """

    def __init__(self, encoder: FrameEncoder, width: int, recurrent: RecurrentStack, head: ClassHead) -> None:
        if encoder.config.convolutions:
            raise ConfigError(
                "model.convolutions: got a model whose filters look ahead, expected one that reads forwards to answer "
                "while frames arrive. Train one with --set model.convolutions=[]."
            )
        if recurrent.config.bidirectional or recurrent.attention is not None:
            raise ConfigError(
                "model.bidirectional: got a model that reads all of a recording, expected one that reads forwards to "
                "answer while frames arrive. Train one with --set model.bidirectional=false."
            )
        self._encoder, self._recurrent, self._head = encoder, recurrent, head
        self._device = next(recurrent.parameters()).device
        self._state = recurrent.initial_state(1).detach()
        self._left = np.empty((0, width), np.float32)

    def read(self, frames: np.ndarray) -> np.ndarray:
        """Return log p (nats) of each symbol at the steps that these frames end, (T', V).

        Args:
            frames: (T, F), as a coder makes them.
        """
        every = np.concatenate([self._left, frames])
        ready = self._encoder.ready(len(every))
        self._left = every[ready * self._encoder.stride :]
        return self._steps(every, ready)

    def end(self) -> np.ndarray:
        """Return the same of the last steps, where frames were left that are no whole one."""
        left, self._left = self._left, self._left[:0]
        return self._steps(left, int(self._encoder.lengths(len(left))))

    @torch.no_grad()
    def _steps(self, frames: np.ndarray, count: int) -> np.ndarray:
        inputs = self._encoder(Padded(torch.from_numpy(frames[None]).to(self._device))).values[:, :count]
        if not count:
            return np.empty((0, self._head.num_classes), np.float32)
        out = self._recurrent(inputs, self._state)
        self._state = out.state
        found: np.ndarray = self._head.log_probs(Padded(out.hidden))[0].cpu().numpy()
        return found
