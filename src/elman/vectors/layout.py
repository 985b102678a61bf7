"""Vectors laid out on a page, so that near ones stay near."""

import numpy as np

_STEPS = 750
_EARLY = 250
_TRIES = 50


def tsne(vectors: np.ndarray, perplexity: float = 20.0, seed: int = 0) -> np.ndarray:
    """Return points whose neighbours are the neighbours of some vectors, (N, 2): exact t-SNE.

        p_ij = (p_j|i + p_i|j) / 2N,    p_j|i ∝ exp(-|x_i - x_j|² / 2σ_i²),    q_ij ∝ 1 / (1 + |y_i - y_j|²)
        minimize KL(P | Q) = Σ p_ij log p_ij / q_ij

    Vectors are compared by their directions. It takes N² time and memory: for some hundreds.

    Args:
        vectors: (N, D).
        perplexity: how many neighbours each is to have, about; σ_i is chosen so. At most (N - 1) / 3.
        seed: of the first points, where the two main directions are the same for all.

    Source: van der Maaten & Hinton (2008), Visualizing data using t-SNE.
    """
    size = len(vectors)
    if size < 3:
        return np.arange(2.0 * size).reshape(size, 2)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    directions = np.asarray(vectors, np.float64) / np.where(norms > 0, norms, 1)
    near = _affinities(_squares(directions), min(perplexity, (size - 1) / 3))
    near = np.maximum((near + near.T) / (2 * size), 1e-12)
    points = _first(directions, seed)
    speed, gains = np.zeros_like(points), np.ones_like(points)
    for step in range(_STEPS):
        shares = 1 / (1 + _squares(points))
        np.fill_diagonal(shares, 0)
        # Clusters form while near ones pull harder than they should.
        pull = (near * (12 if step < _EARLY else 1) - shares / shares.sum()) * shares
        slope = 4 * (pull.sum(1)[:, None] * points - pull @ points)
        gains = np.maximum(np.where(slope * speed < 0, gains + 0.2, gains * 0.8), 0.01)
        speed = (0.5 if step < _EARLY else 0.8) * speed - max(size / 12, 50) * gains * slope
        points = points + speed
        points -= points.mean(0)
    return points


def _squares(rows: np.ndarray) -> np.ndarray:
    lengths = (rows**2).sum(1)
    return np.maximum(lengths[:, None] + lengths - 2 * rows @ rows.T, 0)


def _affinities(squares: np.ndarray, perplexity: float) -> np.ndarray:
    """Return p_j|i, each row with the entropy log perplexity, found by halving."""
    size = len(squares)
    sharpness, low, high = np.ones((size, 1)), np.zeros((size, 1)), np.full((size, 1), np.inf)
    for _ in range(_TRIES):
        logits = -squares * sharpness
        np.fill_diagonal(logits, -np.inf)
        logits -= logits.max(1, keepdims=True)
        found = np.exp(logits)
        found /= found.sum(1, keepdims=True)
        entropy = -(found * np.log(np.maximum(found, 1e-300))).sum(1, keepdims=True)
        blurred = entropy > np.log(perplexity)
        low, high = np.where(blurred, sharpness, low), np.where(blurred, high, sharpness)
        sharpness = np.where(np.isinf(high), 2 * low, (low + np.where(np.isinf(high), 0, high)) / 2)
    return found


def _first(directions: np.ndarray, seed: int) -> np.ndarray:
    """Return small points along the two main directions, a little stirred."""
    centered = directions - directions.mean(0)
    main = np.linalg.svd(centered, full_matrices=False)[2][:2]
    points = np.zeros((len(directions), 2))
    points[:, : len(main)] = centered @ main.T
    spread = points[:, 0].std()
    stirred = np.random.default_rng(seed).normal(size=points.shape)
    return 1e-4 * (points / (spread if spread > 0 else 1) + 1e-2 * stirred)
