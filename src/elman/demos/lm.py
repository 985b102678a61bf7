"""A character LSTM learns to write like Python's help."""

from elman.demos.base import Demo
from elman.errors import DataError


class LanguageModelDemo(Demo):
    """The texts of Python's own `help("topics")`, each paragraph once, and a character LSTM."""

    settings = {"task.name": "lm", "task.level": "character", "model.hidden_size": 256}

    def text(self) -> str:
        """Return the texts, in the order of their names.

        Raises:
            DataError: this Python comes without them.
        """
        try:
            from pydoc_data.topics import topics
        except ImportError:
            raise DataError(
                "elman demo: this Python lacks the module pydoc_data.topics, whose text the demo learns. "
                "Use a full Python, or any text of your own: elman train lm my.txt"
            ) from None
        whole = "\n\n".join(topics[name].strip("\n") for name in sorted(topics))
        return "\n\n".join(dict.fromkeys(whole.split("\n\n"))) + "\n"  # what is held out was not read before
