"""Text into tokens and back: vocabulary and tokenizers. No torch."""
