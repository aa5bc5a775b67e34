"""What cells of outputs say of a row, as texts that are never null: reasons, facts, amounts.

Rows are settled facts with what is in force for them, as `truths` reads them. Reasons are those of
`decide.because`, for rules and stages that are true; the other cells are those of `runs.rows`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import LiteralString

from sqlglot import exp

from lapse.decide.because import STAGE
from lapse.executors.lowered.words.columns import term_column
from lapse.executors.lowered.words.conditions import Amount, Amounts, Cell, Row, amount_in
from lapse.executors.lowered.words.names import Names
from lapse.model.comparing import Truth
from lapse.model.condition import (
    SIGNS,
    All,
    AnyOf,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    NameKind,
    Not,
    Operand,
    Operator,
    Stage,
    Sum,
)
from lapse.model.facts import ABSENT, UNKNOWN, ValueType
from lapse.model.rule import Rule
from lapse.model.subscription import parts_of
from lapse.policy.text.template import template_pieces
from lapse.sql.expressions import all_of, blank, cases, column, first_of, is_there, sql

SHOWN: Mapping[ValueType, LiteralString] = {
    ValueType.FLAG: "CASE WHEN $value THEN 'yes' WHEN NOT $value THEN 'no' END",
    ValueType.DATE: "CAST(DATE '1970-01-01' + CAST($value AS INT) AS VARCHAR)",
    ValueType.DAYS_LIST: "replace($value, ',', ', ')",
    ValueType.COUNT: "CAST($value AS VARCHAR)",
    ValueType.DAYS: "CAST($value AS VARCHAR)",
    ValueType.MONTHS: "CAST($value AS VARCHAR)",
}
"""How values are written that are neither texts, money nor instants."""

Pieces = list[exp.Expr | str]
"""The parts of a text, none of which is null where it is told."""
Say = Callable[[Name], exp.Expr]


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of rows in which names have these values."""

    names: Names

    def because(self, rule: Rule, stage: exp.Expr | None) -> exp.Expr:
        """Why a rule that acts is true in a row, or its stage of this value."""
        if not rule.because:
            return _text(_Sentence(self, stage).whole(rule.when))
        *others, last = (self._template(text, stage) for text in rule.because)
        told = [(self._is_known(each), _told(each, self.known)) for each in others]
        return cases(told, _told(last, self.value))

    def fact_cell(self, name: str) -> exp.Expr:
        """A fact; blank where it is absent or not known."""
        spec = self.names.words.facts[name]
        return _or_blank(self.known(Name(name, NameKind.FACT, spec.type)))

    def amount_cell(self, name: str) -> exp.Expr:
        """An amount to four places, and its currency if not the row's; blank if not known."""
        amount = self.names(Name(name, NameKind.FACT, ValueType.MONEY))
        assert isinstance(amount, Amount)
        is_other = sql(
            "$currency <> coalesce($own, '')", currency=amount.currency, own=self.names.currency
        )
        unit = cases([(is_other, sql("' ' || $it", it=amount.currency))], exp.convert(""))
        digits = self._digits(name, amount.value)
        return _or_blank(sql("$digits || $unit", digits=digits, unit=unit))

    def value(self, name: Name) -> exp.Expr:
        """A name's value, or which way it is missing."""
        absence = self.names(name).is_absent
        missing = exp.convert(UNKNOWN.value)
        if absence is not None:
            missing = cases([(absence, ABSENT.value)], missing)
        return first_of([self.known(name), missing])

    def known(self, name: Name) -> exp.Expr:
        """A name's value; null where it is missing."""
        cell = self.names(name)
        match cell:
            case Amounts():
                return self._in_own_currency(name, cell)
            case Amount():
                cents = sql("CAST($it AS DECIMAL(38, 2))", it=cell.value)
                return _in_currency(self._digits(name.name, cents), cell.currency)
            case Cell():
                return shown(cell.value, name.type)

    def _in_own_currency(self, term: Name, amounts: Amounts) -> exp.Expr:
        """A money term's amount in the currency of its row, else all its amounts."""
        debt = self.names.fact("debt")
        assert isinstance(debt, Amount)
        of_debt = cases([(is_there(debt.value), debt.currency)])
        currency = first_of([self.names.currency, of_debt])
        amount = sql("CAST($it AS DECIMAL(38, 2))", it=amount_in(amounts, currency))
        own = _in_currency(sql("CAST($it AS VARCHAR)", it=amount), currency)
        return first_of([own, column(term_column(term.name))])

    def _digits(self, name: str, rounded: exp.Expr) -> exp.Expr:
        """A rounded amount without its currency."""
        words = self.names.words
        parts = (part for part in parts_of(name, words) if part in words.facts)
        price = next(part for part in parts if words.facts[part].type is ValueType.MONEY)
        # Python's decimals keep the sign of what comes to zero; SQL has no negative zero.
        return sql(
            "CASE WHEN $price < 0 AND $it = 0 THEN '-' ELSE '' END || CAST($it AS VARCHAR)",
            price=self.names.fact(price).value,
            it=rounded,
        )

    def _template(self, text: str, stage: exp.Expr | None) -> list[Name | exp.Expr | str]:
        """The parts of a template; a field that names nothing stays as it is written."""
        parts: list[Name | exp.Expr | str] = []
        for piece, is_field in template_pieces(text):
            if is_field and piece == STAGE and stage is not None:
                parts.append(shown(stage, ValueType.DAYS))
            elif is_field:
                parts.append(self.names.terms.lexicon.told(piece) or f"{{{piece}}}")
            else:
                parts.append(piece)
        return parts

    def _is_known(self, parts: Iterable[Name | exp.Expr | str]) -> exp.Expr:
        """Whether all values of a template are there."""
        known = [is_there(self.names(each).value) for each in parts if isinstance(each, Name)]
        return all_of(known)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A condition with the values found, as `decide.because.sentence`, where it is true.

    `truth` is what a part then is in every row; with None it may be anything. Parts that are true
    need no test, and their values are there.
    """

    texts: Texts
    stage: exp.Expr | None

    def whole(self, condition: Condition) -> Pieces:
        if isinstance(condition, All):
            parts = [self._part(part, truth=True) for part in condition.parts]
            return _joined("; ", parts) or ["always"]
        return self._part(condition, truth=True)

    def _part(self, condition: Condition, *, truth: Truth) -> Pieces:
        match condition:
            case Leaf():
                return self._leaf(condition, is_true=truth is True)
            case Not(part):
                return ["not (", *self._part(part, truth=_opposite(truth)), ")"]
            case All(parts):
                # A part of what is false may be true.
                return self._listed(" and ", parts, truth or None) or ["always"]
            case AnyOf(parts):
                return self._alternatives(parts, truth) or ["never"]

    def _listed(self, mark: str, parts: Iterable[Condition], truth: Truth) -> Pieces:
        return _joined(mark, [self._bracketed(part, truth=truth) for part in parts])

    def _bracketed(self, part: Condition, *, truth: Truth) -> Pieces:
        pieces = self._part(part, truth=truth)
        return ["(", *pieces, ")"] if isinstance(part, All | AnyOf) else pieces

    def _alternatives(self, parts: Sequence[Condition], truth: Truth) -> Pieces:
        """Those that hold; all of them where none does."""
        if truth is False or len(parts) < 2:  # noqa: PLR2004  nothing to choose from
            return self._listed(" or ", parts, truth)
        row = Row(self.texts.names, self.texts.names.currency, self.stage)
        told = [_text(self._bracketed(part, truth=True)) for part in parts]
        holding = [cases([(row.says(part), text)]) for part, text in zip(parts, told, strict=True)]
        found = sql("concat_ws(' or ', $holding)", holding=holding)
        if truth:
            return [found]
        return [first_of([blank(found), _text(self._listed(" or ", parts, None))])]

    def _leaf(self, leaf: Leaf, *, is_true: bool) -> Pieces:
        """A leaf with its values; one that only repeats the other is left out."""
        if leaf.operator in {Operator.PRESENT, Operator.KNOWN}:
            return [str(leaf)]
        # These two are true of what is missing, too.
        is_known = is_true and leaf.operator not in {Operator.NE, Operator.NOT_IN}
        say = self.texts.known if is_known else self.texts.value
        left, right = say(leaf.subject), self._right(leaf.operand, say)
        sign = f" {SIGNS[leaf.operator]} "
        whole: Pieces = [f"{leaf.subject} ", left, sign, *right]
        if leaf.operator is not Operator.EQ or not isinstance(leaf.operand, Literal | Stage):
            return whole
        short: Pieces = [f"{leaf.subject}{sign}", *right]
        if is_known and leaf.subject.type is not ValueType.MONEY:
            return short
        is_alike = sql("$left = $right", left=left, right=_text(right))
        return [cases([(is_alike, _text(short))], _text(whole))]

    def _right(self, operand: Operand, say: Say) -> Pieces:
        match operand:
            case Name():
                return [f"{operand} ", say(operand)]
            case Stage():
                return [shown(self._stage, ValueType.DAYS)]
            case Sum():
                return self._sum(operand)
            case Literal() | Choices():
                return [str(operand)]

    def _sum(self, operand: Sum) -> Pieces:
        number: exp.Expr | int
        written: exp.Expr | str = str(operand)
        if isinstance(operand.number, Stage):
            number, is_none = self._stage, sql("$stage = 0", stage=self._stage)
            sum_ = _text([f"{operand.term} {'-' if operand.sign < 0 else '+'} ", shown(number)])
            written = cases([(is_none, str(operand.term))], sum_)
        else:
            number = operand.number
        days = self.texts.names(operand.term).value
        total = sql("$days + $sign * $number", days=days, sign=operand.sign, number=number)
        return [written, " (", first_of([shown(total), exp.convert(UNKNOWN.value)]), ")"]

    @property
    def _stage(self) -> exp.Expr:
        assert self.stage is not None, "a stage is told where one is given"
        return self.stage


def shown(value: exp.Expr, type_: ValueType = ValueType.DAYS) -> exp.Expr:
    """A value other than money as `model.facts.show` writes it; null where it is.

    Days are whole numbers since 1970, instants microseconds since then.
    """
    if type_ is ValueType.INSTANT:
        text = sql("replace(CAST(make_timestamp($it) AS VARCHAR), ' ', 'T')", it=value)
        # Python writes six digits of a second or none, SQL as many as it takes.
        return sql(
            "rpad($text, CASE WHEN length($text) > 19 THEN 26 ELSE 19 END, '0') || 'Z'", text=text
        )
    return sql(SHOWN[type_], value=value) if type_ in SHOWN else value


def _told(parts: Iterable[Name | exp.Expr | str], say: Say) -> exp.Expr:
    return _text([say(each) if isinstance(each, Name) else each for each in parts])


def _in_currency(digits: exp.Expr, currency: exp.Expr) -> exp.Expr:
    return sql("$digits || coalesce(' ' || $currency, '')", digits=digits, currency=currency)


def _or_blank(text: exp.Expr) -> exp.Expr:
    return sql("coalesce($text, '')", text=text)


def _opposite(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _joined(mark: str, texts: Iterable[Pieces]) -> Pieces:
    """Texts with a mark between them."""
    return [piece for text in texts for piece in (mark, *text)][1:]


def _text(pieces: Pieces) -> exp.Expr:
    """The pieces put together; those known beforehand are one literal."""
    parts: list[exp.Expr] = []
    for is_plain, some in groupby(pieces, lambda piece: isinstance(piece, str)):
        run = list(some)
        parts += [exp.convert("".join(map(str, run)))] if is_plain else map(exp.convert, run)
    return sql("concat($parts)", parts=parts) if len(parts) > 1 else parts[0]
