"""The rows of an export as they are judged: settled facts, the day, what is in force."""
