"""What scores are called where people read them."""

_NAMES = {
    "bits_per_character": "bits/char",
    "span_f1": "span F1",
    "span_precision": "precision",
    "span_recall": "recall",
    "span_macro_f1": "macro span F1",
    "auc": "AUC",
    "micro_f1": "micro F1",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "mean_squared_error": "squared error",
}


def heading(name: str) -> str:
    """Return what a score is called at the head of a column, or below its value."""
    return _NAMES.get(name, name.replace("_", " "))
