"""Words of validation that training does not have."""

from collections.abc import Iterator
from unicodedata import normalize

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.parts import Parts
from elman.text.cutting import BY_CHARACTER

_SHARE = 0.3
_COMPOSED = 0.05
_FEWEST = 20


class UnknownWords(Check):
    """Many words of validation that are unknown, and words that are unknown since their letters are composed otherwise.

    Told from 30% of the running words on; of other composition from 5% on.
    """

    takes = (Parts,)
    weight = 2

    def find(self, data: Parts) -> Iterator[str]:
        """Yield how many are unknown, and what would help."""
        fields = [one for one in data.of_kind(Kind.TEXT, Kind.WORDS) if one.name in data.inputs]
        if data.unknown < _COMPOSED or not fields:
            return
        asked = [word for field in fields for text in data.values(data.valid, field) for word in text.split()]
        if len(asked) < _FEWEST:
            return
        if not all(map(str.isascii, asked)):
            known: set[str] = set()
            for field in fields:
                for text in data.values(data.train, field):
                    known.update(text.split())
            forms = {normalize("NFC", word) for word in known if not word.isascii()}
            other = [word for word in asked if word not in known and normalize("NFC", word) in forms]
            if len(other) >= _COMPOSED * len(asked):
                yield (
                    f"validation: {len(other):,} of {len(asked):,} words ({len(other) / len(asked):.1%}) are unknown "
                    f"only because their letters are composed otherwise (NFC, NFD), such as {other[0]!a}. Bring both "
                    "parts into one form: uconv -x nfc FILE"
                )
                return
        if data.unknown >= _SHARE:
            yield (f"validation: {data.unknown:.0%} of the words are unknown to training. {_mend(data)}")


def _mend(data: Parts) -> str:
    """Return what helps against unknown words."""
    if any(field.kind is Kind.TEXT for field in data.answers):
        return "--set task.level=bpe, or character, knows all of them."
    more = "More data helps, or --set task.vectors=FILE with vectors of more words."
    if data.of_kind(Kind.LABELS):
        return f"{BY_CHARACTER} reads their letters. {more}"
    return more
