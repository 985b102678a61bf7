"""The smallest automatic differentiation: numbers that remember what they were made of."""

import math
from collections.abc import Sequence


class Variable:
    """A number, what it was made of, and by how much each of those moves it.

    Args:
        name: of it.
        value: its number.
        parents: what it was made of, each with the local derivative.
    """

    def __init__(self, name: str, value: float, parents: "Sequence[tuple[Variable, float]]" = ()) -> None:
        self.name, self.value, self.parents = name, value, parents
        self.gradient = 0.0

    def square(self, name: str) -> "Variable":
        """Return x²."""
        return Variable(name, self.value**2, [(self, 2 * self.value)])

    def sine(self, name: str) -> "Variable":
        """Return sin x."""
        return Variable(name, math.sin(self.value), [(self, math.cos(self.value))])

    def exponential(self, name: str, scale: float) -> "Variable":
        """Return e^(scale x)."""
        value = math.exp(scale * self.value)
        return Variable(name, value, [(self, scale * value)])

    def products(self, name: str, other: "Variable") -> "Variable":
        """Return x y + x²."""
        x, y = self.value, other.value
        return Variable(name, x * y + x * x, [(self, y + 2 * x), (other, x)])

    def logarithm(self, name: str) -> "Variable":
        """Return ln(1 + x²)."""
        return Variable(name, math.log(1 + self.value**2), [(self, 2 * self.value / (1 + self.value**2))])

    def plus(self, name: str, other: "Variable") -> "Variable":
        """Return x + y."""
        return Variable(name, self.value + other.value, [(self, 1.0), (other, 1.0)])


def backward(end: Variable) -> list[Variable]:
    """Give every node its gradient, and return the nodes in the order in which they were visited.

    A node is visited once, after all that was made of it, and adds to what it was made of.
    """
    order: list[Variable] = []
    seen: set[int] = set()

    def place(node: Variable) -> None:
        if id(node) not in seen:
            seen.add(id(node))
            for parent, _ in node.parents:
                place(parent)
            order.append(node)

    place(end)
    end.gradient = 1.0
    for node in reversed(order):
        for parent, slope in node.parents:
            parent.gradient += node.gradient * slope
    return order[::-1]


def diamonds(count: int) -> tuple[int, int]:
    """Return how many paths go through diamonds one behind the other, and how many nodes there are to visit."""
    node = Variable("x", 1.0)
    for number in range(count):
        left, right = (Variable(f"{side}{number}", node.value, [(node, 1.0)]) for side in "lr")
        node = left.plus(f"x{number}", right)
    return _paths(node), len(backward(node))


def _paths(node: Variable) -> int:
    """Return the number of ways down to the start, each walked by itself."""
    return sum(_paths(parent) for parent, _ in node.parents) if node.parents else 1
