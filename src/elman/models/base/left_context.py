"""Options of stacks that predict the next token."""

from typing import Self

from pydantic import model_validator

from elman.layers.recurrent import RecurrentConfig


class LeftContextConfig(RecurrentConfig):
    """Options of a recurrent stack that sees what stands before and nothing else."""

    @model_validator(mode="after")
    def _left_context_only(self) -> Self:
        for key in ("bidirectional", "self_attention_heads"):
            if getattr(self, key):
                raise ValueError(
                    f"{key}: a language model sees left context only, and this would show it the token that it has "
                    "to predict. Leave it out."
                )
        return self
