"""Cache models: what was said lately is said again."""

import numpy as np


def unigram_cache(ids: np.ndarray, size: int, vocabulary: int) -> np.ndarray:
    """Return log p of each token under the frequencies of the last M tokens, (N); -inf for what is not among them.

        p(w_t) = c(w_t in w_{t-M} .. w_{t-1}) / min(t, M)

    Args:
        ids: the text, (N).
        size: M.
        vocabulary: V.

    Source: Kuhn & De Mori (1990), A cache-based natural language model for speech recognition.
    """
    counts, found = np.zeros(vocabulary, np.int64), np.zeros(len(ids))
    listed = ids.tolist()
    for place, word in enumerate(listed):
        found[place] = counts[word]
        counts[word] += 1
        if place >= size:
            counts[listed[place - size]] -= 1
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(found > 0, np.log(found) - np.log(np.minimum(np.arange(len(ids)), size)), -np.inf)


def continuous_cache(hidden: np.ndarray, ids: np.ndarray, size: int, flatness: float) -> np.ndarray:
    """Return log p of each token under a cache that compares hidden states, (N); -inf for what is not in it.

        p(w_t) ∝ Σ_{i = t-M .. t-1} 1[w_i = w_t] exp(θ h_t · h_i)

    h_i is the hidden state from which w_i was predicted.

    Args:
        hidden: h, (N, H): the state before each token.
        ids: the text, (N).
        size: M.
        flatness: θ; 0 counts only how often a token occurred.

    Source: Grave, Joulin & Usunier (2017), Improving neural language models with a continuous cache, arXiv:1612.04426.
    """
    found = np.full(len(ids), -np.inf)
    step = 512
    for first in range(0, len(ids), step):
        stop = min(first + step, len(ids))
        low = max(0, first - size)
        scores = flatness * (hidden[first:stop] @ hidden[low:stop].T).astype(np.float64)
        places, before = np.arange(first, stop)[:, None], np.arange(low, stop)[None, :]
        seen = (before < places) & (before >= places - size)
        scores[~seen] = -np.inf
        if first == 0:
            scores[0] = 0.0  # the first token has nothing before it
        scores -= scores.max(1, keepdims=True)
        weights = np.exp(scores)
        same = seen & (ids[low:stop][None, :] == ids[first:stop][:, None])
        with np.errstate(divide="ignore"):
            found[first:stop] = np.log((weights * same).sum(1)) - np.log(weights.sum(1))
    return found
