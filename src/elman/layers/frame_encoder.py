"""Frames of numbers as they come."""

from jaxtyping import Float
from torch import Tensor, nn

from elman.data.outlines import Frames
from elman.data.records import Batch
from elman.moment import Noise


class FrameEncoder(nn.Module):
    """x_t = z_t, a frame as its coder has standardised it. It has no weights.

    Args:
        outline: of the frames that are read.
    """

    def __init__(self, outline: Frames) -> None:
        super().__init__()
        self.output_size = outline.shape[0]

    def forward(self, batch: Batch, name: str = "frames", noise: Noise | None = None) -> Float[Tensor, "B T F"]:
        """Return the frames of a batch; they are numbers already, so that no noise acts on them.

        Args:
            batch: has the field, as tensors.
            name: of the field.
            noise: of a training step, or None.
        """
        return batch.fields[name].values
