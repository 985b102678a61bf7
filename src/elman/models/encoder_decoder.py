"""The encoder-decoder: a source is read, a target is written."""

from collections.abc import Mapping

from elman.data.outlines import Outline, tokens_of
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.layers.dropout import dropout
from elman.layers.embedding import Embedding
from elman.layers.penalties import Penalty
from elman.layers.recurrent import RecurrentStack
from elman.layers.source import Source, end_of
from elman.models.base.source_writer import SourceWriter
from elman.models.base.writer_options import WriterOptions
from elman.moment import Noise


class EncoderDecoder(SourceWriter):
    """Reads a source, then writes the target token by token, looking back at the source.

        v_1 .. v_T = RNN(e(x_1) .. e(x_T));    y_i = decoder(e(t_{i-1}), v)
        log p(t_i | t_1 .. t_{i-1}, x) = log softmax(W y_i + b)

    Args:
        config: both stacks, the decoder, attention, tying.
        reads: `source`, and `copies` where targets may copy it: what stands at its places among the tokens of targets.
        answers: `target`.

    Source: Sutskever et al. (2014), arXiv:1409.3215; Bahdanau et al. (2015), arXiv:1409.0473; Luong et al. (2015),
    arXiv:1508.04025, by `decoder` and `attention`.
    """

    class Config(WriterOptions):
        """Options of the encoder-decoder."""

        name: str = "encoder_decoder"

    reads = (("source",), ("source", "copies"))

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__(config, reads, answers)
        source, target = tokens_of(reads, "source"), tokens_of(answers, "target")
        if config.tied == "all":
            if source.names != target.names:
                raise ConfigError(
                    f"model.tied: all needs one vocabulary for source and target: got {len(source):,} and "
                    f"{len(target):,} tokens. Set task.joint = true, or tied = 'target'."
                )
            self.source_embedding = self.target_embedding
        else:
            size = self._vector_size(len(source))
            self.source_embedding = Embedding(len(source), size, config.regularization.word_dropout)

    def make_encoder(self, outline: Outline) -> RecurrentStack:
        """Return a stack over the vectors of tokens."""
        return RecurrentStack(self._vector_size(len(tokens_of({"source": outline}, "source"))), self.config)

    @property
    def title(self) -> str:
        """Cell, layers, units, decoder and attention."""
        both = "bi-" if self.config.bidirectional else ""
        size = f"{self.config.num_layers}x{self.config.hidden_size}"
        return f"{both}{self.config.cell} {size}, {self.written_by}"

    def encode(self, source: Padded, noise: Noise | None = None) -> tuple[Source, Mapping[str, Penalty]]:
        """Return what the decoder looks at, and penalties."""
        vectors = self.source_embedding(source.values.t(), noise).transpose(0, 1)
        vectors = dropout(vectors, self.config.dropout, noise)
        before = self.encoder.initial_state(len(source.values))
        out = self.encoder(vectors, before, source.mask, noise)
        values = Padded(out.hidden, source.lengths)
        both = self.config.bidirectional and self.config.merge != "sum"
        return self.decoder.source(values, end_of(values, both)), out.penalties

    def encoder_terms(self, source: Padded) -> Mapping[str, int]:
        """Return those of the stack."""
        return self.encoder.penalty_terms(source)
