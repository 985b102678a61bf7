"""What tasks share whose examples have raw texts, read word by word or character by character."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from elman.data.records import Example
from elman.errors import DataError
from elman.tasks.base.data import Say
from elman.tasks.base.words import WordsTask
from elman.text.cutting import BY_CHARACTER, CHARACTERS, cut_text, cut_words, read_by_character, stands_apart


class TextTask(WordsTask):
    """A task whose examples have one or several raw texts, which are cut into words, or into characters."""

    class Config(WordsTask.Config):
        """Options of tasks that read raw texts."""

        words: Literal["auto", "words", "simple", "blanks", "characters"] = Field(
            "auto",
            description="What a token is: a word, where simple cuts off punctuation and blanks takes it as split "
            "already, words is one of both; or each of the characters, as of names.",
        )
        longest: int = Field(
            10_000,
            ge=1,
            description="Words (or characters) of a text, or frames of a series, that are read; what is beyond is "
            "left.",
        )

        def finer(self, model: Any) -> str:
            """Return the option that has characters read, but where they are."""
            return "" if model.spells or self.words == CHARACTERS else BY_CHARACTER

        def spelled(self) -> Self:
            """Return the options with words, where nobody has said what tokens are."""
            return self.model_copy(update={"words": "words"}) if self.words == "auto" else self

    bounds = {**WordsTask.bounds, "longest": "width"}
    raw: ClassVar[Sequence[str]]
    """The fields with the texts."""

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Any]:
        """Return the words or characters of each text."""
        if "words" in example.fields:
            return example.fields["words"]
        return [cut_text(example.fields[name], config.words) for name in cls.raw]

    @classmethod
    def room(cls, config: Any) -> int:
        """Return `longest`: memory goes with the longest text, and one that is a book would take all there is."""
        return int(config.longest)

    def of_texts(self, texts: Sequence[str], split: bool) -> Example:
        """Return the example that raw texts are, and their words, cut as those of the training were.

        Where these were tokenized already, texts like them are cut at blanks; a text with marks or clitics glued to
        known words is not like them, and cut as any raw text.

        Args:
            texts: one for each of `raw`.
            split: whether their words stand between blanks already.

        Raises:
            DataError: words stand between blanks, and characters are read.
        """
        how = self.config.words
        if split and how == CHARACTERS:
            raise DataError("this run reads texts character by character, blanks too. Leave --input tokens out.")
        if how != CHARACTERS:
            apart = split or (how == "blanks" and all(stands_apart(text, self.knows) for text in texts))
            how = "blanks" if apart else "simple"
        return Example({**dict(zip(self.raw, texts, strict=True)), "words": [cut_text(text, how) for text in texts]})

    @classmethod
    def settle_words(cls, config: Any, train: Sequence[Example], say: Say) -> Any:
        """Return the options with `words` decided: as it is given, or as the texts look."""
        texts = [example.fields[cls.raw[0]] for example in train]
        if len(cls.raw) == 1:
            config = read_by_character(config, texts, say)
        return cut_words(config, texts, say)
