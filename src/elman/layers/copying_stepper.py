"""A decoder that writes token by token and may copy its source."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from elman.cells.base import Memory, Step
from elman.layers.copying import Copied
from elman.layers.decoder_stepper import DecoderStepper
from elman.layers.embedding import Embedding
from elman.layers.leading import Copies


class CopyingStepper(DecoderStepper):
    """A decoder over encoded sources whose unknown words have ids of their own, behind those of the vocabulary.

    Such an id is of one source alone. It is read as the unknown token.

    Args:
        embedding: the vectors of target tokens.
        step: the decoder; it looks at the source.
        head: writes and copies, a `elman.heads.pointer.PointerHead`.
        memory: the sources.
        marks: the tokens that start and end a target, and the unknown one.
        places: what stands at each place of each source, (N, T).
    """

    def __init__(
        self,
        embedding: Embedding,
        step: Step,
        head: Any,
        memory: Memory,
        marks: tuple[int, int, int],
        places: Tensor,
    ) -> None:
        super().__init__(embedding, step, head, memory, marks[:2])
        self._unknown, self._places = marks[2], places

    def _vectors(self, ids: Tensor) -> Tensor:
        return self._embedding(ids.where(ids < self.size, self._unknown))

    def _beside(self, state: Any) -> Copies:
        return Copies(self._places[state.sources])

    def _beside_step(self, rows: Tensor, values: Mapping[str, Any], state: Any) -> Mapping[str, Any]:
        weights, context = (values[letter] for letter in Copies.letters)
        return {"copied": Copied.of(weights, context, rows, self._places[state.sources])}
