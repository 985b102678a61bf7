"""The short names of settings: one table for the command line and for keyword arguments from Python."""

from typing import NamedTuple


class Flag(NamedTuple):
    """A short name for one key of the configuration; one without a metavar is a switch, which takes no value."""

    name: str
    key: str
    metavar: str
    help: str


FLAGS = (
    Flag("model", "model.name", "NAME", "Which model: see `elman describe models`."),
    Flag("cell", "model.cell", "NAME", "Which recurrent cell: see `elman describe cells`."),
    Flag("layers", "model.num_layers", "N", "Stacked recurrent layers."),
    Flag("hidden", "model.hidden_size", "N", "Units of a recurrent layer."),
    Flag("dropout", "model.dropout", "P", "Probability of dropping a unit between layers, 0 to 1."),
    Flag("level", "task.level", "LEVEL", "What a token is: character, word, bpe, byte, or auto."),
    Flag("memory", "model.memory", "SIZE", "Work in files beyond so much memory, such as 300M; model ngram."),
    Flag("epochs", "training.epochs", "N", "Train for so many passes over the data."),
    Flag("steps", "training.steps", "N", "Train for so many updates."),
    Flag("minutes", "training.minutes", "M", "Train for about so long; fixed as steps before the first."),
    Flag("batch-size", "training.batch_size", "N", "Streams or sequences of one update."),
    Flag("learning-rate", "training.learning_rate", "R", "Peak learning rate."),
    Flag("seed", "training.seed", "N", "Seed of everything random."),
    Flag("device", "training.device", "DEVICE", "cpu, cuda, or auto."),
    Flag("strict", "data.strict", "", "Refuse data that is suspicious, instead of telling it."),
    Flag("threads", "training.threads", "N", "CPU threads; 0 takes what suits the model."),
)


def key_of(name: str) -> str | None:
    """Return the key that a short name stands for: `hidden` gives `model.hidden_size`."""
    for flag in FLAGS:
        if flag.name == name.replace("_", "-"):
            return flag.key
    return None
