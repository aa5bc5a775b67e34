"""SQL as trees: fragments of text, parsed once, whose named holes are filled with other trees.

A hole is written as DuckDB writes a parameter, `$cell`. A tree, a text, a number or several go into
it: texts and numbers as literals; in place of a name or a table, a text is its name, and a query a
table. A tree that hangs in another one already is copied, so that none is shared. Operands that an
operator would tear apart get brackets. Importing this module costs the import of sqlglot.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, reduce
from typing import ClassVar, LiteralString

from sqlglot import ErrorLevel, exp, parse_one
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.parsers.duckdb import DuckDBParser

Filling = exp.Expr | str | int | None
Fillings = Filling | Sequence[Filling]


class _Fragments(DuckDB):
    """DuckDB's SQL, all of it to be rendered as it was written.

    Texts between dollars are left out, for sqlglot takes `$part <> ''` for the start of one.
    Functions of JSON keep their names: as arrows, among arguments they look like lambdas.
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
    """The fragment with its holes filled.

    >>> render(sql("try_cast($cell AS bigint) <= $most", cell=column("seats"), most=9))
    'TRY_CAST("seats" AS BIGINT) <= 9'
    """
    template, names = _parsed(text)
    if names != holes.keys():
        raise TypeError(f"`{text}` has the holes {sorted(names)}, not {sorted(holes)}")
    return _filled(template, holes)


def query(text: LiteralString, /, **holes: Fillings) -> exp.Select:
    """As `sql`, of a text that selects."""
    selected = sql(text, **holes)
    assert isinstance(selected, exp.Select)
    return selected


def render(statement: exp.Expr) -> str:
    """The text for DuckDB; the tree must not be used again."""
    return statement.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE, copy=False)


def column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table, quoted=True)


def cast(value: Filling, type_: str) -> exp.Cast:
    """The value as a type of DuckDB that only a variable names; an error when it is none."""
    return exp.Cast(this=_tree(value), to=exp.DataType.build(type_, dialect="duckdb"))


def aliased(value: Filling, name: str) -> exp.Expr:
    """The value as a column of this name."""
    return exp.Alias(this=_tree(value), alias=exp.to_identifier(name, quoted=True))


def is_null(value: exp.Expr) -> exp.Expr:
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
    return reduce(lambda one, other: sql("$one AND $other", one=one, other=other), conditions)


def any_of(conditions: Iterable[exp.Expr]) -> exp.Expr:
    return reduce(lambda one, other: sql("$one OR $other", one=one, other=other), conditions)


def cases(
    branches: Iterable[tuple[exp.Expr, Filling]], otherwise: exp.Expr | None = None
) -> exp.Expr:
    """The value of the first branch whose condition holds; of none, the other one, or null."""
    ifs = [exp.If(this=_tree(condition), true=_tree(value)) for condition, value in branches]
    if not ifs:
        return _tree(otherwise)
    return exp.Case(ifs=ifs, default=None if otherwise is None else _tree(otherwise))


@cache
def _parsed(text: str) -> tuple[exp.Expr, frozenset[str]]:
    template = parse_one(text, read=_Fragments)
    return template, frozenset(hole.name for hole in template.find_all(exp.Placeholder))


def _filled(node: exp.Expr, holes: Mapping[str, Fillings]) -> exp.Expr:
    """A copy of a template with its holes filled; each tree hangs there before the next is put."""
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
    """What a part of a template becomes: one node, or of a hole as many as are put into it."""
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
