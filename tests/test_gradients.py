"""The check of gradients sees one wrong number among many."""

import pytest
import torch

from tests.gradients import equal_finite_differences

pytestmark = pytest.mark.usefixtures("float64")


class Off(torch.autograd.Function):
    """A product with a matrix, one entry of whose derivative is wrong by so much."""

    @staticmethod
    def forward(ctx, x, matrix, wrong):
        ctx.save_for_backward(matrix)
        ctx.wrong = wrong
        return x @ matrix

    @staticmethod
    def backward(ctx, gradient):
        matrix = ctx.saved_tensors[0].clone()
        matrix[3, 5] += ctx.wrong
        return gradient @ matrix.t(), None, None


@pytest.mark.parametrize("wrong", [1e-4, -1e-4, 1.0])
def test_one_wrong_entry_of_a_jacobian_is_seen(wrong):
    x, matrix = torch.randn(4, 12, requires_grad=True), torch.randn(12, 12)
    assert equal_finite_differences(lambda x: Off.apply(x, matrix, 0.0), x)
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        equal_finite_differences(lambda x: Off.apply(x, matrix, wrong), x)


def test_each_of_several_inputs_and_outputs_is_looked_at():
    one, other = (torch.randn(3, 2, requires_grad=True) for _ in range(2))
    assert equal_finite_differences(lambda a, b: (a.sin(), (a * b).sum(), torch.zeros(3)), [one, other])
    for wrong in (lambda a, b: (a, (b + 1e-4 * (b - b.detach())).sum()), lambda a, b: (a.detach() + a * b, a)):
        found = lambda a, b, wrong=wrong: tuple(part.clone() for part in wrong(a, b))  # noqa: E731
        with pytest.raises(RuntimeError, match="Jacobian mismatch"):
            equal_finite_differences(found, [one, other])
