"""Which of several methods that belong together a class has redefined last."""

from collections.abc import Sequence


def is_own(kind: type, name: str, others: Sequence[str]) -> bool:
    """Say whether a method was given for all of those as they are: a subclass that redefines one inherits another's.

    Args:
        kind: the class that is asked.
        name: of the method.
        others: of those that it speaks for.
    """
    return all(issubclass(_definer(kind, name), _definer(kind, other)) for other in others)


def _definer(kind: type, name: str) -> type:
    return next(parent for parent in kind.__mro__ if name in vars(parent))
