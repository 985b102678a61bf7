"""Tagging: a tag for each word, the spans of words that tags make, or a label for each frame of a recording."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from elman.answers.base import Answer
from elman.answers.frame_labels import frames_labeled
from elman.answers.tags import Tagged, tagged
from elman.coders.base import Coder
from elman.coders.labels import LabelsCoder
from elman.coders.tags import TagsCoder, settle_scheme
from elman.data.encoded import Encoded
from elman.data.epochs import Epoch
from elman.data.fields import Field, Kind
from elman.data.labels import check_labels
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import NoLineError
from elman.evaluation.base import Verdict
from elman.evaluation.details import Detail
from elman.evaluation.frame_labels import frame_verdict
from elman.evaluation.mistakes import Asked
from elman.evaluation.tags import tag_verdict
from elman.tasks.base import DataFiles, Say, TaskData
from elman.tasks.base import labeled_frames as framed
from elman.tasks.base.framing import FRAMES
from elman.tasks.base.inputs import SERIES, looks_like_series
from elman.tasks.base.tag_options import TaggingOptions
from elman.tasks.base.tagging import TaggingTask
from elman.text.cutting import cut_text

_WORDS, _TAGS = Field("words", Kind.WORDS), Field("tags", Kind.TAGS)


class Tagging(TaggingTask):
    """A tag for each word of a sentence: parts of speech, or names and chunks written as spans (IOB1, BIO, BIOES).

        J = -1/T Σ log p(tags | words)        summed over sentences, T words in all; the same of frames

    Span tags are predicted in another scheme than the files', BIOES unless told otherwise, in which a CRF makes wrong
    sequences impossible, and written in that of the files again. Scores of spans are those of conlleval. So that
    accuracy and mistakes agree with them, the tags of a file are read as spans and written again, too. Labels of the
    frames of a recording are each for itself; it is learned from in stretches of `window` frames, answered whole, or
    in pieces of 20,000 frames that overlap where the model looks ahead.

    Args:
        config: the `[task]` section, its scheme decided.
        inputs: the coder of the words, or of the frames.
        answers: that of `tags`, and of `label` where a sentence has one.
    """

    class Config(TaggingOptions):
        """Options of tagging."""

    default_model = "rnn_tagger"
    verbs = ("examples", "stretches")

    @property
    def unit(self) -> str:
        """Words, or frames."""
        return self.reads(self.config)[0]

    @property
    def plural(self) -> str:
        """Sentences, or recordings."""
        return "recordings" if self.config.framed else "sentences"

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Return commands for files, which alone have recordings."""
        return (f"elman predict {{run}} FILE{' --input data' * config.framed}", "elman evaluate {run} FILE")

    @classmethod
    def settle(cls, config: Any, names: Sequence[str], reader: Mapping[str, Any] | None = None) -> Any:
        """See whether words or frames are tagged; three files side by side are words, tags and a label each."""
        beside = names[0].count(",") == 2 and not Path(names[0]).exists()
        if config.input == "auto":
            frames = not beside and looks_like_series(names[0], _TAGS, reader, _WORDS, sure=1)
            config = config.model_copy(update={"input": FRAMES if frames else "words"})
        if config.framed:
            return framed.settled(config)
        return config.model_copy(update={"joint": True}) if beside else config

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Words and their tags, and the label of the sentence; or frames and their labels."""
        return (*cls.inputs(config), _TAGS, *[Field("label", Kind.LABEL)] * config.joint)

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return what is there without an answer."""
        return (SERIES if config.framed else _WORDS,)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the words, or the frames."""
        return (FRAMES,) if config.framed else ("words",)

    @classmethod
    def divided(cls, config: Any, reader: Reader, files: DataFiles, say: Say) -> tuple[list[Example], list[Example]]:
        """Return both parts; of a recording that is the only one, stretches are held out."""
        if not config.framed or not files.held_out:
            return super().divided(config, reader, files, say)
        source = framed.Stretches(reader)
        train, valid = super().divided(config, source, files, say)
        source.tell(train, valid, say, drawn=files.groups is None)
        return train, valid

    @classmethod
    def learn_answers(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, dict[str, Coder]]:
        """Guess the scheme if it is `auto`, and collect tags."""
        sentences = [example.fields["tags"] for example in train]
        config = config.model_copy(update={"scheme": settle_scheme(sentences, config.scheme, say)})
        tags = TagsCoder.learn(sentences, config.scheme, config.predicted_scheme)
        check_labels(tags.names, train[0].where, "label" if config.framed else "tag")
        if not config.joint:
            return config, {"tags": tags}
        labels = LabelsCoder.learn(Counter(example.fields["label"] for example in train))
        check_labels(labels.names, train[0].where)
        return config, {"tags": tags, "label": labels}

    @classmethod
    def prepare(cls, config: Any, reader: Reader, files: DataFiles, folder: Path, say: Say) -> tuple[Self, TaskData]:
        """Read the examples, and tell how recordings are learned from."""
        task, data = super().prepare(config, reader, files, folder, say)
        return task, replace(data, card=framed.card(data, config.window)) if config.framed else data

    def batches(self, data: TaskData, batch_size: int, seed: int, epoch: int) -> Epoch:
        """Return the batches of one epoch, of sentences, or of stretches of recordings."""
        if self.config.framed:
            data = replace(data, train=framed.windowed(data.train, self.config.window))
        return super().batches(data, batch_size, seed, epoch)

    def trivial(self, data: TaskData) -> Mapping[str, Any]:
        """Return what each frame says by itself."""
        classes = len(self.answers["tags"].names)
        return {"frame_alone": framed.FrameAlone.learn(data.train, classes)} if self.config.framed else {}

    def parse(self, line: str, split: bool) -> Example:
        """Return the words of a line; those of a line with tabs that is split already may have blanks in them.

        Raises:
            NoLineError: the run reads recordings, which are no lines.
        """
        if self.config.framed:
            raise NoLineError("recordings")
        whole = split and "\t" in line
        words = line.split("\t") if whole else cut_text(line, "blanks" if split else "simple")
        return Example({"words": words, "text": line})

    def present(self, example: Example, said: Tagged, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the tags of a sentence, in JSON spans, places in the text and probabilities too; or of frames."""
        if self.config.framed:
            return frames_labeled(example, said, facts)
        of_spans, text = self.config.scheme != "none", example.fields.get("text")
        return tagged(example.fields["words"], said, of_spans, facts, text)

    def views(self, model: Any, data: TaskData) -> Sequence[Detail]:
        """Return the labels of some validation recordings under their numbers."""
        return framed.drawn(self, model, data.valid.examples[:2]) if self.config.framed else ()

    def show_loss(self, nats: float) -> str:
        """Return nats a word, or a frame."""
        return f"{nats:.3f} nats/{'frame' if self.config.framed else 'word'}"

    def verdict(self, data: Encoded, said: Sequence[Tagged]) -> Verdict:
        """Return scores of spans or accuracy, and where they come from."""
        if self.config.framed:
            return frame_verdict(data.examples, said, self.answers["tags"])
        written = [list(example.fields["tags"]) for example in data.examples]
        labels = [example.fields["label"] for example in data.examples] if self.config.joint else []
        usual = self.answers["label"].names[0] if self.config.joint else ""
        return tag_verdict(Asked(data.examples), written, said, self.answers["tags"], labels, usual)
