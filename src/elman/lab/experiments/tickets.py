"""The tickets of the lecture: a word that was named many words before."""

from pydantic import Field

from elman.lab.compared import TrainedConfig, compared
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step

_DECK = (
    "When she tried to print her tickets , she found that the printer was out of toner . She went to the stationery "
    "store to buy more toner . It was very overpriced . After installing the toner into the printer , she finally "
    "printed her tickets"
)


class TicketsExperiment(Experiment):
    """A language model reads `when she tried to print her ITEM , ... . she finally printed her`, and says which item.

    The deck's tickets are word 7 and 42. Here k words stand between, with another item among them in half of the
    sentences; of eight items the right one has to be the likeliest. A trigram is at chance: it sees `printed her`.
    """

    class Config(TrainedConfig):
        """Options of the tickets."""

        lag: int = Field(10, ge=1, le=200, description="k, words between.")
        units: int = Field(64, ge=1, le=512, description="H.")
        updates: int = Field(1500, ge=10, le=1_000_000, description="Of each network and seed.")

    title = "Tickets: the word that was named many words before"
    formula = "p(item) > p of the seven others;  chance 1/8"
    deck = (Place("002", "25-30"), Place("003", "834-837"))
    rows = ("G10",)
    seconds = 100

    def found(self) -> Found:
        """Return how often each network names the right item."""
        from elman.lab.sentences import Tickets
        from elman.lab.training import Setting

        config = self.config
        networks = [
            Setting("LSTM, chrono", "lstm", config.units, 0.01, {"chrono": 2 * config.lag + 20}),
            Setting("LSTM, b_f = 1", "lstm", config.units, 0.01, {}),
            Setting("simple, tanh", "elman", config.units, 0.003, {}),
        ]
        found, _ = compared(Tickets(config.lag), networks, config, "share of items right", "chance, trigram: 1/8")
        words = [word.lower() for word in _DECK.split() if word.isalpha()]
        tokens = _DECK.lower().split()
        places = [
            Step(
                "tickets in the deck, words",
                "counted from 1",
                [k + 1 for k, one in enumerate(words) if one == "tickets"],
            ),
            Step(
                "tickets in the deck, tokens", "with marks", [k + 1 for k, one in enumerate(tokens) if one == "tickets"]
            ),
        ]
        return Found([*places, *found.steps], found.result, found.panels, found.inputs, tables=found.tables)
