"""Whether a language model prefers the right one of two sentences, by sets such as those of lm-syneval."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from elman.inspection.clustered import Share, share
from elman.inspection.language_view import LanguageView
from elman.inspection.minimal_pairs import Preferred, preferred, read_pairs
from elman.inspection.views.base import Panel, Seen
from elman.pages.intervals import intervals
from elman.text.folding import aligned
from elman.text.printed import counted

_LITTLE_KNOWN = 0.5
_NUMBERS = ("sing", "plur")


class AgreementView(LanguageView):
    """How often p(right sentence) > p(wrong sentence), by sets of pairs: agreement of verbs, reflexives, and others.

    An input is a file with tabs between columns: right and wrong, before them the name of a set and of a case of it,
    behind them another wrong sentence, as lm-syneval has them (Marvin & Linzen, 2018); .gz is unpacked. Sentences are
    read as they stand, each from the start of a text; their ends are not counted, as they have no full stop.

    A pair counts where the vocabulary has all of its words; `forms known` is the share of which it has at least those
    that differ. `at the word` compares that word alone, after those before it, where the sentences differ in one. A tie
    is half right. In cases whose names have `sing` or `plur` twice, `one number` are those whose nouns have the same,
    `two numbers` those with a noun that misleads. For the interval, pairs with the same beginning and the same two
    forms are one case: what follows `the author is` and `the author are` asks nothing new. The same nouns come again in
    many cases, so intervals of large sets are narrower than those of other nouns would be. The mean is over sets, not
    over pairs.

    Source: Linzen, Dupoux & Goldberg (2016); Marvin & Linzen (2018), Targeted syntactic evaluation of language models.
    """

    title = "Agreement"

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield what is preferred of the pairs of each file.

        Raises:
            ElmanError: a file is none of pairs, or what the model predicts are no numbers.
        """
        task = self.model.offering("score")
        for name in lines:
            pairs, equal = read_pairs(name, self.model.encoding)
            found = list(preferred(self.model.model.stepper(), task.tokens, pairs))  # type: ignore[attr-defined]
            yield _seen(name, found, equal)


def _seen(name: str, found: Sequence[Preferred], equal: int) -> Seen:
    """Return the shares of all sets of a file."""
    groups: dict[str, list[Preferred]] = {}
    for one in found:
        groups.setdefault(one.pair.group, []).append(one)
    sets = {group: _facts(some) for group, some in groups.items()}
    told = {group: one for group, one in sets.items() if "right" in one}
    mean = {key: _mean(one.get(key) for one in told.values()) for key in ("right", "one number", "two numbers")}
    known = sum(one["known"] for one in sets.values())
    facts = {
        "file": name, "pairs": len(found), "equal": equal, "known": known, "sets": sets, "mean of sets": mean
    }  # fmt: skip
    rows = [[group, *_row(one)] for group, one in sets.items()]
    if len(told) > 1:
        last = [_percent(mean[key]) for key in ("one number", "two numbers")]
        rows.append([f"mean of {counted(len(told), 'sets')}", "", "", _percent(mean["right"]), "", "", "", *last])
    heads = ["set", "pairs", "known", "right", "95 %", "forms known", "at the word", "one number", "two numbers"]
    shares = [(one["right"], *one["interval"]) for one in told.values()]
    panel = Panel(
        "How often the right sentence is likelier",
        lambda: intervals(list(told), shares, "share of pairs that are right, with 95 %", ("chance", 0.5)),
    )
    text = "\n".join(aligned([heads, *rows]))
    return Seen(text, facts, verdict=_said(facts, told), panels=[panel] if told else [])


def _facts(some: Sequence[Preferred]) -> dict[str, Any]:
    """Return the numbers of one set."""
    known = [one for one in some if not math.isnan(one.sentence)]
    facts: dict[str, Any] = {
        "pairs": len(some), "known": len(known), "forms known": sum(one.forms_known for one in some)
    }  # fmt: skip
    if not known:
        return facts
    whole = _of(known)
    at_the_word = [one for one in known if not math.isnan(one.at_the_word)]
    facts |= {"right": whole.mean, "interval": [whole.low, whole.high], "cases that differ": whole.clusters}
    if at_the_word:
        facts["at the word"] = sum(one.at_the_word for one in at_the_word) / len(at_the_word)
    cases: dict[str, list[Preferred]] = {}
    numbers: dict[str, list[Preferred]] = {}
    for one in known:
        cases.setdefault(one.pair.case, []).append(one)
        if how := _numbers(one.pair.case):
            numbers.setdefault(how, []).append(one)
    facts["cases"] = {case: {"known": len(of), "right": _of(of).mean} for case, of in cases.items() if case}
    return facts | {how: _of(of).mean for how, of in numbers.items()}


def _of(some: Sequence[Preferred]) -> Share:
    return share([one.sentence for one in some], [one.question for one in some])


def _numbers(case: str) -> str:
    """Return whether the nouns of a case have one number or two; nothing where its name does not say."""
    named = [part for part in case.split("_") if part in _NUMBERS]
    return "" if len(named) < 2 else "one number" if len(set(named)) == 1 else "two numbers"


def _mean(values: Any) -> float | None:
    some = [value for value in values if value is not None]
    return sum(some) / len(some) if some else None


def _row(one: dict[str, Any]) -> list[str]:
    share_known = [f"{one[key] / one['pairs']:.0%}" for key in ("known", "forms known")]
    interval = " to ".join(f"{value:.0%}".rstrip("%") for value in one["interval"]) if "interval" in one else "-"
    three = [_percent(one.get(key)) for key in ("at the word", "one number", "two numbers")]
    return [f"{one['pairs']:,}", share_known[0], _percent(one.get("right")), interval, share_known[1], *three]


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _said(facts: dict[str, Any], told: dict[str, Any]) -> str:
    """Return what the model prefers, what misleads it, and how much of the file it can be asked."""
    known = facts["known"] / facts["pairs"]
    if not told:
        return (
            f"no pair of {facts['pairs']:,} has all words in the vocabulary: it cannot be asked. Lower-case text wants "
            "a run of lower-case text; or train with --level bpe."
        )
    mean = facts["mean of sets"]
    found = [f"{mean['right']:.1%} right, chance is 50 %: the mean of {counted(len(told), 'sets')}."]
    alike, misleads = mean["one number"], mean["two numbers"]
    if alike is not None and misleads is not None:
        what = "goes by the nearest noun" if misleads < 0.4 else "is misled" if alike - misleads > 0.1 else "holds"
        found.append(f"Where another noun has the other number it {what}: {misleads:.1%}, else {alike:.1%}.")
    if known < _LITTLE_KNOWN:
        found.append(f"Only {known:.0%} of the pairs have all words in the vocabulary, and count.")
    if facts["equal"]:
        found.append(f"{counted(facts['equal'], 'pairs')} of equal sentences left out.")
    return " ".join(found)
