"""What word vectors are worth: on pairs that people have scored, and on analogies."""

from collections.abc import Callable, Sequence

import numpy as np

from elman.data.questions import Analogies, QuestionFile, WordPairs
from elman.evaluation.base import Evaluation, score
from elman.evaluation.details import Detail
from elman.metrics.base import Matches, Pairs, Score
from elman.vectors.lexicon import Lexicon
from elman.vectors.neighbours import Neighbours

Lookup = Callable[[str], int | None]
"""Returns the number of a word, or None if it has none."""

VectorOf = Callable[[str], np.ndarray | None]
"""Returns the vector of a word, or None if it has none."""


def question_verdict(questions: Sequence[QuestionFile], words: Lexicon) -> Evaluation:
    """Return what word vectors are worth on files of questions.

    Args:
        questions: of each file.
        words: that were learned, with their vectors.
    """
    scores: list[Score] = []
    counts: dict[str, int] = {"words": len(words.vocabulary)}
    details: list[Detail] = []
    stems = [path.stem for path, _ in questions]
    for path, asked in questions:
        name = path.stem if stems.count(path.stem) == 1 else f"{path.parent.name}_{path.stem}"
        if isinstance(asked, WordPairs):
            found = score_pairs(asked, words.vector_of, name)
        else:
            found = score_analogies(asked, words.id_of, words.neighbours, name)
        scores, counts, details = scores + found[0], counts | found[1], details + found[2]
    shown = ", ".join(f"{one.name.replace('_', ' ')} {one.value:.3f}" for one in scores)
    return Evaluation(scores, counts, shown, details)


def score_pairs(asked: WordPairs, vector_of: VectorOf, name: str) -> tuple[list[Score], dict[str, int], list[Detail]]:
    """Return how well cosines order pairs of words as people do, what was counted, and where they differ most.

        ρ = Spearman(cos(a, b), score)

    over the pairs whose words both have vectors.

    Args:
        asked: the pairs.
        vector_of: looks words up.
        name: of the file.
    """
    found = [(vector_of(a), vector_of(b)) for a, b in asked.pairs]
    rows = [i for i, (one, other) in enumerate(found) if one is not None and other is not None]
    given = np.array([_cosine(*found[i]) for i in rows])  # type: ignore[arg-type]
    how = f"pairs:{len(asked.pairs)}|answered:{len(rows)}|cosine"
    value = score("spearman", Pairs(asked.scores[rows], given), "-1 to 1", how, f"spearman_{name}")
    counts = {f"pairs of {name}": len(asked.pairs), f"answered of {name}": len(rows)}
    return [value], counts, _differences(asked, rows, given, name)


def score_analogies(
    asked: Analogies, id_of: Lookup, near: Neighbours, name: str
) -> tuple[list[Score], dict[str, int], list[Detail]]:
    """Return how many analogies a : b = c : d are completed rightly, in all and by section, and what was counted.

    The answer is the word nearest to b - a + c other than these; a question with a word without a vector is not asked.

    Args:
        asked: the questions.
        id_of: looks words up.
        near: finds the nearest.
        name: of the file.
    """
    rows: list[list[str | int | float]] = []
    right = answered = total = 0
    for section, questions in asked.sections.items():
        ids = [[id_of(word) for word in words] for words in questions]
        known = np.array([one for one in ids if None not in one], np.int64).reshape(-1, 4)
        hits = int((near.completed(known[:, :3]) == known[:, 3]).sum())
        rows.append([section, hits / len(known) if len(known) else float("nan"), hits, len(known), len(questions)])
        right, answered, total = right + hits, answered + len(known), total + len(questions)
    how = f"analogies:{total}|answered:{answered}|3CosAdd"
    value = score("accuracy", Matches(right, answered), "of questions", how, f"accuracy_{name}")
    counts = {f"questions of {name}": total, f"answered of {name}": answered}
    return [value], counts, [Detail(f"By section: {name}", ["section", "accuracy", "right", "answered", "asked"], rows)]


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if lengths else 0.0


def _differences(asked: WordPairs, rows: Sequence[int], given: np.ndarray, name: str) -> list[Detail]:
    """Return the pairs whose places in both orders are farthest apart."""
    if len(rows) < 2:
        return []
    truth = asked.scores[rows]
    places = [values.argsort().argsort() / (len(rows) - 1) for values in (truth, given)]
    worst = np.argsort(-np.abs(places[0] - places[1]), kind="stable")[:10]
    table = [[" - ".join(asked.pairs[rows[i]]), f"{truth[i]:g}", f"{given[i]:.3f}"] for i in worst.tolist()]
    return [Detail(f"Farthest from people's order: {name}", ["pair", "people", "cosine"], table)]
