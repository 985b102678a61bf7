"""How many texts that a run wrote parse, and how many of those it had read."""

from elman.errors import DataError
from elman.formats import FORMATS
from elman.formats.base import Tally
from elman.inference.predictor import Predictor
from elman.text.printed import counted

_FAULTS = 3


class TallyOfRun(Tally):
    """Counts texts of a run.

    Args:
        name: of the format.
        known: the text that the run was trained on; None where it is no longer there.
    """

    def __init__(self, name: str, known: str | None) -> None:
        super().__init__(FORMATS.get(name)(), known or "")
        self.name, self.compared = name, known is not None


def tally_of(run: Predictor, name: str) -> TallyOfRun:
    """Return what counts texts of a run that have a format, and knows what the run has read.

    Raises:
        ConfigError: there is no such format.
    """
    FORMATS.get(name)
    try:
        examples = run.reader.read(run.reader.find(run.training)) if run.training else ()
        known = "".join(example.fields["text"] for example in examples)
    except DataError:
        return TallyOfRun(name, None)
    return TallyOfRun(name, known if run.training else None)


def told(tally: TallyOfRun) -> list[str]:
    """Return what was counted, a sentence each."""
    share = (
        f"{tally.parsed:,} of {counted(tally.texts, 'texts')} parse as {tally.name} ({tally.parsed / tally.texts:.1%})"
    )
    new = tally.parsed - tally.copied
    copies = f", {tally.copied:,} of them stand in the training text: {new:,} are new ({new / tally.texts:.1%})"
    found = [share + (copies if tally.compared else "; the training text is not there to look for copies")]
    if tally.faults:
        most = tally.faults.most_common(_FAULTS)
        shown = ", ".join(f"{fault} {count:,}" for fault, count in most)
        others = tally.faults.total() - sum(count for _, count in most)
        found.append(f"what is wrong first: {shown}" + (f", other {others:,}" if others else ""))
    return found
