"""Options of tasks that write a text to each input: how long it may be, and how it is searched for or drawn."""

from datetime import date
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from elman.coders.tokens import TokensCoder
from elman.config import Config
from elman.decoding.choice import Choice
from elman.decoding.length_rules import Average, LengthPenalty, LengthRule, SumOfLogs, WordReward
from elman.decoding.targets import TargetWriter
from elman.errors import ConfigError, quoted

_BEAM = 5
_ALPHA = {"average": 1.0, "gnmt": 0.6, "reward": 1.0, "sum": 0.0}

OF_SEARCH = {"length_rule": "average", "length_weight": None}
"""Options that mean something for a search along several paths, as they usually are."""

OF_DRAWS = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "draw_seed": 1}
"""The same of draws."""


class WritingConfig(Config):
    """How targets are written: a run can be asked with other options than it was trained with."""

    beam: int = Field(
        _BEAM, ge=0, le=1000, description="Paths that the search for a target keeps; 1 is greedy, 0 draws targets."
    )
    length_rule: Literal["average", "gnmt", "reward", "sum"] = Field(
        "average",
        description="How the score Σ log p of a path hangs on its L tokens: average divides it by L^a, gnmt by "
        "((5 + L) / 6)^a, reward adds a L, sum does nothing.",
    )
    length_weight: float | None = Field(None, ge=0, description="a; by default 1 (average, reward) or 0.6 (gnmt).")
    longest_ratio: float = Field(2.0, gt=0, description="Tokens of a target for each of its source, at most ...")
    longest_more: int = Field(10, ge=0, description="... and so many more.")
    shortest_ratio: float = Field(0.0, ge=0, description="Tokens of a target for each of its source, at least ...")
    shortest_more: int = Field(0, ge=0, description="... and so many more.")
    blocked: int = Field(0, ge=0, description="No so many tokens in a row come twice in a target; 0 blocks nothing.")
    banned: list[str] = Field([], description="Tokens that are never written.")
    prefix: str = Field("", description="What every target begins with.")
    temperature: float = Field(1.0, ge=0, description="Of draws: log-probabilities are divided by it.")
    top_k: int = Field(0, ge=0, description="Of draws: only so many of the likeliest tokens; 0 takes all.")
    top_p: float = Field(1.0, gt=0, le=1, description="Of draws: only the fewest likeliest tokens that reach it.")
    draw_seed: int = Field(1, ge=0, description="Of draws: the same seed draws the same targets.")

    @field_validator("prefix", mode="before")
    @classmethod
    def _a_number_is_a_text(cls, prefix: Any) -> Any:
        return str(prefix) if isinstance(prefix, int | float | date) else prefix

    @field_validator("banned", mode="before")
    @classmethod
    def _numbers_are_tokens(cls, banned: Any) -> Any:
        found = banned if isinstance(banned, list) else [banned]
        return [str(token) if isinstance(token, int | float | date) else token for token in found]

    @model_validator(mode="after")
    def _shorter_than_longest(self) -> Self:
        for part in ("ratio", "more"):
            least, most = getattr(self, f"shortest_{part}"), getattr(self, f"longest_{part}")
            if least > most:
                raise ValueError(
                    f"shortest_{part}: got {least:g} with longest_{part} {most:g}, expected no more: a target has at "
                    f"least shortest_ratio T + shortest_more tokens for a source of T. Set task.longest_{part} too."
                )
        return self

    @model_validator(mode="after")
    def _of_draws_or_of_a_search(self) -> Self:
        searched = OF_SEARCH | {"blocked": 0, "shortest_ratio": 0.0, "shortest_more": 0}
        drawn = OF_DRAWS
        for name, default in drawn.items() if self.beam else searched.items():
            if getattr(self, name) != default:
                does, instead = ("searches", "beam = 0 draws") if self.beam else ("draws", "beam = 5 searches")
                raise ValueError(f"{name}: means nothing where beam = {self.beam} {does} targets; {instead}.")
        if self.length_rule == "sum" and self.length_weight is not None:
            raise ValueError("length_weight: the rule sum has none. Leave it out.")
        return self

    @property
    def rule(self) -> LengthRule:
        """How the score of a path depends on its length."""
        weight = _ALPHA[self.length_rule] if self.length_weight is None else self.length_weight
        made: dict[str, LengthRule] = {
            "average": Average(weight),
            "gnmt": LengthPenalty(weight),
            "reward": WordReward(weight),
            "sum": SumOfLogs(),
        }
        return made[self.length_rule]

    def most(self, lengths: np.ndarray) -> np.ndarray:
        """Return how many tokens the targets of sources have at most, their ends included."""
        return np.ceil(self.longest_ratio * lengths).astype(np.int64) + self.longest_more

    def least(self, lengths: np.ndarray) -> np.ndarray:
        """Return how many tokens they have at least, without their ends."""
        return np.floor(self.shortest_ratio * lengths).astype(np.int64) + self.shortest_more

    @property
    def signature(self) -> str:
        """How targets are written, for signatures of scores: beam, and all that is not as by default."""
        own, usual = self.model_dump(include=set(WritingConfig.model_fields)), type(self).model_fields
        told = [
            f"{name}:{_short(own[name])}"
            for name in WritingConfig.model_fields
            if name != "beam" and own[name] != usual[name].default
        ]
        return "|".join([f"beam:{self.beam}", *told])

    def writer(self, targets: TokensCoder) -> TargetWriter:
        """Return what writes targets.

        Raises:
            ConfigError: the vocabulary lacks what targets shall begin with, or never have.
        """
        choice = Choice(self.temperature, self.top_k, self.top_p)
        banned = [_banned(targets, token) for token in self.banned]
        prefix = np.array(_known(targets, "prefix", self.prefix) if self.prefix else [], np.int64)
        unknown, counts = targets.tokens.unknown_ids, targets.tokens.vocabulary.counts
        banned += [number for number in unknown if not counts[number]]  # training had none to learn it from
        return TargetWriter(self.beam, self.rule, banned, self.blocked, prefix, choice, self.draw_seed, unknown)


def _known(targets: TokensCoder, key: str, text: str) -> list[int]:
    """Return the ids of a text, of which the vocabulary of targets has every token.

    Raises:
        ConfigError: it has not.
    """
    unknown = targets.tokens.unknown_in(text)
    ids: list[int] = targets.encode([text]).values[:-1].tolist()
    if unknown or not ids:
        raise ConfigError(
            f"task.{key}: {quoted(unknown[0] if unknown else text)} is not among the {len(targets.names):,} "
            f"{targets.unit} of targets. Take what the training files have."
        )
    return ids


def _banned(targets: TokensCoder, token: str) -> int:
    """Return the id of a token, which may be one that stands for others, such as <unk>.

    Raises:
        ConfigError: the vocabulary of targets lacks it, or it is several.
    """
    if token in targets.names:
        return list(targets.names).index(token)
    ids = _known(targets, "banned", token)
    if len(ids) > 1:
        raise ConfigError(
            f"task.banned: got {quoted(token)}, which is {len(ids)} {targets.unit}, expected one. Ban one of them."
        )
    return ids[0]


def _short(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
