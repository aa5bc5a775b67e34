"""The facts of lives as they stand when a segment begins: tonight's, and what orders then set."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from lapse.decide.forecast import sets_of
from lapse.executors.lowered.facts.judged_rows import JudgedRows
from lapse.executors.lowered.lives.life_rows import (
    AHEAD,
    BEGINS,
    FIRST_DAY,
    FIRST_INSTANT,
    LIFE,
)
from lapse.executors.lowered.words.columns import (
    BALANCES,
    BILLED_IN_ALL,
    BILLED_UNTIL_NOW,
    CURRENCY,
    DAY,
    FIRST_SEEN,
    INSTANT,
    LEFT,
    PROVIDER_DAY,
    READ,
    REGION,
    SUSPENDED_BY_US,
    TERM_END,
    TYPES,
    UNBROKEN_SEEN,
    absent_column,
    as_told,
    day_column,
    pin_column,
)
from lapse.executors.lowered.words.conditions import held
from lapse.executors.lowered.words.scopes import Lexicon
from lapse.executors.lowered.words.units import Unit
from lapse.inputs.relation import ROW
from lapse.model.facts import ABSENT, FactSpec, Missing, ValueType
from lapse.model.invoices import DEBT, FACTS_OWED, NEXT_DUE, NEXT_DUE_ON, PAST_DUE_SINCE
from lapse.model.money import Money
from lapse.model.rule import Rule, Today
from lapse.model.subscription import fact_of_key
from lapse.model.tables import currency_of
from lapse.sql.expressions import aliased, all_of, cases, cast, column, parsed, query, sql
from lapse.sql.small_tables import Cell, SmallTable

OF_DAY = frozenset({DAY, PROVIDER_DAY, INSTANT, LEFT, BILLED_IN_ALL, BILLED_UNTIL_NOW, *BALANCES})
"""What is found anew on each day."""
OF_TONIGHT = frozenset({ROW, READ, FIRST_SEEN, UNBROKEN_SEEN, SUSPENDED_BY_US})
SETTING = {
    **dict.fromkeys(("unit", "track_index"), "BIGINT"),
    **dict.fromkeys(("fact", "value", "currency"), "VARCHAR"),
    **dict.fromkeys(("is_today", "is_absent"), "BOOLEAN"),
}
"""The columns of `setting`: what each unit sets, a row for each fact."""


@dataclass(frozen=True, slots=True)
class States:
    """The tables of states; `units` are those of the rulebook."""

    rows: JudgedRows
    units: Sequence[Unit]

    @property
    def absent(self) -> frozenset[str]:
        """The facts that can be absent in some state."""
        set_absent = {
            name
            for rule in self._setting
            for name, value in rule.sets.items()
            if value is ABSENT and name != TERM_END
        }
        return frozenset(self.rows.names.absent) | set_absent

    @property
    def are_keys_set(self) -> bool:
        """Whether some order sets a fact that decides what is in force."""
        keys = {fact_of_key(key) for key in self.lexicon.book.catalogue.cascade}
        return not keys.isdisjoint(self._facts_set())

    @property
    def lexicon(self) -> Lexicon:
        return self.rows.lexicon

    def first(self, columns: Sequence[str], where: Mapping[str, str]) -> exp.Select:
        """Tonight's rows in a scope as the states of the first segment.

        They are in `rows_tonight`, with these columns.
        """
        gone = OF_DAY | OF_TONIGHT | set(self._found_anew())
        gone |= {pin_column(shape.pin) for shape in self.lexicon.shapes if shape.pin is not None}
        kept = [name for name in columns if name not in gone]
        more = [absent_column(fact) for fact in sorted(self.absent)]
        return query(
            "SELECT $kept, $more, $moment FROM rows_tonight WHERE $in_scope",
            in_scope=all_of(self._has(key, value) for key, value in where.items()),
            kept=[column(name) for name in kept],
            more=[aliased(exp.false(), name) for name in more if name not in {*kept, *gone}],
            moment=[
                aliased(column(ROW), LIFE),
                aliased(column(DAY), FIRST_DAY),
                aliased(column(DAY), BEGINS),
                aliased(column(INSTANT), FIRST_INSTANT),
                aliased(sql("$there - $day", there=column(PROVIDER_DAY), day=column(DAY)), AHEAD),
            ],
        )

    def _has(self, key: str, value: str) -> exp.Expr:
        """Whether a row has a value for a key of the cascade."""
        values = [value]
        if key == REGION:
            regions = self.lexicon.book.words.region_of
            values = [market for market, region in regions.items() if region == value]
        return sql("$fact IN ($values)", fact=column(fact_of_key(key)), values=values)

    def _found_anew(self) -> Iterator[str]:
        """The columns of facts that are completed on each day."""
        has_ledger = self.rows.relation.has_invoices
        owed = FACTS_OWED if has_ledger else (NEXT_DUE_ON, NEXT_DUE)
        for name in (TERM_END, *owed):
            yield from (name, absent_column(name), currency_of(name))

    def setting(self) -> SmallTable:
        rows = [
            (unit.number, unit.rule.track.index, name, *_told(value))
            for unit in self.units
            if unit.rule.track is not None
            for name, value in sets_of(unit.rule).items()
        ]
        return SmallTable("setting", SETTING, rows)

    def beyond(self) -> list[int]:
        """The units whose orders set what only the reference carries on from."""
        return [unit.number for unit in self.units if not all(self._is_carried(unit.rule))]

    def _is_carried(self, rule: Rule) -> Iterator[bool]:
        words, may_be_absent = self.lexicon.book.words.facts, self.rows.names.absent
        owed = {DEBT, PAST_DUE_SINCE} - may_be_absent
        for name, value in sets_of(rule).items():
            is_instant = words[name].type is ValueType.INSTANT and value is not ABSENT
            is_bill = name in {NEXT_DUE, NEXT_DUE_ON} or (value is ABSENT and name in owed)
            yield not (is_instant or is_bill or name in {CURRENCY, "customer_id"})

    def next(self, columns: Sequence[str]) -> exp.Select:
        """The states after the orders of `ended` (a row for each life and unit), the day after.

        `columns` are those of `lives`.
        """
        changed: dict[str, exp.Expr] = {BEGINS: sql("its.ended_on + 1")}
        for fact in sorted(self._facts_set()):
            changed |= self._changed(self.lexicon.book.words.facts[fact], columns)
        return query(
            "SELECT $columns FROM lives JOIN $set AS its ON $meets",
            columns=[
                aliased(changed[name], name) if name in changed else column(name, "lives")
                for name in columns
            ],
            set=parsed(_SET),
            meets=sql("its.life = $life", life=column(LIFE, "lives")),
        )

    def _changed(self, spec: FactSpec, columns: Sequence[str]) -> Mapping[str, exp.Expr]:
        """The columns of a fact after what was set, where it was."""
        is_derived = spec.name == TERM_END
        name = as_told(spec.name) if is_derived else spec.name
        its = sql("map_extract_value(its.facts, $fact)", fact=spec.name)
        was_set = sql("$its IS NOT NULL", its=its)

        def field(part: str) -> exp.Expr:
            return exp.Dot(this=exp.Paren(this=its.copy()), expression=exp.to_identifier(part))

        today = cast(sql("its.ended_on"), "VARCHAR")
        value = cases([(field("is_today"), today)], field("value"))
        found: dict[str, exp.Expr] = {
            name: cast(value, TYPES.get(spec.type, "BIGINT")),
            # An absent end of term is found again from its start.
            absent_column(name): exp.false() if is_derived else field("is_absent"),
            currency_of(name): field("currency"),
            day_column(name): exp.Null(),
        }
        return {
            each: cases([(was_set, new)], column(each, "lives"))
            for each, new in found.items()
            if each in columns
        }

    def _facts_set(self) -> set[str]:
        return {name for rule in self._setting for name in sets_of(rule)}

    @property
    def _setting(self) -> list[Rule]:
        return [unit.rule for unit in self.units if unit.rule.sets]


def _told(value: object) -> tuple[Cell, Cell, Cell, Cell]:
    """The value that is set, its currency, whether it is the day, and whether it is absent."""
    match value:
        case Today():
            return None, None, True, False
        case Missing():
            return None, None, False, value is ABSENT
        case Money(amount, currency):
            return f"{amount:f}", currency, False, False
        case _:
            return str(held(value)), None, False, False  # type: ignore[arg-type]


# Of two orders that set one fact, that of the later track counts.
_SET = """
SELECT life, any_value(ended_on) AS ended_on,
    map_from_entries(list({'fact': fact, 'told': told})) AS facts
FROM (
    SELECT life, fact, any_value(day) AS ended_on,
        arg_max({'value': value, 'currency': currency, 'is_today': is_today,
            'is_absent': is_absent}, track_index) AS told
    FROM ended JOIN setting USING (unit) GROUP BY life, fact
)
GROUP BY life
"""
