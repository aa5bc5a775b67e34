"""A batch decided in SQL, statement by statement (`pipeline`); what is left is the reference's.

words      names, terms in force, comparisons and stages as expressions
facts      rows as they are judged: settled, dated, with what is in force
rules      which rules are true in which rows: a sieve first, then all of a condition
orders     what follows: since when, due when, given before, held, waiting
pipeline   these in their order, over the tables beside an export
batch      what became of the rows: outputs, counts, sums
lives      the same for the days to come: what will be ordered on which day
"""
