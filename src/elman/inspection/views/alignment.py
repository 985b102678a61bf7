"""Which places of its source a model looked at for each token that it wrote."""

from collections.abc import Iterator, Sequence

import numpy as np

from elman.answers.written import WrittenText
from elman.data.records import Example
from elman.errors import ConfigError
from elman.evaluation.looked import links, looked, visible
from elman.inspection.views.base import Seen, View
from elman.text.folding import aligned

_MOST = 3
_LEAST = 0.05


class AlignmentView(View):
    """Where a model looks that writes a target to a source: at what it writes itself, or at a given target.

    An input is a source, or a source and a target with a tab between them. `pharaoh` has a line an input with pairs
    such as 0-0 1-2: the token of the source, counted from 0, that was looked at most, and the token of the target.
    """

    verb = "targets"
    formats = ("pharaoh",)
    title = "Where it looked"

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield where it looked for each input.

        Raises:
            ConfigError: its decoder looks nowhere.
        """
        task, model = self.model.offering("targets"), self.model.ready
        given = [task.pair(line) if "\t" in line else task.parse(line, False) for line in lines]
        with_target = [row for row, example in enumerate(given) if "target" in example.fields]
        without = [row for row in range(len(given)) if row not in set(with_target)]
        found = dict(zip(with_target, task.read_targets(model, [given[row] for row in with_target], True), strict=True))
        found |= {
            row: said[0] for row, said in zip(without, task.write(model, [given[row] for row in without]), strict=True)
        }
        for row, example in enumerate(given):
            yield self._seen(example, found[row])

    def _seen(self, example: Example, found: WrittenText) -> Seen:
        if found.looked is None:
            raise ConfigError(f"{self.model.path}: {self.model.model.title} looks at no place of the source.")
        source, target = self.model.offering("targets").source_tokens(example), found.looked_for
        first = len(found.tokens) + found.ended - len(target)
        pairs = links(found.looked, found.ended, first)
        facts = {
            "source": example.fields["source"],
            "text": found.text,
            "tokens": {"source": source, "target": target},
            "weights": [[round(one, 4) for one in row] for row in found.looked.tolist()],
            "links": [list(pair) for pair in pairs],
        }
        detail = looked(source, target, found.looked, f"{example.fields['source']} → {found.text}")
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
