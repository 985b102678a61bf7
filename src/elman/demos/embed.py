"""Vectors of words learn who is like whom at a court, in a stable, in a kitchen."""

from random import Random

from elman.demos.base import Demo

_SENTENCES = 6000
_PAIRS = [("king", "queen"), ("prince", "princess"), ("duke", "duchess"), ("man", "woman"), ("boy", "girl")]
_RANKS = [
    "crown throne castle",
    "crown castle garden",
    "castle sword horse",
    "house work street",
    "house school street",
]
_HIS = ["his beard", "his brother", "his uncle", "he", "himself"]
_HER = ["her gown", "her sister", "her aunt", "she", "herself"]
_ANIMALS = ["horse", "cow", "goat", "donkey", "sheep"]
_FOOD = ["bread", "soup", "cheese", "cake", "apples"]
_PLACES = ["stable", "meadow", "yard", "barn"]


class EmbedDemo(Demo):
    """Sentences of a small grammar: what a word is like shows in the words around it."""

    settings = {
        "task.name": "embed",
        "task.words": "blanks",
        "task.min_count": 1,
        "model.embedding_size": 32,
        "reader.name": "text",
    }
    inputs = ("queen", "horse", "soup", "barn")

    def text(self) -> str:
        """Return the sentences, one a line."""
        draw = Random(1)
        kinds = (self._person, self._person, self._animal, self._meal)
        return "".join(draw.choice(kinds)(draw) + "\n" for _ in range(_SENTENCES))

    @staticmethod
    def _person(draw: Random) -> str:
        number, female = draw.randrange(len(_PAIRS)), draw.random() < 0.5
        name, thing = _PAIRS[number][female], draw.choice(_RANKS[number].split())
        own = draw.choice(_HER if female else _HIS)
        return draw.choice([f"the {name} of the {thing} saw {own}", f"near the {thing} the {name} spoke of {own}"])

    @staticmethod
    def _animal(draw: Random) -> str:
        return f"a {draw.choice(_ANIMALS)} eats grass in the {draw.choice(_PLACES)}"

    @staticmethod
    def _meal(draw: Random) -> str:
        return f"we ate {draw.choice(_FOOD)} with {draw.choice(_FOOD)} for supper"
