"""Numbers far from all others."""

import numpy as np
import pytest

from elman.data.outliers import outliers

DRAW = np.random.default_rng(4)
LOAD = 100 + 20 * np.sin(np.arange(600) / 4) + DRAW.normal(0, 2, 600)


def planted(*values, every=LOAD):
    """Return numbers with others in the place of some."""
    found = np.array(every)
    found[50 : 50 + len(values)] = values
    return found


@pytest.mark.parametrize(
    "values",
    [(99_999_999.0,), (-999.0,), (9999.0,) * 200, (1000.0,), (1e8, 5e7), (1e8, -1e8), (1e8, 5e3), (-0.5e4, 1e5, 1e5)],
)
def test_mistakes_and_codes_are_far(values):
    found = outliers(planted(*values))
    assert np.flatnonzero(found.which).tolist() == list(range(50, 50 + len(values)))
    rest = np.delete(planted(*values), range(50, 50 + len(values)))
    assert (found.least, found.most, found.median) == (rest.min(), rest.max(), np.median(rest))
    assert found.half == tuple(np.quantile(rest, (0.25, 0.75)))


def test_how_far_is_told_by_how_far_the_rest_goes():
    found = outliers(np.array([*range(100), 10_000.0, np.nan]))
    assert (found.times(10_000.0), found.which.sum()) == ((10_000 - 99) / 99, 1)


@pytest.mark.parametrize(
    "values",
    [
        LOAD,
        planted(500.0),  # five times as much may be
        planted(*[1000.0] * 10),  # too many to be a mistake
        planted(*np.linspace(1e4, 1e8, 6)),  # too many different ones
        np.full(600, np.nan),
        np.array([0.0] * 500 + [1.0] * 3),
        np.array([7.0] * 599 + [8.0]),
        np.where(DRAW.random(600) < 0.6, 0, DRAW.normal(2000, 5, 600)),  # a machine that is off and on
        np.exp(np.linspace(0, 20, 600)),
        np.exp(np.cumsum(DRAW.normal(0, 0.1, 600))),
        DRAW.poisson(0.02, 600).astype(float),
        planted(99_999_999.0)[40:60],  # too few to know
    ],
)
def test_what_is_as_it_should_be_is_not_far(values):
    assert outliers(values) is None


@pytest.mark.parametrize("sigma", [1, 2, 3])
@pytest.mark.parametrize("count", [200, 2000])
def test_the_largest_of_a_skewed_distribution_is_not_far(sigma, count):
    for seed in range(50):
        draw = np.random.default_rng(seed)
        assert outliers(draw.lognormal(0, sigma, count)) is None
        assert outliers(draw.pareto(2, count)) is None
        assert outliers(np.where(draw.random(count) < 0.8, 0, draw.lognormal(1, sigma, count))) is None
