"""Lapse: a rule-driven policy engine for companies that resell subscriptions.

Facts about subscriptions, what was done before and a day go in; a decision about each comes out.
Read in this order; a room imports only what stands above it here:

    model      the nouns: facts, days, money, conditions, rules, decisions; no I/O
    lock       a file's lock, which no killed process leaves behind
    scratch    temporary folders that outlive nobody
    sql        SQL written as SQL, and the one DuckDB that may touch nothing but what it is given
    policy     YAML to a checked rulebook (text, reading, profiles, check), and what is in force
    inputs     files to facts: formats, profiles as SQL, several exports joined
    runs       the folders: history, receipts, outputs, publishing by one rename
    decide     the specification: when a condition holds, what follows, why; read `reference`
    executors  other ways to the same decisions: durable_rules, jumps from change to change
    analysis   what people ask: explain, cases, coverage, forecasts, what-if
    nightly    the run: policies, inputs and history in, one folder out
    report     results as text, tables, Markdown and JSON
    cli        the commands; only here is anything printed, or a clock read

A condition is evaluated in `decide.truth`, a market's value chosen in `policy.in_force`, a cell
made a date in `inputs.day_forms`, a message worded where the mistake is found, a row written in
`runs.outputs`.
"""

__version__ = "0.1.0"
