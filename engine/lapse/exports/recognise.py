"""Which profile reads an input: the one named for it, else the one whose columns it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lapse.exports.inputs import InputError, refusal
from lapse.exports.looks import Look
from lapse.exports.profile import Gives, Profile, ProfileSet
from lapse.exports.shape import CANONICAL, Shape
from lapse.exports.tables import Table, table
from lapse.facts import Vocabulary
from lapse.place import did_you_mean

EXPORTS = (Gives.SUBSCRIPTIONS, Gives.CUSTOMERS, Gives.OFFERS, Gives.PRICES)
"""What an input without an option of its own may give."""
OPTIONS = {Gives.INVOICES: "--invoices", Gives.HOLDS: "--holds"}
PAGE_KEYS = ("items", "value")
_OFFER_FACTS = frozenset({"min_seats", "max_seats"})
_INVOICE_MARKS = frozenset({"due_date", "balance"})


@dataclass(frozen=True, slots=True)
class Recogniser:
    """The profiles there are, and those that are named: for an input, or for all that fit."""

    profiles: ProfileSet
    words: Vocabulary
    named: Mapping[str, str] = field(default_factory=dict)
    """Profile names by the name of their input; the key "" is for every input that fits."""

    def page_keys(self) -> tuple[str, ...]:
        """The keys under which a page of JSON may keep its rows, by any profile."""
        every = (key for profile in self.profiles.profiles.values() for key in profile.rows)
        return tuple(dict.fromkeys((*PAGE_KEYS, *every)))

    def shape(self, look: Look, gives: Sequence[Gives]) -> Shape:
        """How an input that may give one of these is read; refused when that cannot be told."""
        file = look.plain.input.name
        name = self.named.get(file)
        if name is not None:
            return self._named(name, look, gives)
        general = self.named.get("")
        if general is not None and self._may_be_read(general, look, gives):
            return self._named(general, look, gives)
        fitting = [
            profile
            for profile in self.profiles.profiles.values()
            if profile.recognised_by and set(profile.recognised_by) <= look.lower
        ]
        best = max((len(profile.recognised_by) for profile in fitting), default=0)
        fitting = [profile for profile in fitting if len(profile.recognised_by) == best]
        wanted = [profile for profile in fitting if profile.gives in gives] or fitting
        if len(wanted) > 1:
            names = " and ".join(f"`{profile.name}`" for profile in wanted)
            help_ = f"name one: `--profile {file}={wanted[0].name}`"
            raise refusal("ambiguous-profile", f"could be read by {names}", file, help_=help_)
        if wanted:
            return self._fit(Shape(table(wanted[0].gives, self.words), wanted[0]), gives, file)
        return self._canonical(look, gives)

    def _may_be_read(self, name: str, look: Look, gives: Sequence[Gives]) -> bool:
        profile = self.profiles.profiles.get(name)
        if profile is None or profile.gives not in gives:
            return name == CANONICAL
        marks = set(profile.recognised_by)
        return marks <= look.lower if marks else True

    def _named(self, name: str, look: Look, gives: Sequence[Gives]) -> Shape:
        file = look.plain.input.name
        if name == CANONICAL:
            return self._canonical(look, gives)
        profile = self.profiles.profiles.get(name)
        if profile is None:
            help_ = did_you_mean(name, self.profiles.profiles) or "`lapse profiles` lists them"
            raise refusal("unknown-profile", f"there is no profile `{name}`", file, help_=help_)
        return self._fit(Shape(table(profile.gives, self.words), profile), gives, file)

    def _fit(self, shape: Shape, gives: Sequence[Gives], file: str) -> Shape:
        found = shape.table.gives
        if found not in gives:
            is_for = OPTIONS.get(found)
            what = f"is a list of {found} (profile `{shape.name}`), not of {_listed(gives)}"
            help_ = f"give it as `{is_for} {file}`" if is_for else "give it without an option"
            raise refusal("wrong-kind", what, file, help_=help_)
        return shape

    def _canonical(self, look: Look, gives: Sequence[Gives]) -> Shape:
        """The kind of a table whose columns carry fact names."""
        if len(gives) == 1:
            shape = Shape(table(gives[0], self.words))
            if look.names and look.lower.isdisjoint(shape.table.needed):
                raise self._unknown(look, shape.table)
            return shape
        found = _canonical_kind(look.lower) if look.names else gives[0]
        if found is None:
            raise self._unknown(look, table(gives[0], self.words))
        return self._fit(Shape(table(found, self.words)), gives, look.plain.input.name)

    def _unknown(self, look: Look, table: Table) -> InputError:
        """The refusal of columns that nothing knows: the missing one, or the nearest profile."""
        needed = table.needed[0]
        near = did_you_mean(needed, look.names)
        help_ = near or self._nearest(look) or "`lapse profiles` lists what is recognised"
        return refusal(
            "missing-column", f"has no column `{needed}`", look.plain.input.name, help_=help_
        )

    def _nearest(self, look: Look) -> str | None:
        """What the file lacks for the profile that it has most columns of."""

        def share(profile: Profile) -> float:
            marks = profile.recognised_by
            return len(look.lower & set(marks)) / len(marks) if marks else 0

        best = max(self.profiles.profiles.values(), key=share, default=None)
        if best is None or not share(best):
            return None
        lacks = ", ".join(
            f"`{best.spelling.get(mark, mark)}`"
            for mark in best.recognised_by
            if mark not in look.lower
        )
        return f"for the profile `{best.name}` it lacks the column {lacks}"


def _canonical_kind(names: frozenset[str]) -> Gives | None:
    if names >= _INVOICE_MARKS:
        return Gives.INVOICES
    if "subscription_id" in names:
        return Gives.SUBSCRIPTIONS
    if "customer_id" in names:
        return Gives.CUSTOMERS
    if "product" in names and names & _OFFER_FACTS:
        return Gives.OFFERS
    return Gives.PRICES if {"product", "unit_price"} <= names else None


def _listed(gives: Sequence[Gives]) -> str:
    return " or ".join(gives)
