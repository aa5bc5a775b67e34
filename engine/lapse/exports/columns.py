"""The columns that hold a fact's value in SQL: money has two."""

from lapse.facts import FactSpec, ValueType

ID = "subscription_id"


def currency_of(fact: str) -> str:
    """The column that holds the currency of a money fact."""
    return f"{fact}.currency"


def value_columns(spec: FactSpec) -> tuple[str, ...]:
    is_money = spec.type is ValueType.MONEY
    return (spec.name, currency_of(spec.name)) if is_money else (spec.name,)
