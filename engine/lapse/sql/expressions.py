"""SQL as trees: fragments of text, parsed once, whose named holes are filled with other trees.

A hole is written as DuckDB writes a parameter, `$cell`. It takes a tree, a text or a number, or
several of these. Texts and numbers become literals; where a name or a table belongs, a text is the
name, and a query the table. A tree that already hangs in another one is copied, so that no tree is
shared. Operands get brackets where an operator would tear them apart. Importing this module costs
the import of sqlglot.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import ClassVar, LiteralString

from sqlglot import ErrorLevel, exp, parse_one
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.parsers.duckdb import DuckDBParser

Filling = exp.Expr | str | int | None
Fillings = Filling | Sequence[Filling]


class _Fragments(DuckDB):
    """DuckDB's SQL, parsed so that all of it is rendered as it was written.

    Dollar-quoted texts are switched off, since sqlglot takes `$part <> ''` for the start of one.
    JSON functions keep their names: written as arrows among arguments, they look like lambdas.
    """

    class Tokenizer(DuckDB.Tokenizer):
        HEREDOC_STRINGS: ClassVar[list[str | tuple[str, str]]] = []

    class Parser(DuckDBParser):
        FUNCTIONS: ClassVar[dict[str, Callable[..., exp.Expr]]] = {
            name: build for name, build in DuckDBParser.FUNCTIONS.items() if "JSON_" not in name
        }


_NAMING = exp.Schema | exp.TableAlias
"""Nodes in which a text is a name."""
_OPERATORS = exp.Binary | exp.Not | exp.Between | exp.In


def sql(text: LiteralString, /, **holes: Fillings) -> exp.Expr:
    """The fragment with its holes filled; a `TypeError` when `holes` are not exactly its holes.

    >>> render(sql("try_cast($cell AS bigint) <= $most", cell=column("seats"), most=9))
    'TRY_CAST("seats" AS BIGINT) <= 9'
    """
    template, names = _template(text)
    if names != holes.keys():
        raise TypeError(f"`{text}` has the holes {sorted(names)}, not {sorted(holes)}")
    return _filled(template, holes)


def query(text: LiteralString, /, **holes: Fillings) -> exp.Select:
    """A `SELECT` with its holes filled, as `sql` does."""
    selected = sql(text, **holes)
    assert isinstance(selected, exp.Select)
    return selected


def parsed(text: str) -> exp.Expr:
    """The tree of a whole statement in DuckDB's SQL."""
    return parse_one(text, read=_Fragments)


def render(statement: exp.Expr) -> str:
    """The text for DuckDB; the tree must not be used again."""
    # Not copied: what takes time is building trees (200 to 440 ms), not rendering them.
    return statement.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE, copy=False)


def column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table, quoted=True)


def cast(value: Filling, type_: str) -> exp.Cast:
    """The value cast to a DuckDB type given by a variable; an error when there is no such type."""
    return exp.Cast(this=_tree(value), to=exp.DataType.build(type_, dialect="duckdb"))


def try_cast(value: Filling, type_: str) -> exp.TryCast:
    """As `cast`; null where the value cannot be cast."""
    type_of = exp.DataType.build(type_, dialect="duckdb")
    return exp.TryCast(this=_tree(value), to=type_of, safe=True)  # as parsed: see `sql.spark`


def aliased(value: Filling, name: str) -> exp.Expr:
    """The value as a column of this name."""
    # Never bare: `'x' rule` and `1 source` do not parse in DuckDB.
    return exp.Alias(this=_tree(value), alias=exp.to_identifier(name, quoted=True))


def is_null(value: exp.Expr) -> exp.Expr:
    if isinstance(value, exp.Boolean):
        return exp.false()
    return sql("$value IS NULL", value=value)


def is_there(value: exp.Expr) -> exp.Expr:
    return sql("$value IS NOT NULL", value=value)


def blank(text: exp.Expr) -> exp.Expr:
    """The text, null when it is empty."""
    return sql("nullif($text, '')", text=text)


def matches(text: exp.Expr, pattern: str) -> exp.Expr:
    """Whether the pattern matches the whole text."""
    return sql("regexp_full_match($text, $pattern)", text=text, pattern=pattern)


def first_of(values: Sequence[exp.Expr]) -> exp.Expr:
    """The first that is not null."""
    return sql("coalesce($values)", values=values) if len(values) > 1 else values[0]


def all_of(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """Whether all hold, as `AND` says it; of none at all, true.

    >>> render(all_of([exp.true(), column("is_due"), exp.true()]))
    '"is_due"'
    """
    return _connected(exp.And, conditions, neutral=True)


def any_of(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """Whether any holds, as `OR` says it; of none at all, false."""
    return _connected(exp.Or, conditions, neutral=False)


def _connected(
    kind: type[exp.Connector], conditions: Iterable[exp.Expr], *, neutral: bool
) -> exp.Expr:
    # What is known beforehand is left out: each rule that passes in no row is a `FALSE`, and most
    # of a statement's parts were once of such rules.
    told: exp.Expr | None = None
    for each in conditions:
        if isinstance(each, exp.Boolean):
            if each.this == neutral:
                continue
            return exp.Boolean(this=not neutral)
        if told is None:
            told = each
            continue
        made = kind()
        for side, condition in (("this", told), ("expression", each)):
            made.set(side, _operand(_tree(condition), made))
        told = made
    return exp.Boolean(this=neutral) if told is None else told


_OPPOSITE: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.NEQ,
    exp.LT: exp.GTE,
    exp.LTE: exp.GT,
    exp.NEQ: exp.EQ,
    exp.GTE: exp.LT,
    exp.GT: exp.LTE,
}


def negated(condition: exp.Expr) -> exp.Expr:
    """`NOT` of a condition, told of its parts: as a filter, DuckDB computes few of these."""
    match condition:
        case exp.Paren(this=inside):
            return negated(inside)
        case exp.Not(this=inside):
            return _tree(inside)
        case exp.Boolean(this=is_true):
            return exp.convert(not is_true)
        case exp.And() | exp.Or():
            parts = [negated(part) for part in condition.flatten()]
            return any_of(parts) if isinstance(condition, exp.And) else all_of(parts)
        case exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
            opposite = _OPPOSITE[type(condition)]
            return opposite(this=_tree(condition.this), expression=_tree(condition.expression))
        case _:
            return sql("NOT $condition", condition=condition)


def cases(
    branches: Iterable[tuple[exp.Expr, Filling]], otherwise: exp.Expr | None = None
) -> exp.Expr:
    """The value of the first branch whose condition holds; else `otherwise`, or null."""
    ifs = [exp.If(this=_tree(condition), true=_tree(value)) for condition, value in branches]
    if not ifs:
        return _tree(otherwise)
    return exp.Case(ifs=ifs, default=None if otherwise is None else _tree(otherwise))


@cache
def _template(text: str) -> tuple[exp.Expr, frozenset[str]]:
    template = parse_one(text, read=_Fragments)
    return template, frozenset(hole.name for hole in template.find_all(exp.Placeholder))


def _filled(node: exp.Expr, holes: Mapping[str, Fillings]) -> exp.Expr:
    """A copy of a template with its holes filled, one after the other.

    Each tree is attached before the next is added, so that one used twice is copied.
    """
    made = type(node)()
    for key, part in node.args.items():
        if isinstance(part, list):
            for each in part:
                for piece in _pieces(each, node, holes):
                    made.append(key, piece)
        elif isinstance(part, exp.Expr):
            first, *others = _pieces(part, node, holes)
            made.set(key, first)
            for other in others:  # of several arguments sqlglot keeps the first apart
                made.append("expressions", other)
        else:
            made.args[key] = part
    return made


def _pieces(part: object, parent: exp.Expr, holes: Mapping[str, Fillings]) -> Iterator[object]:
    """What a part of a template becomes: one node, or for a hole as many as were put into it."""
    if isinstance(part, exp.Placeholder):
        filling = holes[part.name]
        for each in filling if isinstance(filling, list | tuple) else (filling,):
            is_name = isinstance(parent, _NAMING)
            yield _name(each) if is_name else _operand(_tree(each), parent)
    elif isinstance(part, exp.Table) and isinstance(part.this, exp.Placeholder):
        alias = part.args.get("alias")
        yield _table(holes[part.name], None if alias is None else _filled(alias, holes))
    else:
        yield _filled(part, holes) if isinstance(part, exp.Expr) else part


def _tree(value: Filling) -> exp.Expr:
    match value:
        case exp.Expr():
            return value if value.parent is None else value.copy()
        case str():
            return exp.Literal.string(value)
        case None:
            return exp.Null()
        case bool():
            return exp.Boolean(this=value)
        case int():
            return exp.Literal.number(value)


def _name(value: Filling) -> exp.Expr:
    return exp.to_identifier(value, quoted=True) if isinstance(value, str) else _tree(value)


def _table(value: Fillings, alias: exp.Expr | None) -> exp.Expr:
    assert isinstance(value, str | exp.Expr)
    table = exp.to_table(value) if isinstance(value, str) else _tree(value)
    if isinstance(table, exp.Query) and not isinstance(table, exp.Subquery):
        return exp.Subquery(this=table, alias=alias)
    if alias is not None:
        table.set("alias", alias)
    return table


def _operand(tree: exp.Expr, parent: exp.Expr) -> exp.Expr:
    if isinstance(parent, exp.Connector | exp.Not):
        is_loose = isinstance(tree, exp.Connector) and type(tree) is not type(parent)
    else:
        is_loose = isinstance(parent, _OPERATORS | exp.Neg) and isinstance(tree, _OPERATORS)
    return exp.Paren(this=tree) if is_loose else tree
