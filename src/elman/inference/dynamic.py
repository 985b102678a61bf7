"""Dynamic evaluation: a network goes on learning from the text that it has scored."""

import copy
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from elman.data.batching import BpttStreams, EvaluationStreams
from elman.data.corpus import Corpus, Read
from elman.data.records import Batch, Padded
from elman.decoding.choice import check_numbers
from elman.errors import ConfigError
from elman.evaluation.base import Evaluation
from elman.inference.predictor import Predictor
from elman.layers.tensors import to_tensors
from elman.models.rnn_lm import RnnLM

RATES = (3e-5, 6e-5, 1.2e-4, 2.4e-4, 4.8e-4)
"""η that are tried on the text that both are chosen on."""
DECAYS = (0.002, 0.02)
"""λ that are tried."""
TUNED = 20_000
"""Tokens of that text that are read for each pair."""
GATHERED = 1_000_000
"""Tokens of the training text whose gradients are gathered, at most."""
SEGMENT, _STREAMS, _EPSILON = 20, 100, 2e-5


class Rule(NamedTuple):
    """How weights follow a text.

    Args:
        rate: η.
        decay: λ, how strongly they are drawn back to what was trained.
        epsilon: ε.
        segment: tokens that are scored before each update.
    """

    rate: float
    decay: float
    epsilon: float = _EPSILON
    segment: int = SEGMENT


class Dynamic(NamedTuple):
    """What dynamic evaluation gives.

    Args:
        evaluation: the scores.
        static: the perplexity of the run as it is.
        rule: what was chosen.
    """

    evaluation: Evaluation
    static: float
    rule: Rule


class Following:
    """Weights that follow a text, each as far as its gradient usually is.

        θ += λ D ⊙ (θ_0 - θ) - η g / (√MS + ε),    D = min(√MS / mean(√MS), 1 / λ)

    MS are the mean squared gradients over training text; the mean in D is that of the means of all tensors.

    Args:
        weights: θ, changed in place.
        roots: √MS of each.
        rule: η, λ, ε.

    Source: Krause et al. (2018), Dynamic evaluation of neural sequence models, arXiv:1709.07432; RMS with decay to the
    global weights.
    """

    def __init__(self, weights: Sequence[Tensor], roots: Sequence[Tensor], rule: Rule) -> None:
        self.weights = list(weights)
        self._trained = [weight.detach().clone() for weight in weights]
        mean = torch.stack([root.mean() for root in roots if root.numel()]).mean()
        self._back = [rule.decay * (root / mean).clamp(max=1 / rule.decay) for root in roots]
        self._on = [rule.rate / (root + rule.epsilon) for root in roots]

    @torch.no_grad()
    def update(self, gradients: Sequence[Tensor]) -> None:
        """Make one update from the gradient of the mean loss of a segment."""
        away = torch._foreach_sub(self._trained, self.weights)
        torch._foreach_addcmul_(self.weights, self._back, away)
        torch._foreach_addcmul_(self.weights, self._on, list(gradients), value=-1.0)


def evaluate_dynamically(
    run: Predictor, on: Sequence[str], tune: Sequence[str], say: Callable[[str], None], segment: int = SEGMENT
) -> Dynamic:
    """Return the scores of a network that learns from each segment after it was scored.

    η and λ are those of `RATES` and `DECAYS` that make the first 20,000 tokens of another text likeliest. The run is as
    it was afterwards.

    Args:
        run: a recurrent language model of running text.
        on: the text to score.
        tune: the text that η and λ are chosen on.
        say: told what is done.
        segment: tokens that are scored before each update.

    Raises:
        ConfigError: something else than such a network.
        DataError: a text is missing, that of the training included: its gradients say how far weights move.
    """
    task, model = run.offering("mixture"), _network(run)
    with tempfile.TemporaryDirectory() as folder:

        def read(files: Sequence[str]) -> Corpus:
            corpus: Corpus = task.encode(run.reader, run.reader.find(files), Path(folder))
            return corpus

        say("gathers how large gradients are on the training text")
        roots = _roots(model, read(run.training), task)
        begun, held_out = time.monotonic(), Corpus(read(tune).store.beginning(TUNED))
        tried = {
            (rate, decay): _mean(_followed(model, roots, held_out, Rule(rate, decay, segment=segment), run.ready.start))
            for rate, decay in product(RATES, DECAYS)
        }
        rate, decay = min(tried, key=lambda pair: tried[pair])
        rule = Rule(rate, decay, segment=segment)
        corpus = read(on)
        share = len(corpus.store) / max(1, len(held_out.store) * len(tried))
        seconds = (time.monotonic() - begun) * share
        say(f"η {rate:g} and λ {decay:g} suit {tune[0]} best; the text takes about {seconds:,.0f} s")
        parts = list(_followed(model, roots, corpus, rule, run.ready.start))
        static = task.likelihood.evaluate(run.ready, corpus)
        how = f"dynamic:{segment}|rate:{rate:g}|decay:{decay:g}"
        evaluation = task.likelihood.of(parts, corpus, how)
    check_numbers(np.array([score.value for score in evaluation.scores]))
    return Dynamic(evaluation, float(np.exp(static.scores[0].value)), rule)


def _network(run: Predictor) -> RnnLM:
    """Return the network of a run.

    Raises:
        ConfigError: it has none, or nothing comes after what it scores, or nobody knows what it was trained on.
    """
    if not isinstance(run.model, RnnLM):
        raise ConfigError(f"--dynamic: {run.path}: got {run.model.title}, expected a recurrent network.")
    if run.task.config.by_line:
        raise ConfigError(
            f"--dynamic: to {run.path} each line is a text of its own, and nothing follows that it could learn for. "
            "Leave it out."
        )
    if not run.training:
        raise ConfigError(
            f"--dynamic: {run.path} does not say what it was trained on, and how far weights may move is seen there. "
            "Take a run that `elman train` made."
        )
    return run.model


def _roots(model: RnnLM, corpus: Corpus, task: Any) -> list[Tensor]:
    """Return √MS of each weight: MS is the mean over training text of squared gradients of a batch's mean loss."""
    network = copy.deepcopy(model)
    weights = list(network.parameters())
    sums = [torch.zeros_like(weight) for weight in weights]
    store = corpus.store.beginning(GATHERED)
    streams = min(_STREAMS, max(1, len(store) // (2 * SEGMENT)))
    batches = BpttStreams(store, streams, SEGMENT, task.tokens.start_id)
    state: Any = None
    for batch in batches:
        state = network.initial_state(batch.size) if state is None or not batch.continues else state
        found = network.loss(batch, state, None)
        state = found.state.detach()
        nats, targets = found.heads["next_token"]
        gradients = _gradients(nats / targets, weights)
        torch._foreach_addcmul_(sums, gradients, gradients)
    return [(total / len(batches)).sqrt() for total in sums]


def _followed(model: RnnLM, roots: list[Tensor], corpus: Corpus, rule: Rule, start: int) -> Iterator[Read]:
    """Yield what a copy of the network gives to each segment, before it learns from it."""
    network = copy.deepcopy(model)
    following = Following(list(network.parameters()), roots, rule)
    state: Any = network.initial_state(1)
    batches = EvaluationStreams(corpus.store, start, 1, length=rule.segment)
    for index, batch in enumerate(batches):
        nats, mean, state = _scored(network, batch, state)
        yield Read(batches.places(index)[0], batch.fields["next_token"].values[0], nats)
        following.update(_gradients(mean, following.weights))


def _scored(network: RnnLM, batch: Batch, state: Any) -> tuple[np.ndarray, Tensor, Any]:
    """Return -log p of each token, their mean with a gradient, and the state behind them."""
    fields = to_tensors(batch, network.embedding.device).fields
    out = network.layers.run(fields["tokens"], state)
    hidden, targets = Padded(out.hidden), Padded(fields["next_token"].values)
    nats = network.head.nll(hidden.values, targets.values, out.given)[0]
    total, count = network.head.loss(hidden, targets, given=out.given)
    return nats.double().cpu().numpy(), total / count, out.state.detach()


def _gradients(loss: Tensor, weights: Sequence[Tensor]) -> list[Tensor]:
    return list(torch.autograd.grad(loss, weights, allow_unused=True, materialize_grads=True))


def _mean(parts: Iterator[Read]) -> float:
    nats = [part.nll for part in parts]
    return float(np.concatenate(nats).mean())
