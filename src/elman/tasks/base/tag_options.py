"""What is tagged, and how: words of sentences, or frames of recordings."""

from typing import Literal

from pydantic import Field as Option

from elman.tasks.base.framing import FRAMES, FrameOptions
from elman.tasks.base.words import WordsTask


class TaggingOptions(WordsTask.Config, FrameOptions):
    """Options of tagging."""

    name: str = "tag"
    input: Literal["auto", "words", "frames"] = Option(
        "auto", description="What has a tag each: the words of a sentence, or frames; auto sees it by the file."
    )
    window: int = Option(
        256, ge=1, le=100_000, description="Frames of a recording that are learned from together; of words all are."
    )
    scheme: Literal["auto", "none", "iob1", "bio", "bioes", "bmes", "bilou"] = Option(
        "auto", description="How the tags of the files mark spans; none: each tag is for itself, as in POS tagging."
    )
    predicted_scheme: Literal["iob1", "bio", "bioes"] = Option(
        "bioes", description="The scheme in which the model predicts spans."
    )
    joint: bool = Option(
        False, description="A sentence has a label too, such as an intent: files words,tags,label side by side."
    )

    @property
    def framed(self) -> bool:
        """Whether frames are read; `auto` stands in runs from before there were some."""
        return self.input == FRAMES

    @property
    def single(self) -> str:
        """A word or a frame has one tag."""
        one = "frame has one label" if self.framed else "word has one tag"
        return f"a {one}, whose probability is among the facts (--json)"
