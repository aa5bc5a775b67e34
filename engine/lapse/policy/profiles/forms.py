"""The forms of dates: `year-month-day` and what else vendors write."""

import re

from lapse.model.profile import ISO_DATES, DateForm
from lapse.policy.profiles.draft import Draft
from lapse.policy.text.nodes import Node, Scalar
from lapse.policy.text.problems import shown
from lapse.policy.text.shapes import written

_FORM = re.compile(r"(year|month|day)([-/.])(year|month|day)([-/.])(year|month|day)")
_HELP = "write `day.month.year`, `month/day/year` or `year-month-day`"


def parse_dates(node: Node | None, draft: Draft) -> tuple[DateForm, ...]:
    """The forms named, in the order tried; two forms that many days fit are a problem."""
    forms: dict[DateForm, None] = {}
    for item in draft.listed(node, "`dates`") if node else ():
        scalar = written(item, "a form of dates", draft.problems)
        form = _form(scalar, draft) if scalar else None
        if form is None or scalar is None or _is_taken(form, forms, scalar, draft):
            continue
        forms[form] = None
    return tuple(forms)


def _form(scalar: Scalar, draft: Draft) -> DateForm | None:
    match = _FORM.fullmatch(scalar.text.strip().lower())
    if match is not None:
        first, mark, second, other_mark, third = match.groups()
        is_whole = mark == other_mark and len({first, second, third}) == len(ISO_DATES[0].order)
        # No date is written year, day, month.
        if is_whole and (first, second) != ("year", "day"):
            return DateForm((first, second, third), mark)
    message = f"{shown(scalar.text)} is no form of dates"
    help_ = f"each of year, month and day once, with `-`, `/` or `.` between: {_HELP}"
    draft.problems.add("bad-value", message, scalar.place, help_)
    return None


def _is_taken(form: DateForm, forms: dict[DateForm, None], scalar: Scalar, draft: Draft) -> bool:
    """Whether a form is there already, or another that many days fit as well; then a problem."""
    if form in forms:
        message = f"{shown(scalar.text)} stands in the list twice"
        draft.problems.add("duplicate-value", message, scalar.place, "keep one of them")
        return True
    year = form.order.index("year")
    rivals = [each for each in forms if each.mark == form.mark and each.order[year] == "year"]
    if not rivals:
        return False
    other = rivals[0].mark.join(rivals[0].order)
    message = f"{shown(scalar.text)} cannot stand beside `{other}`: many days fit both"
    help_ = "keep the one that these files have"
    draft.problems.add("dates-alike", message, scalar.place, help_)
    return True
