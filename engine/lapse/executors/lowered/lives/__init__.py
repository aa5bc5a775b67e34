"""Lives foreseen in batches: what will be ordered on which day if nothing changes.

A life is judged on all days at once on which its conditions can change (`change_days`), each row
with its own day (`life_rows`), by the statements that decide a night. Which of these rows act is
then found day after day (`acting_days`): an order is history for the days after it. An order that
`sets` facts ends a segment of the life; the next begins the day after, from the facts as they
stand then (`states`). `foreseeing` tells it in this order.
"""
