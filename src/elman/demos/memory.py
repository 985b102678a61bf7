"""A memory network hears who goes where and carries what, and says where people and things are."""

from random import Random

from elman.demos.base import Demo

_STORIES, _SENTENCES = 600, 10
_PEOPLE = ["Mary", "John", "Sandra", "Daniel"]
_PLACES = ["bathroom", "bedroom", "garden", "hallway", "kitchen", "office"]
_THINGS = ["apple", "football", "milk"]
_GOES = ["went to", "moved to", "journeyed to"]
_TAKES, _DROPS = ["took", "picked up"], ["dropped", "put down"]


class MemoryDemo(Demo):
    """Stories in the manner of the first two tasks of bAbI, with the sentences that each answer follows from."""

    settings = {
        "task.name": "memory",
        "reader.name": "babi",
        "model.embedding_size": 32,
        "model.linear_start": 0.2,
        "training.batch_size": 32,
        "training.steps": 3000,
        "training.learning_rate": 0.01,
        "training.threads": 1,
    }
    inputs = (
        "Mary went to the kitchen. John moved to the garden. Mary moved to the office.\tWhere is Mary?",
        "Mary went to the kitchen. Mary took the milk. John went to the office. Mary moved to the garden.\t"
        "Where is the milk?",
        "John took the apple. John went to the hallway. John dropped the apple. John moved to the bedroom.\t"
        "Where is the apple?",
    )

    def text(self) -> str:
        """Return the stories."""
        draw = Random(1)
        return "".join(line for _ in range(_STORIES) for line in Story(draw).lines())


class Story:
    """A story as it is told, a question after every other sentence. What is known has the lines that it is known from.

    Args:
        draw: what happens.
    """

    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self._at: dict[str, tuple[str, int]] = {}  # where people are, and the line that says it
        self._held: dict[str, tuple[str, int]] = {}  # who has a thing
        self._lies: dict[str, tuple[str, list[int]]] = {}  # where a thing lies

    def lines(self) -> list[str]:
        """Return its lines with their numbers."""
        found: list[str] = []
        for told in range(_SENTENCES):
            found.append(f"{len(found) + 1} {self._happens(len(found) + 1)}\n")
            if told % 2:
                found += [f"{number} {question}\n" for number, question in enumerate(self._asks(), len(found) + 1)]
        return found

    def _happens(self, line: int) -> str:
        """Return what happens next."""
        draw = self._draw
        who = draw.choice(_PEOPLE)
        place = self._at.get(who)
        held = [thing for thing, (holder, _) in self._held.items() if holder == who]
        free = [thing for thing in _THINGS if thing not in self._held]
        free = [thing for thing in free if place and self._lies.get(thing, place)[0] == place[0]]
        if held and draw.random() < 0.5:
            thing = draw.choice(held)
            _, taken = self._held.pop(thing)
            self._lies.pop(thing, None)
            if place:
                self._lies[thing] = place[0], [taken, line, place[1]]
            return f"{who} {draw.choice(_DROPS)} the {thing}."
        if free and draw.random() < 0.5:
            thing = draw.choice(free)
            self._held[thing] = who, line
            return f"{who} {draw.choice(_TAKES)} the {thing}."
        there = draw.choice([one for one in _PLACES if not place or one != place[0]])
        self._at[who] = there, line
        return f"{who} {draw.choice(_GOES)} the {there}."

    def _asks(self) -> list[str]:
        """Return a question about a person, and one about a thing if it is known where one is."""
        who = self._draw.choice(list(self._at))
        place, line = self._at[who]
        known = {thing: (place, lines) for thing, (place, lines) in self._lies.items() if thing not in self._held}
        known |= {
            thing: (self._at[holder][0], [taken, self._at[holder][1]]) for thing, (holder, taken) in self._held.items()
        }
        asked = [f"Where is {who}? \t{place}\t{line}"]
        if known:
            thing = self._draw.choice(list(known))
            place, lines = known[thing]
            asked.append(f"Where is the {thing}? \t{place}\t{' '.join(map(str, lines))}")
        return asked
