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
    add alias and array arraymax arraymin between bitwiseand bitwiseor boolean case cast coalesce
    column concat concatws contains datatype datatypeparam day div dpipe eq floor from greatest gt
    gte identifier if in is join least left length literal lower lt lte month mul neg neq not null
    nullif nullsafeeq or pad paren replace right select splitpart star sub subquery table tablealias
    trim trycast upper where year
"""
"""Words that sqlglot writes for Spark with the meaning they have in DuckDB; tried on Spark 4."""
_TYPES = "ARRAY BIGINT BOOLEAN DATE DECIMAL INT TEXT TIMESTAMPNTZ"

ONLY_DUCKDB: Mapping[str, str] = {
    "files are opened by DuckDB": """
        parquet_file_metadata parquet_metadata parquet_schema propertyeq read_csv read_parquet
        """,
    "JSON is taken apart by DuckDB": """
        endswith explode json_extract json_extract_string json_keys json_type list_extract
        regexplike
        """,
    "rows are numbered in the order of a file": "rownumber window",
    "ids and rows are compared by hashes in DuckDB": "hash md5",
    "exports are joined in tables of DuckDB": """
        argmin arrayagg count countif create distinct exists filter group insert limit
        logicalor max order ordered schema struct sum union
        """,
    "amounts are divided as numbers of more than 64 bits": "abs intdiv mod startswith",
    "texts are cut by profiles in DuckDB": "strposition",
}
"""The words that only DuckDB has, by the reason why they are not translated."""

_DAYS = {"%Y-%m-%d": "yyyy-MM-dd", "%Y-%m-%dT%H:%M:%SZ": "yyyy-MM-dd'T'HH:mm:ss'Z'"}
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
    if node.args.get("scale") != exp.UnixToTime.MICROS:
        raise _unsaid(node, "it does not count microseconds")
    return _call("timestamp_micros", node.this)


_OTHERWISE: Mapping[str, Callable[[exp.Expr], exp.Expr]] = {
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
    "substring": _cut,
    "strlen": lambda node: _call("octet_length", *node.expressions),
    "timetostr": lambda node: _call("date_format", node.this, _DAYS[node.text("format")]),
    "to_minutes": lambda node: _call(
        "make_dt_interval", 0, 0, exp.cast(node.expressions[0], "int")
    ),
    "try_strptime": _read,
    "unixtotime": _instant,
}
"""Words that have another name or other arguments in Spark."""
SAID = frozenset((*_SAME.split(), *_OTHERWISE))
