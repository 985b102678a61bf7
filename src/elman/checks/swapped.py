"""Files that seem to have changed places."""

from collections.abc import Iterable, Iterator

from elman.checks.base import Check
from elman.data.fields import Field, Kind
from elman.data.parts import Parts

_LARGER = 2
_KNOWN, _UNKNOWN = 0.5, 0.2
_FEWEST = 20


class Swapped(Check):
    """Validation larger than training; words and tags, or sources and targets, the other way round.

    Archives of series have small training parts on purpose.
    """

    takes = (Parts,)
    weight = 3

    def find(self, data: Parts) -> Iterator[str]:
        """Yield what seems to stand in the place of something else."""
        train, valid = len(data.train), len(data.valid)
        if train and valid > _LARGER * train and not data.of_kind(Kind.FRAMES, Kind.VECTORS):
            yield (f"validation: {valid:,} {data.things}, and training {train:,}. Have the files changed places?")
        yield from self._tags_for_words(data)
        yield from self._source_for_target(data)

    @staticmethod
    def _tags_for_words(data: Parts) -> Iterator[str]:
        for words, tags in zip(data.of_kind(Kind.WORDS), data.of_kind(Kind.TAGS), strict=False):
            different, kinds = len(set(data.values(data.train, words))), len(data.counts[tags.name][0])
            if kinds > _LARGER * different and kinds >= _FEWEST:
                yield (
                    f"tags: {kinds:,} different ones for {different:,} different words, first {data.train[0].where}. "
                    "Have words and tags changed places?"
                )

    @staticmethod
    def _source_for_target(data: Parts) -> Iterator[str]:
        if not data.valid or [field.kind for field in data.answers] != [Kind.TEXT]:
            return
        target, source = data.answers[0], data.of_kind(Kind.TEXT)[0]
        both = (source, target)
        read = {field: set(_words(data.values(data.train, field))) for field in both}
        asked = {field: list(_words(data.values(data.valid, field))) for field in both}
        if min(map(len, asked.values())) < _FEWEST:
            return

        def known(of: Field, among: Field) -> float:
            return sum(word in read[among] for word in asked[of]) / len(asked[of])

        right = max(known(source, source), known(target, target))
        if right < _UNKNOWN and min(known(source, target), known(target, source)) > _KNOWN:
            yield (
                f"validation: its {source.name} has the words of training's {target.name} and the other way round, "
                f"first {data.valid[0].where}. Have the two changed places? Name files side by side in one order, "
                f"{source.name},{target.name}, in training and validation, or swap them in reader.columns."
            )


def _words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from text.split()
