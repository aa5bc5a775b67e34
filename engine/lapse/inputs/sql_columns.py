"""The columns that hold a fact's value in SQL, and their types: money has two."""

from collections.abc import Mapping

from lapse.model.facts import FactSpec, ValueType

_T = ValueType
SQL_TYPES: Mapping[ValueType, str] = {
    _T.TEXT: "text",
    _T.CHOICE: "text",
    _T.FLAG: "boolean",
    _T.COUNT: "bigint",
    _T.DAYS: "bigint",
    _T.MONTHS: "bigint",
    _T.MONEY: "decimal(18,4)",
    _T.DATE: "date",
    _T.INSTANT: "timestamp",
    _T.DAYS_LIST: "bigint[]",
}


def currency_of(fact: str) -> str:
    """The column that holds the currency of a money fact."""
    return f"{fact}.currency"


def value_columns(spec: FactSpec) -> tuple[str, ...]:
    is_money = spec.type is ValueType.MONEY
    return (spec.name, currency_of(spec.name)) if is_money else (spec.name,)


def typed_columns_of(spec: FactSpec) -> tuple[tuple[str, str], ...]:
    """The columns of a fact, each with its type in SQL."""
    types = (SQL_TYPES[spec.type], "text")
    return tuple(zip(value_columns(spec), types, strict=False))
