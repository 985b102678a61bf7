"""Tokens of a validation text that training does not have."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.running import RunningText

_SHARE = 0.3


class UnknownTokens(Check):
    """A validation text of which three in ten tokens are unknown, or more: perplexity says little then."""

    takes = (RunningText,)
    weight = 2

    def find(self, data: RunningText) -> Iterator[str]:
        """Yield the share, and what would help."""
        if data.unknown >= _SHARE:
            help_ = "--level bpe or character knows all of them" if data.level == "word" else "More text helps"
            yield (
                f"validation: {data.unknown:.0%} of the tokens are unknown to training, and perplexity counts them as "
                f"one easy token. {help_}."
            )
