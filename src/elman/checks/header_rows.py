"""Header rows among the examples, as joined files have them."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.columns import is_usual
from elman.data.parts import Parts
from elman.data.records import Example

_LONGEST = 30
_WORDS = ("word", "token", "form")
_TAGS = ("tag", "pos", "upos", "ner", "chunk", "label")


class HeaderRows(Check):
    """Examples that are the names of columns: `text` with the label `label`, the word `token` with the tag `tag`."""

    takes = (Parts,)
    weight = 2

    def find(self, data: Parts) -> Iterator[str]:
        """Yield how many each part has, and the first."""
        for part, examples in (("training", data.train), ("validation", data.valid)):
            found = [example.where for example in examples if self._is_header(example)]
            if found:
                yield (
                    f"{part}: {found[0]} is a row of column names and is read as data"
                    + (f", with {len(found) - 1:,} more" if len(found) > 1 else "")
                    + ". Joined files keep their headers: take them out."
                )

    @staticmethod
    def _is_header(example: Example) -> bool:
        fields = example.fields
        if "words" in fields and "tags" in fields:
            pairs = zip(fields["words"], fields["tags"], strict=False)
            return any(word.lower() in _WORDS and tag.lower() in _TAGS for word, tag in pairs)
        if any(isinstance(value, str) and len(value) > _LONGEST for value in fields.values()):
            return False
        values = [(name, [value] if isinstance(value, str) else value) for name, value in fields.items()]
        return all(len(value) == 1 and isinstance(value[0], str) and is_usual(name, value[0]) for name, value in values)
