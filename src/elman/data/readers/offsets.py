"""Spans by characters in JSON: a text and where its names begin and end, as annotation tools export them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field

from elman.data.fields import Kind
from elman.data.json_records import Document, first_record
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.tagging import TagOptions
from elman.errors import DataError, quoted
from elman.text.characters import well_formed
from elman.text.printed import counted
from elman.text.schemes import OUTSIDE
from elman.text.simple import simple_spans

_TEXTS = ("text", "data", "sentence")
_SPANS = ("label", "labels", "entities", "spans", "annotations")
_STARTS = ("start", "start_offset", "begin")
_ENDS = ("end", "end_offset", "stop")
_KINDS = ("label", "type", "tag", "entity", "category")


class _Span(NamedTuple):
    start: int
    end: int
    kind: str


class OffsetsReader(Reader):
    """Yields the fields `words` and `tags`, a text an example, its words cut by the rule `simple`, its tags BIO.

    A record is such as `{"text": "EU rejects", "label": [[0, 2, "ORG"]]}`, `{"text": ..., "spans": [{"start": 0, "end":
    2, "label": "ORG"}]}` or `["EU rejects", {"entities": [[0, 2, "ORG"]]}]`, one a line or all in one array. Ends are
    behind the last character. A word that is partly in a span is in it; a span within another is passed over.
    """

    class Config(TagOptions, Reader.Config):
        """Options of spans by characters."""

        name: str = "offsets"
        spans: str = Field("", description="The key of the spans; left out, label, labels, entities, spans.")

    config: Config
    holds = {Kind.WORDS: 1, Kind.TAGS: 1}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where the first record has a text and a list of spans."""
        found = _parts(first_record(head), "")
        return 3 if found is not None and all(_span(one) is not None for one in found[1]) else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the texts of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no text; a record is something else; a span is outside of
                its text.
        """
        path = paths[0]
        document = Document(path, self.config.encoding, self.skipped)
        cut: Counter[str] = Counter()
        for where, record in document.records():
            found = _parts(record, self.config.spans)
            if found is None:
                raise DataError(
                    f'{where}: got {quoted(str(record))}, expected a text and its spans, such as {{"text": '
                    '"EU rejects", "label": [[0, 2, "ORG"]]}. Name the key of the spans with reader.spans.'
                )
            text, spans = found
            words = simple_spans(text)
            values = {"words": [well_formed(text[start:end]) for start, end in words]}
            if "tags" in self.fields:
                values["tags"] = self._tags(text, words, spans, where, cut)
            if words or self.answers:
                yield Example({field: values[field] for field in self.fields}, where)
            else:
                self.skipped["rows without words"] += 1
        if cut:
            self.remark(
                f"{path.name}: {counted(cut.total(), 'spans')} with an end inside a word, all of which is then in it, "
                f"first at {next(iter(cut))}"
            )

    def _tags(
        self, text: str, words: Sequence[tuple[int, int]], spans: Sequence[Any], where: str, cut: Counter[str]
    ) -> list[str]:
        """Return the tags of words, and count the spans that cut one."""
        tags = [OUTSIDE] * len(words)
        known = [self._checked(one, text, where) for one in spans]
        for span in sorted(known, key=lambda one: one.start - one.end):  # longer ones first
            inside = [i for i, (start, end) in enumerate(words) if start < span.end and end > span.start]
            if any(tags[i] != OUTSIDE for i in inside):
                self.skipped["spans within others"] += 1
                continue
            for i in inside:
                tags[i] = f"{'B' if i == inside[0] else 'I'}-{span.kind}"
            marked = text[span.start : span.end].strip()
            if inside and text[words[inside[0]][0] : words[inside[-1]][1]] != marked:
                cut[where] += 1
        return tags

    def _checked(self, one: Any, text: str, where: str) -> _Span:
        span = _span(one)
        if span is None or not 0 <= span.start < span.end <= len(text):
            raise DataError(
                f"{where}: got the span {quoted(str(one))}, expected its start, end and name within a text of "
                f'{len(text)} characters, such as [0, 2, "ORG"]. Mend it.'
            )
        return span


def _parts(record: Any, key: str) -> tuple[str, Sequence[Any]] | None:
    """Return the text of a record and its spans; None where it has another form."""
    if isinstance(record, list) and len(record) == 2 and isinstance(record[1], dict):
        record = {"text": record[0], **record[1]}
    if not isinstance(record, Mapping):
        return None
    text = next((record[name] for name in _TEXTS if isinstance(record.get(name), str)), None)
    spans = next((record[name] for name in ([key] if key else _SPANS) if isinstance(record.get(name), list)), None)
    return None if text is None or spans is None else (text, spans)


def _span(one: Any) -> _Span | None:
    if isinstance(one, Mapping):
        one = [next((one[name] for name in names if name in one), None) for names in (_STARTS, _ENDS, _KINDS)]
    if not isinstance(one, list) or len(one) != 3:
        return None
    start, end, kind = one
    if type(start) is not int or type(end) is not int or not isinstance(kind, str | int) or not str(kind).strip():
        return None
    return _Span(start, end, str(kind).strip())
