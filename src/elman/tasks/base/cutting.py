"""How a text is cut: into tokens, and perhaps into lines of which each is a text of its own."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from elman.data.records import Example
from elman.tasks.base.data import Say
from elman.tasks.base.task import Task
from elman.text.cutting import looks_tokenized
from elman.text.looks import looks_like_items, looks_like_list
from elman.text.tokenizers import TOKENIZERS


class CutText(Task.Config):
    """Options of tasks that read and write text token by token."""

    level: str = Field("auto", description="What a token is: character, word, bpe, byte; auto guesses and says so.")
    bpe_size: int = Field(8000, ge=257, le=1_000_000, description="Pieces that level bpe learns, bytes included.")
    vocabulary: str = Field(
        "",
        description="A list of tokens to read with, such as vocabulary/tokens.txt of a run; models with the same "
        "tokens can be compared and mixed.",
    )
    lines: bool | Literal["auto"] = Field(
        "auto", description="Each line is a text of its own, such as a name; auto guesses and says so."
    )

    def finer(self, model: Any) -> str:
        """Return the flag that has text read by smaller tokens than words."""
        return "--level character or bpe" if self.level == "word" else ""

    @field_validator("level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level != "auto":
            TOKENIZERS.get(level)
        return level

    @model_validator(mode="after")
    def _pieces_of_bpe(self) -> Self:
        if self.level == "bpe" or self.bpe_size == type(self).model_fields["bpe_size"].default:
            return self
        raise ValueError(f"bpe_size: level {self.level} learns no pieces, level bpe does. Give one or the other.")

    @model_validator(mode="after")
    def _tokens_that_are_there(self) -> Self:
        if self.vocabulary and self.level in ("bpe", "byte"):
            what = "has its bytes" if self.level == "byte" else "learns pieces, and how to cut into them"
            raise ValueError(f"vocabulary: level {self.level} {what}: a list of tokens is for words and characters.")
        return self

    @model_validator(mode="after")
    def _lines_end(self) -> Self:
        if self.lines is True and self.runs_on:
            raise ValueError(
                f"{self.runs_on}: means nothing where each line is a text of its own. Leave out lines or it."
            )
        return self

    @property
    def by_line(self) -> bool:
        """Whether each line is a text of its own; it was not, in runs that do not say."""
        return self.lines is True

    @property
    def tokens_are(self) -> str:
        """What a token is."""
        return self.level

    @property
    def runs_on(self) -> str:
        """The name of an option that was given and means something to running text only; empty if there is none."""
        return ""

    def settled(self, examples: Iterable[Example], say: Say) -> Self:
        """Return the options with `level` and `lines` decided by how a text begins, and say what was.

        The list of tokens is named by its full path: who goes on may stand in another folder.

        Args:
            examples: blocks of the text; nothing is read where all is decided.
            say: called with each decision.
        """
        where = {"vocabulary": str(Path(self.vocabulary).absolute())} if self.vocabulary else {}
        if self.level != "auto" and self.lines != "auto":
            return self.model_copy(update=where)
        text = next((text for one in examples if not (text := one.fields["text"]).isspace()), "")
        level, lines = self.level, self.lines
        if level == "auto":
            words = looks_tokenized(text)
            level, why = ("word", "punctuation stands apart") if words else ("character", "running text")
            say(f"level: {level}, guessed ({why}); --level character, word, bpe or byte decides it")
        if lines == "auto":
            lines = looks_like_items(text) and not self.runs_on
            if lines:
                say("lines: each is a text of its own, guessed (short, all different); --set task.lines=false reads on")
            elif looks_like_list(text) and not self.runs_on:
                say(
                    "lines: one running text, guessed (short, but many come several times); --set task.lines=true "
                    "takes each as a text of its own, such as a name"
                )
        return self.model_copy(update={"level": level, "lines": lines, **where})
