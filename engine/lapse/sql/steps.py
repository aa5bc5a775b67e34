"""Expressions computed in steps: what is used more than once gets a column of its own.

Expressions that copy their parts grow with every layer. A named column keeps them small and is
computed once. Importing this module costs the import of sqlglot.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import LiteralString

from sqlglot import exp

from lapse.sql.expressions import Fillings, aliased, column, query, sql


@dataclass(slots=True)
class Steps:
    """Columns computed over a table, each over those of earlier steps."""

    _steps: list[list[exp.Expr]] = field(default_factory=list)
    _step_of: dict[str, int] = field(default_factory=dict)

    def named(self, value: exp.Expr) -> exp.Expr:
        """A value as a column of its own; a column or a constant stays as it is."""
        # All else is named, not copied at each use: a price once had 341,000 nodes.
        if isinstance(value, exp.Column | exp.Literal | exp.Null):
            return value
        used = (self._step_of.get(each.name, 0) for each in value.find_all(exp.Column))
        step = max(used, default=0) + 1
        name = f"#{len(self._step_of)}"
        self._step_of[name] = step
        if len(self._steps) < step:
            self._steps.append([])
        self._steps[step - 1].append(aliased(value, name))
        return column(name)

    def sql(self, text: LiteralString, /, **holes: Fillings) -> exp.Expr:
        """A fragment, filled as `expressions.sql` does, as a column of its own."""
        return self.named(sql(text, **holes))

    def read_by(self, values: Iterable[exp.Expr]) -> frozenset[str]:
        """The names of the columns that these values and all steps read."""
        steps = (value for step in self._steps for value in step)
        return frozenset(
            each.name for value in (*values, *steps) for each in value.find_all(exp.Column)
        )

    def over(self, table: exp.Expr) -> exp.Expr:
        """The table with all these columns added."""
        for number, step in enumerate(self._steps):
            added = query("SELECT *, $step FROM $table", step=step, table=table)
            table = added.subquery(f"step{number}", copy=False)
        return table


class Inline(Steps):
    """No steps: an expression used once or twice may be copied."""

    __slots__ = ()

    def named(self, value: exp.Expr) -> exp.Expr:
        return value


def unless(is_done: exp.Expr, value: exp.Expr) -> exp.Expr:
    """The value, or null where `is_done` is true, so that it is not computed there."""
    is_needed = sql("NOT coalesce($is_done, false)", is_done=is_done)
    return sql("CASE WHEN $is_needed THEN $value END", is_needed=is_needed, value=value)
