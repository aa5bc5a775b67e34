"""Which rules are true in which rows, and what is missing where that is not known."""
