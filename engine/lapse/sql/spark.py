"""DuckDB's SQL translated to Spark's, or refused.

sqlglot passes on unchanged what it does not know. So each word (a function or another kind of node)
is on one of three lists: sqlglot translates it with its meaning, this module translates it, or only
DuckDB has it. The last are refused, and so is a word on no list, and a `TryCast` built by hand,
which sqlglot silently turns into a `CAST`. A date minus a date looks like any other difference, and
is not detected. Importing this module costs the import of sqlglot.
"""

import re
from collections.abc import Callable, Mapping

from sqlglot import ErrorLevel, exp

_SAME = """
    add alias and argmax argmin array arraycontains arraymax arraymin arraysize arraysort
    arraytostring between bitwiseand bitwiseor bitwiseoragg boolean case cast coalesce column concat
    concatws contains count cte datatype datatypeparam day distinct div dot dpipe eq exists filter
    floor from group groupconcat gt gte having identifier if in is join left length literal
    logicaland logicalor lower lt lte max min month mul neg neq not null nullif nullsafeeq or order
    ordered pad paren propertyeq replace right select split splitpart star struct sub subquery sum
    table tablealias trim trycast union upper where window windowspec with year
"""
"""Words that sqlglot writes for Spark with the meaning they have in DuckDB; tried on Spark 4."""
_TYPES = "ARRAY BIGINT BOOLEAN DATE DECIMAL DOUBLE INT TEXT TIMESTAMPNTZ"

ONLY_DUCKDB: Mapping[str, str] = {
    "files are opened by DuckDB": """
        parquet_file_metadata parquet_metadata parquet_schema read_csv read_parquet
        """,
    "JSON is taken apart by DuckDB": """
        endswith explode json_extract json_extract_string json_keys json_type list_extract
        regexplike
        """,
    "ids and rows are compared by hashes in DuckDB": "hash md5",
    "exports are joined in tables of DuckDB": "countif create insert limit schema",
    "amounts are divided as numbers of more than 64 bits": "abs intdiv mod startswith",
    "texts are cut by profiles in DuckDB": "strposition",
}
"""The words that only DuckDB has, by the reason why they are not translated."""

_MARKS = dict(zip("YmdHIMSp", ["yyyy", "M", "d", "H", "h", "mm", "ss", "a"], strict=True))
"""Spark's letters for the parts of a moment that is read; one letter reads one digit or two."""


class UnsaidError(ValueError):
    """A tree that cannot be written in Spark's SQL."""


def in_spark(tree: exp.Expr) -> str:
    """The text for Spark, or an `UnsaidError`; the tree is not changed.

    >>> from lapse.sql.expressions import column, sql
    >>> in_spark(sql("strlen($cell) > 5", cell=column("cell")))
    'OCTET_LENGTH(`cell`) > 5'
    """
    # A node without a parent cannot be replaced.
    root = exp.Paren(this=tree.copy())
    for node in reversed(list(root.this.walk())):
        said = _said(node)
        if said is not node:
            node.replace(said)
    told: exp.Expr = root.this
    return told.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE)


def word(node: exp.Expr) -> str:
    """What the lists call a node: the name of a function unknown to sqlglot, else its kind."""
    return node.name.lower() if isinstance(node, exp.Anonymous) else node.key


def _said(node: exp.Expr) -> exp.Expr:
    if word(node) in _OTHERWISE:
        return _OTHERWISE[word(node)](node)
    if word(node) not in SAID:
        reasons = (why for why, words in ONLY_DUCKDB.items() if word(node) in words.split())
        raise _unsaid(node, next(reasons, "nobody said how"))
    if isinstance(node, exp.DataType) and node.this.name not in _TYPES.split():
        raise _unsaid(node, "it has no such type")
    if isinstance(node, exp.TryCast) and not node.args.get("safe"):
        raise _unsaid(node, "it was built by hand, and would be a `CAST` there")
    if isinstance(node, exp.Left | exp.Right) and isinstance(node.expression, exp.Neg):
        raise _unsaid(node, "it counts from one side only")
    return node


def _unsaid(node: exp.Expr, why: str) -> UnsaidError:
    return UnsaidError(f"`{node.sql(dialect='duckdb')}` is not said in Spark: {why}")


def _call(name: str, *arguments: exp.Expr | str | int) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[exp.convert(each) for each in arguments])


def _java(pattern: exp.Expr, *, is_whole: bool = False) -> str:
    r"""A pattern of RE2 rewritten for Java.

    `(?d)` makes lines end as in RE2, and `\z` replaces `$`, which Java also matches before a final
    line break. Classes of spaces and of words differ, and are refused.
    """
    if not isinstance(pattern, exp.Literal) or re.search(r"\\[bBpPsSwW]", pattern.name):
        raise _unsaid(pattern, "it is another pattern in Java")
    parts = re.findall(r"\\.|\[(?:\\.|[^\]])*\]|.", pattern.name, re.DOTALL)
    told = "".join(r"\z" if part == "$" else part for part in parts)
    return rf"(?d)\A(?:{told})\z" if is_whole else f"(?d){told}"


def _replaced(node: exp.Expr) -> exp.Expr:
    """Spark's `regexp_replace`, which replaces every match.

    So a pattern without `g` is refused unless it ends with `$` and can match only once.
    """
    pattern, to = node.args["expression"], node.args["replacement"]
    if not (pattern.name.endswith("$") or node.text("modifiers") == "g"):
        raise _unsaid(node, "all that fits would be replaced")
    return _call("regexp_replace", node.this, _java(pattern), re.sub(r"\\(\d)", r"$\1", to.name))


def _cut(node: exp.Expr) -> exp.Expr:
    """The end of a text; a place counted from its start may be 0, which Spark takes for 1."""
    if not isinstance(node.args["start"], exp.Neg):
        raise _unsaid(node, "it counts from the start")
    return node


def _read(node: exp.Expr) -> exp.Expr:
    """A moment read in the first of several forms that fits."""
    text, forms = node.expressions
    named = [re.sub("%(.)", lambda mark: _MARKS[mark[1]], each.name) for each in forms.expressions]
    first, *others = (_call("try_to_timestamp", text.copy(), form) for form in named)
    return exp.Coalesce(this=first, expressions=others)


def _instant(node: exp.Expr) -> exp.Expr:
    """A moment without a time zone: one with a time zone is shown in the session's."""
    if node.args.get("scale") != exp.UnixToTime.MICROS:
        raise _unsaid(node, "it does not count microseconds")
    seconds = exp.Div(this=exp.cast(node.this, "decimal(20)"), expression=exp.convert(1_000_000))
    since = _call("make_dt_interval", 0, 0, 0, exp.cast(seconds, "decimal(18, 6)"))
    first = exp.cast(exp.Literal.string("1970-01-01"), "timestamp_ntz")
    return exp.Paren(this=exp.Add(this=first, expression=since))


def _shown(node: exp.Expr) -> exp.Expr:
    # `date_format` goes by the session's time zone, in which some hours of a year do not exist.
    if node.text("format") == "%Y-%m-%d":
        return exp.cast(exp.cast(node.this, "date"), "text")
    if node.text("format") == "%Y-%m-%dT%H:%M:%S.%fZ":
        moment = exp.cast(node.this, "text")
        whole = _call("rpad", moment, len("1970-01-01 00:00:00.123456"), "0")
        dotted = _call("regexp_replace", whole, r"^(.{19})0", "$1.")
        return _call("concat", _call("replace", dotted, " ", "T"), "Z")
    if node.text("format") != "%Y-%m-%dT%H:%M:%SZ":
        raise _unsaid(node, "it is another form")
    text = _call("left", exp.cast(node.this, "text"), len("1970-01-01 00:00:00"))
    return _call("concat", _call("replace", text, " ", "T"), "Z")


def _one_or(node: exp.Expr) -> exp.Expr:
    """Spark's `greatest` and `least` take two or more."""
    return node if node.expressions else node.this


def _days_between(node: exp.Expr) -> exp.Expr:
    if node.text("unit") != "DAY":
        raise _unsaid(node, "it does not count days")
    return _call("datediff", node.this, node.expression)


def _listed(node: exp.Expr) -> exp.Expr:
    """A list of values, none of them null, in the order of the values themselves or in none.

    Of no rows it is empty, and not null as in DuckDB.
    """
    if not isinstance(node.this, exp.Order):
        return _call("collect_list", node.this)
    (by,) = node.this.expressions
    if by.this != node.this.this or by.args.get("desc") or isinstance(node.parent, exp.Filter):
        raise _unsaid(node, "lists are sorted by their values alone")
    return _call("array_sort", _call("collect_list", node.this.this))


def _numbered(node: exp.Expr) -> exp.Expr:
    if not isinstance(node.parent, exp.Window) or not node.parent.args.get("order"):
        raise _unsaid(node, "rows are numbered in the order of a file")
    return node


def _unit(node: exp.Expr) -> exp.Expr:
    if not isinstance(node.parent, exp.DateDiff):
        raise _unsaid(node, "it is a unit of something else")
    return node


def _microseconds(node: exp.Expr) -> exp.Expr:
    """Since 1970, of a moment without a time zone: Spark's own ways go by the session's."""
    (moment,) = node.expressions
    days = exp.cast(_call("unix_date", exp.cast(moment.copy(), "date")), "bigint")
    # Whole numbers of 32 bits, which the products are too large for.
    hours, minutes = (exp.cast(_call(part, moment.copy()), "bigint") for part in ("hour", "minute"))
    seconds = _call("date_part", "SECOND", moment.copy())
    whole = exp.cast(exp.Mul(this=seconds, expression=exp.convert(1_000_000)), "bigint")
    parts = ((days, 86_400_000_000), (hours, 3_600_000_000), (minutes, 60_000_000))
    told: exp.Expr = whole
    for part, each in parts:
        told = exp.Add(this=exp.Mul(this=part, expression=exp.convert(each)), expression=told)
    return exp.Paren(this=told)


_OTHERWISE: Mapping[str, Callable[[exp.Expr], exp.Expr]] = {
    # Spark keeps a null among those that differ.
    "arrayagg": _listed,
    "arraydistinct": lambda node: _call("array_distinct", _call("array_compact", node.this)),
    "datediff": _days_between,
    "epoch_us": _microseconds,
    "greatest": _one_or,
    "least": _one_or,
    "regexp_split_to_array": lambda node: _call(
        "split", node.expressions[0], _java(node.expressions[1]), -1
    ),
    "regexpextract": lambda node: _call(
        "regexp_extract", node.this, _java(node.args["expression"]), node.args.get("group") or 0
    ),
    "regexpfullmatch": lambda node: exp.RegexpLike(
        this=node.this,
        expression=exp.Literal.string(_java(node.args["expression"], is_whole=True)),
    ),
    "regexpreplace": _replaced,
    "rownumber": _numbered,
    "substring": _cut,
    "strlen": lambda node: _call("octet_length", *node.expressions),
    "timetostr": _shown,
    "to_minutes": lambda node: _call(
        "make_dt_interval", 0, 0, exp.cast(node.expressions[0], "int")
    ),
    "to_months": lambda node: _call("make_ym_interval", 0, node.expressions[0]),
    "try_strptime": _read,
    "unixtotime": _instant,
    "var": _unit,
}
"""Words that have another name or other arguments in Spark."""
SAID = frozenset((*_SAME.split(), *_OTHERWISE))
