"""What becomes of what is true, in a batch: the specification's steps 3 to 5 as a few statements.

Each fills the table of its name, and is the same for every rulebook. They read the tables of
`candidates`, what earlier runs gave (`earlier`), what is lacking (`lacking`), and small tables with
what a rulebook says of its units. Names of reasons, orders and labels are those of
`model.decision`. Days are whole numbers.
"""

UNITS = {
    "unit": "BIGINT",
    "of": "BIGINT",
    "rule": "VARCHAR",
    "is_staged": "BOOLEAN",
    "track": "VARCHAR",
    "is_provider": "BOOLEAN",
    "step": "BIGINT",
    "action": "VARCHAR",
    "anchor_of": "VARCHAR",
    "clock": "VARCHAR",
    "is_last": "BOOLEAN",
    "has_sets": "BOOLEAN",
    "needs_approval": "BOOLEAN",
    "is_harmful": "BOOLEAN",
    "lock_of": "BIGINT",
    "source": "VARCHAR",
    "with": "VARCHAR",
}
"""The columns of `units`; `is_last` is null without an `after`, `lock_of` without an `only_if`."""

# What SQL does not know of a row is for the reference.
UNSAID = """
SELECT row_id FROM true_units WHERE NOT is_sure
UNION SELECT row_id FROM forbidding WHERE NOT is_sure
UNION SELECT "#row" FROM verdicts WHERE kind = 'left'
"""

# Of one signature are also rows that act and others.
CLASSES = """
SELECT row_number() OVER (ORDER BY signature, more_signature) AS class,
    signature, more_signature,
    arg_min({'id': subscription_id, 'row': "#row", 'acts': kind = 'acts'}, kind) AS example
FROM verdicts
ANTI JOIN unsaid ON row_id = "#row"
WHERE kind IN ('acts', 'unsure') AND signature IS NOT NULL
GROUP BY signature, more_signature
"""

# By numbers: signatures are texts of a hundred characters.
CLASS_OF_ROWS = """
SELECT "#row" AS row_id, class FROM verdicts JOIN classes USING (signature, more_signature)
WHERE kind = 'acts'
"""

EXAMPLES = """
SELECT example.id AS subscription_id FROM classes
"""

OPEN_IN_EXAMPLES = """
SELECT row_id, unit, stage FROM open_units
SEMI JOIN classes ON classes.example.row = row_id
"""
BITS_IN_EXAMPLES = """
SELECT "#row", $bits FROM verdicts
SEMI JOIN classes ON classes.example.row = "#row" AND classes.example.acts
"""

# What facts show is no candidate.
CANDIDATES = """
SELECT true_units.* EXCLUDE (is_shown, is_sure), units.* EXCLUDE (unit),
    acting.subscription_id, acting.day, class,
    CASE WHEN anchor_day IS NULL THEN 'none'
        ELSE CAST(DATE '1970-01-01' + CAST(anchor_day AS INT) AS VARCHAR) END AS anchor,
    rule || CASE WHEN is_staged THEN '@' || stage ELSE '' END AS label
FROM true_units
JOIN units USING (unit)
JOIN acting ON acting."#row" = row_id
LEFT JOIN class_of_rows USING (row_id)
ANTI JOIN unsaid USING (row_id)
WHERE NOT is_shown
"""

# `Orders.order` and `Orders.served_by`: of what was given, what each candidate has to know.
ORDERS = """
WITH met AS (
    SELECT row_id, unit, given.number, given.first_given, given.track AS its_track,
        candidates.track,
        {'run': last_run, 'day': last_given, 'track': track_index} AS settled_at,
        given.rule = candidates.rule AND given.stage IS NOT DISTINCT FROM candidates.stage
            AND given.anchor = candidates.anchor AS is_alike,
        given.clock = candidates.clock AS is_its_clock,
        given.track = candidates.track AND given.anchor = candidates.anchor
            AND given.clock = candidates.clock AS is_on_ladder,
        given.rule = candidates.rule AND given.stage IS NOT DISTINCT FROM candidates.stage
            OR given.step >= candidates.step AND (since IS NULL OR given.due_on >= since)
            AS may_serve,
        given.step < candidates.step AS is_lower
    FROM candidates JOIN given_before AS given USING (subscription_id)
), merged AS (
    SELECT row_id, unit,
        coalesce(max(number) FILTER (is_alike), 0) + 1 AS following,
        arg_min({'number': number, 'first': first_given, 'settled_at': settled_at},
            {'number': -number, 'track': its_track}) FILTER (is_alike AND is_its_clock) AS last,
        list(number) FILTER (is_alike AND its_track = track) AS numbers,
        coalesce(bool_or(is_on_ladder AND may_serve), FALSE) AS is_served,
        min(first_given) FILTER (is_on_ladder AND is_lower) AS lower_first,
        max(first_given) FILTER (is_on_ladder AND is_lower) AS lower_last
    FROM met GROUP BY row_id, unit
), undone AS (
    SELECT DISTINCT merged.row_id, merged.unit
    FROM merged
    JOIN undoing USING (unit)
    JOIN candidates USING (row_id, unit)
    JOIN given_before AS given
        ON given.subscription_id = candidates.subscription_id
        AND given.rule = undoing.rule AND given.action = undoing.action
    WHERE NOT given.is_providers
        AND {'run': last_run, 'day': last_given, 'track': track_index} > merged.last.settled_at
)
SELECT merged.* EXCLUDE (last),
    CASE WHEN undone.unit IS NULL THEN last.number END AS number,
    CASE WHEN undone.unit IS NULL THEN last.first END AS first_given
FROM merged LEFT JOIN undone USING (row_id, unit)
"""

DUE = """
SELECT candidates.*,
    coalesce(orders.number, orders.following, 1) AS number,
    coalesce(orders.first_given, day) AS first_given,
    coalesce(list_contains(numbers, orders.number), FALSE) AS is_again,
    coalesce(is_served, FALSE) AND NOT has_sets AS is_served,
    lower_first, lower_last,
    CASE WHEN anchor_day < day THEN greatest(coalesce(since, anchor_day), anchor_day)
        ELSE coalesce(since, orders.first_given, day) END AS due_day
FROM candidates LEFT JOIN orders USING (row_id, unit)
"""

WORKING = {"calendar": "VARCHAR", "day": "BIGINT", "next_day": "BIGINT"}
"""The columns of `working`: the first working day that is not before a day."""
# Days off are looked up outside: calendars are no arithmetic.
DAYS_ASKED = """
SELECT DISTINCT calendar, day FROM (
    SELECT calendar, due_day AS day FROM due WHERE calendar IS NOT NULL
    UNION ALL SELECT calendar, day FROM due WHERE calendar IS NOT NULL
)
ANTI JOIN working USING (calendar, day)
"""

PLACED = """
SELECT due.*, coalesce(on_due.next_day, due_day) AS due_on, today.next_day AS open_on,
    subscription_id || ':' || label || ':' || anchor
        || CASE WHEN number > 1 THEN '#' || number ELSE '' END AS action_id
FROM due
LEFT JOIN working AS on_due ON on_due.calendar = due.calendar AND on_due.day = due_day
LEFT JOIN working AS today ON today.calendar = due.calendar AND today.day = due.day
"""

REASONS = """
WITH ours AS (SELECT * FROM placed WHERE NOT is_provider)
SELECT row_id, unit, forbid AS place, name AS held_by, until, names AS missing,
    FALSE AS is_stale
FROM ours
JOIN forbidding USING (row_id)
JOIN forbids USING (forbid)
LEFT JOIN lacks ON is_open AND lacks.class = ours.class AND what = 'forbid' AND number_of = forbid
WHERE forbids.action = ours.action
UNION ALL
SELECT row_id, unit, 1000000, 'only_if', lock_until, names, FALSE
FROM ours
LEFT JOIN lacks
    ON lock IS NULL AND lacks.class = ours.class AND what = 'lock' AND number_of = lock_of
WHERE lock_of IS NOT NULL AND lock IS NOT TRUE
UNION ALL
SELECT row_id, unit, 1000001, 'after',
    CASE WHEN lower_first IS NOT NULL AND day < met_on THEN met_on - 1 END, NULL,
    lower_first IS NOT NULL AND day >= met_on
FROM (
    SELECT *, CASE WHEN is_last THEN lower_last ELSE lower_first END + days AS met_on FROM placed
)
WHERE is_last IS NOT NULL
    AND (lower_first IS NULL OR day < met_on OR coalesce(day - lower_last > fresh_days, FALSE))
UNION ALL
SELECT row_id, unit, 1000002, 'days', open_on - 1, NULL, FALSE
FROM placed WHERE open_on > day
UNION ALL
SELECT row_id, unit, 1000003, 'approval', NULL, NULL, FALSE
FROM ours
WHERE needs_approval AND NOT is_served AND NOT EXISTS (
    SELECT 1 FROM approved
    WHERE approved.action_id = ours.action_id AND ours.day BETWEEN first_day AND last_day
)
"""

# An earlier step that is given once more (`within`) is for the reference.
STALE = """
SELECT DISTINCT row_id FROM (
    SELECT row_id FROM reasons GROUP BY row_id, unit
    HAVING bool_or(is_stale) AND count(*) FILTER (held_by <> 'approval') = 1
)
"""

WINNERS = """
SELECT * EXCLUDE (rank) FROM (
    SELECT placed.*, row_number() OVER (
        PARTITION BY row_id, track ORDER BY step DESC, due_on DESC, position DESC, rule DESC
    ) AS rank
    FROM placed
    ANTI JOIN reasons USING (row_id, unit)
    WHERE NOT is_served
)
WHERE rank = 1
"""

# A winner that harms waits for all that may act above it.
WAITING = """
WITH above AS (
    SELECT row_id, track, step, rule || coalesce('@' || stage, '') AS name, names AS missing
    FROM open_units
    JOIN units USING (unit)
    JOIN (SELECT DISTINCT row_id, class FROM winners) AS winners USING (row_id)
    LEFT JOIN lacks ON lacks.class = winners.class AND what = 'unit' AND number_of = unit
    UNION ALL
    SELECT row_id, track, step, label, string_agg(missing, '; ')
    FROM reasons JOIN placed USING (row_id, unit)
    WHERE missing IS NOT NULL
    GROUP BY row_id, unit, track, step, label
)
SELECT row_id, winners.unit,
    row_number() OVER (PARTITION BY row_id, winners.unit ORDER BY above.step, name) AS place,
    'unknown ' || name AS held_by, CAST(NULL AS BIGINT) AS until, missing
FROM winners JOIN above USING (row_id, track)
WHERE above.step > winners.step AND is_harmful
"""

OUTCOMES = """
WITH holding AS (
    SELECT row_id, unit, place, held_by, until, missing FROM reasons
    UNION ALL SELECT * FROM waiting
), held AS (
    SELECT row_id, unit, string_agg(held_by, '; ' ORDER BY place) AS held_by,
        CASE WHEN bool_and(is_ending) THEN max(until) END AS held_until,
        coalesce(string_agg(missing, '; '), '') AS missing
    FROM (
        SELECT row_id, unit, held_by, min(place) AS place, max(until) AS until,
            bool_and(until IS NOT NULL) AS is_ending, string_agg(missing, '; ') AS missing
        FROM holding GROUP BY row_id, unit, held_by
    )
    GROUP BY row_id, unit
)
SELECT placed.*,
    CASE WHEN held.unit IS NULL THEN CASE WHEN is_provider THEN 'provider' ELSE 'actions' END
        ELSE 'held' END AS output,
    coalesce(held_by, '') AS held_by, held_until,
    array_to_string(list_sort(list_distinct(string_split(missing, '; '))), '; ') AS missing
FROM placed
LEFT JOIN held USING (row_id, unit)
LEFT JOIN (SELECT row_id, unit FROM winners) AS winners USING (row_id, unit)
ANTI JOIN unsaid USING (row_id)
WHERE held.unit IS NOT NULL OR winners.unit IS NOT NULL
"""
