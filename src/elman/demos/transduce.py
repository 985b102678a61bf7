"""A machine with a memory learns to copy: vectors of bits are read, and must be written down once all were read."""

from elman.demos.base import Demo


class TransductionDemo(Demo):
    """Copies of up to twelve vectors of eight bits, which a neural Turing machine keeps in its memory."""

    ending = "toml"
    settings = {
        "task.name": "transduce",
        "model.hidden_size": 64,
        "model.machine_options": {"slots": 24, "slot_size": 12},
        "training.learning_rate": 0.01,
        "training.clip_norm": 0.5,
        "training.schedule": "constant",
        "training.batch_size": 16,
        "training.seed": 2,
        "training.steps": 600,
        "reader.name": "generated",
    }

    def text(self) -> str:
        """Return what says which sequences are made."""
        return 'task = "copy"\ncount = 8000\nlength = [1, 12]\n'
