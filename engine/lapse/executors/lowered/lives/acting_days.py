"""Which judged days of a segment act, in statements that are the same for every rulebook.

A *point* is a day of a life to look at: a judged day on which some unit is true, or a later day
before the next judged one (`of_row` says the same of both), on which what held an order ends. In
each round `outcomes` is made for the next points of each life, from what was given so far. The
first day with an order is history for those after it. Days are whole numbers.
"""

from lapse.executors.lowered.lives.life_rows import LIFE

# The first day of each life that SQL does not decide: up to there it is followed.
STOPS = f"""
SELECT "{LIFE}" AS life, min(day) AS day
FROM judged_days
WHERE "#row" IN (SELECT row_id FROM unsaid)
    OR "#row" IN (SELECT "#row" FROM sorted_rows WHERE kind = 'left')
GROUP BY "{LIFE}"
"""  # noqa: S608  a name of ours
# All that is said of a row: by a sum of hashes of 64 bits, since lists take ten times as long.
_SAID = """
SELECT row_id AS "#row", sum(said) AS said
FROM (
    SELECT row_id, hash(unit, stage, position, since, anchor_day, days, fresh_days, lock,
        lock_until, calendar, is_shown) AS said
    FROM true_units
    UNION ALL SELECT row_id, hash(-1, unit, stage) FROM open_units
    UNION ALL SELECT row_id, hash(-2, forbid, until, is_open) FROM forbidding
)
GROUP BY row_id
"""
# Of neighbouring days of which the same is said the first is looked at: on the others nothing else
# comes of it. A life's days without anything said lie between.
_ACTING_ROWS = f"""
SELECT * EXCLUDE (said), coalesce(following, until + 1) AS next_day
FROM (
    SELECT * EXCLUDE (said_before), lead(day) OVER (PARTITION BY life ORDER BY day) AS following
    FROM (
        SELECT *, lag(said) OVER (PARTITION BY life ORDER BY day) AS said_before
        FROM (
            SELECT "#row" AS row_id, "{LIFE}" AS life, day, subscription_id, class,
                said + hash(class) AS said
            FROM judged_days
            LEFT JOIN (SELECT "#row", subscription_id FROM acting) USING ("#row")
            LEFT JOIN class_of_rows ON row_id = "#row"
            LEFT JOIN said_in_rows USING ("#row")
        )
    )
    WHERE said IS DISTINCT FROM said_before
)
CROSS JOIN foreseen_until
WHERE said IS NOT NULL
"""  # noqa: S608  a name of ours
SEGMENT = {
    "stops": STOPS,
    "said_in_rows": _SAID,
    "acting_rows": _ACTING_ROWS,
    "true_in_rows": "SELECT * FROM true_units",
    "open_in_rows": "SELECT * FROM open_units",
    "forbidding_in_rows": "SELECT * FROM forbidding",
}
"""The tables of a segment: those of `ordering`, and where lives stop."""

FEW = 2
"""The points of a life that the next round looks at; twice as many after one without an order."""
FIRST_POINTS = f"""
SELECT row_id AS of_row, life, subscription_id, acting_rows.day,
    least(next_day, coalesce(stops.day, next_day)) AS next_day, {FEW} AS width
FROM acting_rows LEFT JOIN stops USING (life)
WHERE acting_rows.day < stops.day OR stops.day IS NULL
"""  # noqa: S608  a number of ours
NOW = """
SELECT row_number() OVER () AS row_id, * EXCLUDE (place)
FROM (SELECT *, row_number() OVER (PARTITION BY life ORDER BY day) AS place FROM points)
WHERE place <= width
"""
AT_POINTS = {
    "now": NOW,
    "acting": 'SELECT row_id AS "#row", subscription_id, day FROM now',
    "class_of_rows": """
        SELECT now.row_id, class FROM now JOIN acting_rows ON acting_rows.row_id = of_row
        WHERE class IS NOT NULL
    """,
    "true_units": """
        SELECT now.row_id, rows.* EXCLUDE (row_id)
        FROM now JOIN true_in_rows AS rows ON rows.row_id = of_row
    """,
    "open_units": """
        SELECT now.row_id, rows.* EXCLUDE (row_id)
        FROM now JOIN open_in_rows AS rows ON rows.row_id = of_row
    """,
    "forbidding": """
        SELECT now.row_id, rows.* EXCLUDE (row_id)
        FROM now JOIN forbidding_in_rows AS rows ON rows.row_id = of_row
    """,
    "unsaid": "SELECT row_id FROM now WHERE FALSE",
}
"""What `outcomes` is made of."""

# A winner that waits for a working day and for something unknown: on a day off a lower step may
# win, and the next such day is no arithmetic.
_DOUBTED = """
SELECT life, min(now.day) AS day FROM now
WHERE row_id IN (SELECT row_id FROM unsaid)
    OR row_id IN (
        SELECT row_id FROM waiting JOIN placed USING (row_id, unit) WHERE calendar IS NOT NULL
    )
GROUP BY life
"""
_WON = """
SELECT life, min(now.day) AS day
FROM outcomes JOIN now USING (row_id)
WHERE output <> 'held'
GROUP BY life
"""
# Days on which an order may no longer be held: the day after a reason ends, and that on which the
# step below is too old. Beyond the next judged day, that day's point asks for them again.
_AWAITED = """
SELECT DISTINCT of_row, life, subscription_id, awaited AS day, next_day, width
FROM (
    SELECT row_id, until + 1 AS awaited FROM reasons
    UNION ALL SELECT row_id, lower_last + fresh_days + 1 FROM placed
)
JOIN now USING (row_id)
LEFT JOIN won USING (life)
WHERE awaited > now.day AND awaited < next_day AND (won.day IS NULL OR awaited < won.day)
    AND NOT EXISTS (SELECT 1 FROM points WHERE points.life = now.life AND points.day = awaited)
"""
# How far a life is decided by this round, and the day on which it acts; without a point more.
_SETTLED = """
SELECT life, won.day, coalesce(won.day, max(now.day)) AS through,
    coalesce(any_value(doubted.day) <= through, FALSE) AS is_left
FROM now
LEFT JOIN won USING (life)
LEFT JOIN doubted USING (life)
ANTI JOIN new_points USING (life)
GROUP BY life, won.day
"""
EVENTS = {
    **dict.fromkeys(("life", "segment", "day", "unit", "step", "stage"), "BIGINT"),
    **dict.fromkeys(("subscription_id", "track", "rule", "action", "anchor"), "VARCHAR"),
    **dict.fromkeys(("anchor_of", "clock", "action_id"), "VARCHAR"),
    **dict.fromkeys(("number", "first_given", "due_on", "track_index", "run"), "BIGINT"),
    **dict.fromkeys(("is_provider", "has_sets"), "BOOLEAN"),
}
"""The columns of `events` and `ordered`; `run` tells apart what one life was given."""
_ORDERED = """
SELECT now.life, "#segment" AS segment, now.day, unit, step, stage, now.subscription_id, track,
    rule, action, anchor, anchor_of, clock, action_id, number, first_given, due_on, track_index,
    coalesce(latest, -1) + 1 AS run, is_provider, has_sets
FROM outcomes
JOIN now USING (row_id)
JOIN settled ON settled.life = now.life AND settled.day = now.day
JOIN unit_tracks USING (unit)
CROSS JOIN foreseen_until
LEFT JOIN (
    SELECT subscription_id, max(last_run) AS latest FROM given_before GROUP BY subscription_id
) AS runs ON runs.subscription_id = now.subscription_id
WHERE output <> 'held' AND NOT is_left
"""
# The segment of a life ends with the day on which some order sets facts.
_ENDED = "SELECT life, unit, day FROM ordered WHERE has_sets"
ROUND = {
    "won": _WON,
    "doubted": _DOUBTED,
    "new_points": _AWAITED,
    "settled": _SETTLED,
    "ordered": _ORDERED,
    "ended": _ENDED,
}
LACKED = """
SELECT DISTINCT now.life, missing
FROM outcomes
JOIN now USING (row_id)
JOIN settled ON settled.life = now.life AND now.day <= through
WHERE output = 'held' AND missing <> '' AND is_harmful AND NOT is_provider
"""
LEFT = "SELECT life FROM settled WHERE is_left"
# The day after an order other rules may act, which wait for it or gave way to it.
_NEXT_POINTS = f"""
SELECT of_row, now.life, subscription_id, now.day + 1 AS day, next_day, {FEW} AS width
FROM now JOIN settled ON settled.life = now.life AND settled.day = now.day
WHERE now.day + 1 < next_day AND NOT is_left
    AND NOT EXISTS (
        SELECT 1 FROM points WHERE points.life = now.life AND points.day = now.day + 1
    )
"""  # noqa: S608  a number of ours
_POINTS = f"""
SELECT * FROM (
    SELECT of_row, life, subscription_id, points.day, next_day,
        CASE WHEN settled.life IS NULL THEN width WHEN settled.day IS NULL THEN 2 * width
            ELSE {FEW} END AS width
    FROM points LEFT JOIN settled USING (life)
    WHERE settled.life IS NULL OR NOT is_left AND points.day > through
    UNION ALL BY NAME SELECT * FROM new_points
    UNION ALL BY NAME SELECT * FROM next_points
)
ANTI JOIN ended USING (life)
"""  # noqa: S608  a number of ours
GIVEN = """
SELECT subscription_id, track, anchor, rule, stage, number,
    arg_max(action, last_run) AS action, arg_max(anchor_of, last_run) AS anchor_of,
    arg_max(step, last_run) AS step, max(last_run) AS last_run, max(due_on) AS due_on,
    min(first_given) AS first_given, max(last_given) AS last_given,
    arg_max(clock, last_run) AS clock, arg_max(track_index, last_run) AS track_index,
    arg_max(is_providers, last_run) AS is_providers
FROM (
    SELECT * FROM given_before
    UNION ALL BY NAME
    SELECT subscription_id, track, anchor, rule, stage, number, action, anchor_of, step,
        run AS last_run, due_on, first_given, day AS last_given, clock, track_index,
        is_provider AS is_providers
    FROM ordered
)
SEMI JOIN points USING (subscription_id)
GROUP BY ALL
"""
NEXT_ROUND = {"next_points": _NEXT_POINTS, "points": _POINTS, "given_before": GIVEN}

# Lives whose segment reaches a day that SQL does not decide.
STOPPED = "SELECT life FROM stops ANTI JOIN segment_ended USING (life)"
LACKED_IN_CLASSES = f"""
SELECT DISTINCT judged_days."{LIFE}" AS life, missing
FROM verdicts
JOIN classes USING (signature, more_signature)
JOIN class_lacks USING (class)
JOIN judged_days USING ("#row")
LEFT JOIN (SELECT DISTINCT life, day FROM segment_ended) AS ends
    ON ends.life = judged_days."{LIFE}"
WHERE ends.day IS NULL OR judged_days.day <= ends.day
"""  # noqa: S608  a name of ours
