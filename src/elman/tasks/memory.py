"""Questions about stories: a story is told, and a question about it answered."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from elman.answers.base import Answer
from elman.answers.labels import likeliest
from elman.answers.questions import answer_to
from elman.data.encoded import Encoded
from elman.data.records import Example
from elman.evaluation.base import Verdict
from elman.evaluation.details import Detail
from elman.evaluation.looked import hops
from elman.evaluation.questions import Given, question_verdict
from elman.tasks.base import TaskData
from elman.tasks.base.answers_by import AnswersBy
from elman.tasks.base.picturing import Picturing
from elman.tasks.base.stories import StoryTask


class StoryQuestions(Picturing, StoryTask):
    """An answer to a question about a story.

        J = -1/N Σ log p(answer | story, question)

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of stories.
        answers: that of `answer`, any word of the vocabulary, as it is written where it is an answer.
    """

    class Config(StoryTask.Config):
        """Options of questions about stories."""

        name: str = "memory"

    default_model = "memory_network"
    verbs = ("examples", "questions", "stories")

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Ask a question about a story, or those of a file."""
        return ('elman predict {run} STORY.txt --question "..."', "elman evaluate {run} FILE")

    def trivial(self, data: TaskData) -> Mapping[str, AnswersBy]:
        """Return what sees only the question, and what sees only the last sentence of the story."""
        count = len(self.known)
        return {
            "question only": AnswersBy(data.train, "answer", count, "question"),
            "last sentence only": AnswersBy(data.train, "answer", count, "story"),
        }

    def present(self, example: Example, said: np.ndarray, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the k likeliest answers; in JSON at which sentences each hop looked."""
        found = likeliest(said, self.known.tokens, k)
        return answer_to(example, found, facts, example.fields["story"][-self.config.longest :], looked)

    def kept(self, example: Example, said: np.ndarray) -> Given:
        """Return the best answer, and how likely the true one is."""
        true = self.true(example)
        row = self.known.encode([true])[0] if true in self.known else None
        return Given(self.known.tokens[said.argmax()], 0.0 if row is None else float(said[row]))

    def verdict(self, data: Encoded, said: Sequence[Given]) -> Verdict:
        """Return the error of each file, their mean, and how many fail."""
        files = self.config.files
        learned = "learned:1 file" if files == 1 else f"learned:{files} files together"
        gold = [self.true(example) for example in data.examples]
        return question_verdict(data.examples, gold, said, self.known, learned)

    def pictured(self, model: Any, examples: Sequence[Example]) -> list[Detail]:
        """Return at which sentences each hop looked, of each question, and what was answered."""
        found = []
        for row, said, looked in self.each(model, self.encode(examples), True):
            example, answer = examples[row], self.known.tokens[said.argmax()]
            if looked is not None:
                title = f"{example.fields['question']} {answer}"
                found.append((row, hops(example.fields["story"][-self.config.longest :], looked, title)))
        return [detail for _, detail in sorted(found, key=lambda one: one[0])]
