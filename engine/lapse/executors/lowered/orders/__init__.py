"""What follows from what is true: since when, due when, given before, held, waiting."""
