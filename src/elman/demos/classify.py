"""A BiLSTM learns whether a film review is kind, where every judgement may be turned around."""

from random import Random

from elman.demos.base import Demo

_REVIEWS = 4000
_GOOD = ["exciting", "awesome", "moving", "clever", "funny", "beautiful", "brilliant", "charming"]
_BAD = ["terrible", "dull", "bad", "clumsy", "boring", "ugly", "stupid", "tiresome"]
_THINGS = ["movie", "film", "story", "plot", "acting", "music", "ending", "cast"]
_TURNED = ["not {}", "hardly {}", "far from {}", "anything but {}", "never {}", "not at all {}"]
_STRONGER = ["{}", "very {}", "really {}", "terribly {}", "awfully {}", "so {}"]
_FRAMES = [
    "the {thing} is {judged} .",
    "this {thing} is {judged} .",
    "i found the {thing} {judged} .",
    "it 's {judged} .",
    "i have seen it many times and it 's still {judged} .",
    "a {judged} {thing} .",
]
_KIND = ["i love this {thing} .", "i would see it again .", "i enjoyed it .", "i like it ."]
_UNKIND = ["i do n't like it at all .", "i want my money back .", "i left early .", "i hate this {thing} ."]


class ClassifyDemo(Demo):
    """Reviews of a small grammar: `terribly exciting` is kind, `anything but clever` is not."""

    ending = "tsv"
    settings = {"task.name": "classify", "model.hidden_size": 64, "model.dropout": 0.3, "reader.name": "table"}
    inputs = (
        "I love this movie. I've seen it many times and it's still awesome.",
        "This movie is bad. I don't like it at all. It's terrible.",
        "terribly exciting",
        "The story is far from dull.",
    )

    def text(self) -> str:
        """Return the reviews, one a line, with their labels."""
        draw = Random(1)
        lines = dict.fromkeys(["text\tlabel"])
        while len(lines) <= _REVIEWS:
            lines[self._review(draw)] = None  # each review once: none is trained and validated on
        return "\n".join(lines) + "\n"

    def _review(self, draw: Random) -> str:
        kind = draw.random() < 0.5
        parts = [self._judgement(draw, kind) for _ in range(draw.randint(1, 2))]
        if draw.random() < 0.4:
            parts.insert(draw.randint(0, 1), draw.choice(_KIND if kind else _UNKIND).format(thing=draw.choice(_THINGS)))
        return f"{' '.join(parts)}\t{'positive' if kind else 'negative'}"

    @staticmethod
    def _judgement(draw: Random, kind: bool) -> str:
        turned = draw.random() < 0.4
        word = draw.choice(_GOOD if kind != turned else _BAD)
        judged = draw.choice(_TURNED if turned else _STRONGER).format(word)
        text = draw.choice(_FRAMES).format(thing=draw.choice(_THINGS), judged=judged)
        return judged if draw.random() < 0.1 else text
