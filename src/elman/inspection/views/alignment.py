"""Which places of its source a model looked at for each token that it wrote."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from elman.answers.written import WrittenText
from elman.data.records import Example
from elman.errors import ConfigError
from elman.evaluation.looked import links, visible
from elman.inference.predictor import Predictor
from elman.inspection.views.base import Seen, View
from elman.tasks.base.framing import frames_of, reads_frames
from elman.text.folding import aligned

_MOST = 3
_LEAST = 0.05


class AlignmentView(View):
    """Where a model looks that writes a target to a source: at what it writes itself, or at a given target.

    An input is a source, or a file of pictures or of other recordings; a tab and a target may stand behind it.
    `pharaoh` has a line an input with pairs such as 0-0 1-2: the token or place of the source, counted from 0, that was
    looked at most, and the token of the target.
    """

    verb = "targets"
    formats = ("pharaoh",)
    title = "Where it looked"

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return what is missing: a text that is written, or a look at its source."""
        looks = getattr(model.model.config, "looks", False)
        return super().lacks(model) or ("" if looks else f"{model.model.title} looks at no place of the source.")

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield where it looked for each input.

        Raises:
            ConfigError: a source is empty.
        """
        task, model = self.model.offering("targets"), self.model.ready
        given = [example for line in lines for example in self._examples(task, line)]
        with_target = [row for row, example in enumerate(given) if "target" in example.fields]
        without = [row for row in range(len(given)) if row not in set(with_target)]
        found = dict(zip(with_target, task.read_targets(model, [given[row] for row in with_target], True), strict=True))
        found |= {
            row: said[0] for row, said in zip(without, task.write(model, [given[row] for row in without]), strict=True)
        }
        for row, example in enumerate(given):
            yield self._seen(example, found[row])

    def _examples(self, task: Any, line: str) -> list[Example]:
        """Return the example that a line is; of a task that reads recordings, those of the file that it names."""
        if not reads_frames(task, task.config):
            return [task.pair(line) if "\t" in line else task.parse(line, False)]
        name, _, target = line.partition("\t")
        found = frames_of(task, self.model.read(name))
        return [replace(one, fields={**one.fields, "target": [target]}) for one in found] if target else found

    def _seen(self, example: Example, found: WrittenText) -> Seen:
        if found.looked is None:
            raise ConfigError("the source is empty: nothing is written to it, and nowhere looked.")
        task, target = self.model.offering("targets"), found.looked_for
        source = task.places(example, found.looked.shape[1])
        first = len(found.tokens) + found.ended - len(target)
        pairs = links(found.looked, found.ended, first, task.source_ends)
        facts = {
            "source": task.named(example),
            "text": found.text,
            "tokens": {"source": source, "target": target},
            "weights": [[round(one, 4) for one in row] for row in found.looked.tolist()],
            "links": [list(pair) for pair in pairs],
        }
        detail = replace(task.looks(example, found), title=f"{task.named(example)} → {found.text}")
        pharaoh = " ".join(f"{place}-{number}" for place, number in pairs)
        return Seen(_text(source, target, found.looked), facts, [detail], {"pharaoh": pharaoh})


def _text(source: Sequence[str], target: Sequence[str], weights: np.ndarray) -> str:
    """Return a line for each token of the target: where it looked most, and how much."""
    rows = []
    for token, row in zip(target, weights, strict=True):
        order = np.argsort(-row, kind="stable")[:_MOST].tolist()
        told = [f"{visible(source[place])} {row[place]:.2f}" for place in order if row[place] >= _LEAST]
        rows.append([visible(token), "   ".join(told)])
    return "\n".join(aligned([["target", "looked at, with its share"], *rows], left=2))
