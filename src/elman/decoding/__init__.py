"""From a stepper to sequences: drawn, searched for, or scored. Rows of numbers, no torch."""
