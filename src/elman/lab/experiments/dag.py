"""Backpropagation through a graph in which two paths meet again."""

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Edge, Graph, Node
from elman.lab.tape import Variable, backward, diamonds


class DagExperiment(Experiment):
    """y = ln(1 + x4²) of x0, over x1, which goes into x2 and x3, which go into x4: both forms of the lecture.

        x1 = x0²,  x2 = sin x1,  x3 = e^(x1/4),  x4 = x2 x3 + x2²,  y = ln(1 + x4²)
        ∂y/∂x0 = ∂y/∂x4 (∂x4/∂x2 ∂x2/∂x1 + ∂x4/∂x3 ∂x3/∂x1) ∂x1/∂x0
        ∂y/∂x_j = Σ_{s ∈ child(j)} ∂y/∂x_s ∂x_s/∂x_j         each node once, after all of its children

    Assigning in place of adding at x1 gives one path. Going down every path by itself visits 2^k of them in k diamonds.
    """

    title = "Backpropagation on a graph: two paths that meet are added"
    formula = "∂y/∂x_j = Σ_{s ∈ child(j)} ∂y/∂x_s ∂x_s/∂x_j"
    deck = (Place("004", "272-279"),)
    rows = ("C3",)

    def found(self) -> Found:
        """Return values, local derivatives, both forms, the order of visits, and what wrong ways give."""
        x0 = Variable("x0", 1.5)
        x1 = x0.square("x1")
        x2, x3 = x1.sine("x2"), x1.exponential("x3", 0.25)
        x4 = x2.products("x4", x3)
        y = x4.logarithm("y")
        order = [node.name for node in backward(y)]
        local = {f"∂{b.name}/∂{a.name}": slope for b in (x1, x2, x3, x4, y) for a, slope in b.parents}
        outer, inner = local["∂y/∂x4"], local["∂x1/∂x0"]
        paths = [outer * local[f"∂x4/∂{k}"] * local[f"∂{k}/∂x1"] * inner for k in ("x2", "x3")]
        nodes = (x0, x1, x2, x3, x4, y)
        walked, visited = diamonds(10)
        steps = [
            *(Step(node.name, _FORMULAS[node.name], node.value) for node in nodes),
            *(Step(name, "", value) for name, value in local.items()),
            Step("path over x2", "∂y/∂x4 ∂x4/∂x2 ∂x2/∂x1 ∂x1/∂x0", paths[0]),
            Step("path over x3", "∂y/∂x4 ∂x4/∂x3 ∂x3/∂x1 ∂x1/∂x0", paths[1]),
            Step("∂y/∂x0, by paths", "their sum", sum(paths)),
            *(Step(f"{node.name} bar", "∂y by it, Σ over children", node.gradient) for node in reversed(nodes[:-1])),
            Step("order of visits", "a node after all of its children", " ".join(order)),
            Step("by small changes", "(y(x0 + ε) - y(x0 - ε)) / 2ε", _numeric(1.5)),
            Step("paths of 10 diamonds", "2^k, each by itself", walked),
            Step("visits of 10 diamonds", "each node once", visited),
        ]
        result = (
            f"The paths give {paths[0]:.4f} and {paths[1]:.4f}, together {sum(paths):.4f}; so does one visit a node. "
            f"Where x1 "
            "is assigned in place of added to, one of the two alone is left."
        )
        places = [(0.0, 0.5), (0.25, 0.5), (0.5, 0.95), (0.5, 0.05), (0.75, 0.5), (1.0, 0.5)]
        drawn = [Node(f"{node.name}\n{node.value:.4f}", *place) for node, place in zip(nodes, places, strict=True)]
        names = [node.name for node in nodes]
        edges = [
            Edge(names.index(a.name), names.index(b.name), f"{slope:.4f}") for b in nodes for a, slope in b.parents
        ]
        return Found(steps, result, [Graph("Values, and local derivatives", drawn, edges)], {"x0": 1.5})


_FORMULAS = {
    "x0": "",
    "x1": "x0²",
    "x2": "sin x1",
    "x3": "e^(x1/4)",
    "x4": "x2 x3 + x2²",
    "y": "ln(1 + x4²)",
}


def _numeric(x: float, small: float = 1e-6) -> float:
    ends = []
    for place in (x + small, x - small):
        x1 = Variable("", place).square("")
        ends.append(x1.sine("").products("", x1.exponential("", 0.25)).logarithm("").value)
    return (ends[0] - ends[1]) / (2 * small)
