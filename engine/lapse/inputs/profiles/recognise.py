"""Which profile reads an input: the one named for it, else the one whose columns it has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from duckdb import DuckDBPyConnection

from lapse.inputs.files import Format, InputError, refusal
from lapse.inputs.formats.delimited import Header, header_of, refuse_too_many
from lapse.inputs.formats.json_rows import paths_of
from lapse.inputs.formats.parquet import parquet_scan
from lapse.inputs.formats.workbook import sheet_rows
from lapse.inputs.plain_copy import PlainCopy
from lapse.inputs.profiles.lost import HOW_TO_TEACH, help_for
from lapse.inputs.profiles.shape import PAGE_KEYS, Shape
from lapse.model.facts import Vocabulary
from lapse.model.kinds import Table, table
from lapse.model.place import did_you_mean
from lapse.model.profile import CANONICAL, Gives, Profile, ProfileSet
from lapse.sql.expressions import query, render

EXPORTS = (Gives.SUBSCRIPTIONS, Gives.CUSTOMERS, Gives.OFFERS, Gives.PRICES)
"""The kinds of lists that an input without an option of its own may be."""
OPTIONS = {Gives.INVOICES: "--invoices", Gives.HOLDS: "--holds"}
_OFFER_FACTS = frozenset({"min_seats", "max_seats"})
_INVOICE_MARKS = frozenset({"due_date", "balance"})
_HOLD_MARKS = frozenset({"owner", "reason"})
_OF_SUBSCRIPTIONS = frozenset({"status"})
"""A column that both invoices and subscriptions have."""
_MICROSOFTS_INVOICES = frozenset({"invoicedate", "totalcharges", "paidamount"})
ENOUGH = 0.4
"""The share of a profile's columns that makes a file worth comparing with it."""


@dataclass(frozen=True, slots=True)
class Look:
    """The columns of an input as spelled there, without spaces around them; in JSON, the paths met.

    `header` is for delimited text only.
    """

    plain: PlainCopy
    names: tuple[str, ...]
    header: Header | None = None

    @property
    def lower(self) -> frozenset[str]:
        return frozenset(name.lower() for name in self.names)


def look(connection: DuckDBPyConnection, plain: PlainCopy, rows: Iterable[str]) -> Look:
    """The columns of an input; `rows` are the keys under which pages may keep their rows."""
    match plain.input.format:
        case Format.DELIMITED | Format.TABBED:
            header = header_of(plain)
            return Look(plain, header.names, header)
        case Format.JSON | Format.JSON_LINES:
            return Look(plain, paths_of(plain, tuple(rows), MOST_PEEKED))
        case Format.PARQUET:
            return _table(plain, _parquet_names(connection, plain))
        case Format.WORKBOOK:
            return _table(plain, next(sheet_rows(plain), ()))


def _table(plain: PlainCopy, names: Iterable[str]) -> Look:
    columns = tuple(name.strip() for name in names)
    refuse_too_many(len(columns), plain.input.name)
    return Look(plain, columns)


def _parquet_names(connection: DuckDBPyConnection, source: PlainCopy) -> list[str]:
    """The columns as the file names them: DuckDB renames a second one of the same name."""
    scan = parquet_scan(source.path, "parquet_schema")
    nodes = connection.execute(
        render(query("SELECT name, num_children FROM $scan", scan=scan))
    ).fetchall()
    names: list[str] = []
    below = 0
    for name, children in nodes[1:]:
        if not below:
            names.append(name)
        below += (children or 0) - (1 if below else 0)
    return names


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Finds the profile of an input, among all profiles and those named by the user."""

    profiles: ProfileSet
    words: Vocabulary
    named: Mapping[str, str] = field(default_factory=dict)
    """Profile names by the name of their input; the key "" is for every input that fits."""

    def page_keys(self) -> tuple[str, ...]:
        """The keys under which a page of JSON may keep its rows, by any profile."""
        every = (key for profile in self.profiles.profiles.values() for key in profile.rows)
        return tuple(dict.fromkeys((*PAGE_KEYS, *every)))

    def check_names(self, files: Sequence[str]) -> None:
        """Refuses a name that no profile has, or that is given for a file that is not read."""
        for file, name in self.named.items():
            if file and file not in files:
                help_ = did_you_mean(file, files) or "write it as among the exports"
                what = f"is named in `--profile {file}={name}`, but is not read"
                raise refusal("unknown-file", what, file, help_=help_)
            if name not in self.profiles.profiles and name != CANONICAL:
                help_ = did_you_mean(name, self.profiles.profiles) or "`lapse profiles` lists them"
                what = f"there is no profile `{name}`"
                raise refusal("unknown-profile", what, file or files[0], help_=help_)

    def shape(self, look: Look, gives: Sequence[Gives]) -> Shape:
        """How an input of one of these kinds is read; `InputError` when that is not clear."""
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
        if name == CANONICAL:
            return True
        profile = self.profiles.profiles[name]
        if profile.gives not in gives:
            return False
        marks = set(profile.recognised_by)
        return marks <= look.lower if marks else True

    def _named(self, name: str, look: Look, gives: Sequence[Gives]) -> Shape:
        file = look.plain.input.name
        if name == CANONICAL:
            return self._canonical(look, gives)
        profile = self.profiles.profiles[name]
        return self._fit(Shape(table(profile.gives, self.words), profile), gives, file)

    def _fit(self, shape: Shape, gives: Sequence[Gives], file: str) -> Shape:
        if shape.table.gives not in gives:
            by = f" (profile `{shape.name}`)" if shape.profile is not None else ""
            raise _wrong_kind(shape.table.gives, gives, file, by)
        return shape

    def _canonical(self, look: Look, gives: Sequence[Gives]) -> Shape:
        """The shape of an input whose columns have fact names."""
        kind = self._canonical_kind(look.lower) if look.names else gives[0]
        if len(gives) == 1:
            shape = Shape(table(gives[0], self.words))
            if kind == gives[0] or look.lower & set(shape.table.needed) - _OF_SUBSCRIPTIONS:
                return shape
            if kind is not None:
                raise _wrong_kind(kind, gives, look.plain.input.name)
        if kind is None:
            raise self._unknown(look, table(gives[0], self.words))
        return self._fit(Shape(table(kind, self.words)), gives, look.plain.input.name)

    def _canonical_kind(self, names: frozenset[str]) -> Gives | None:
        if names >= _INVOICE_MARKS:
            return Gives.INVOICES
        if "hold_until" in names and names & _HOLD_MARKS - self.words.facts.keys():
            return Gives.HOLDS
        if "subscription_id" in names:
            return Gives.SUBSCRIPTIONS
        if "customer_id" in names:
            return Gives.CUSTOMERS
        if "product" in names and names & _OFFER_FACTS:
            return Gives.OFFERS
        return Gives.PRICES if {"product", "unit_price"} <= names else None

    def _unknown(self, look: Look, table: Table) -> InputError:
        """The refusal of columns that fit no profile, with the nearest profile or column."""
        file = look.plain.input.name
        if look.lower >= _MICROSOFTS_INVOICES:
            what = "is a list of Microsoft's invoices to you, which say nothing of your customers"
            help_ = "give the open items of your own accounting as `--invoices`"
            return refusal("wrong-kind", what, file, help_=help_)
        needed = table.needed[0]
        near = self._nearest(look, table.gives) or help_for(needed, look.names, HOW_TO_TEACH)
        what = f"has no column `{needed}`, and no profile fits its columns"
        return refusal("missing-column", what, file, help_=near)

    def _nearest(self, look: Look, gives: Gives) -> str | None:
        """The columns that the file lacks for the nearest profile; null if none is near."""

        def share(profile: Profile) -> float:
            marks = profile.recognised_by
            return len(look.lower & set(marks)) / len(marks) if marks else 0

        kinds = EXPORTS if gives in EXPORTS else (gives,)
        offered = [each for each in self.profiles.profiles.values() if each.gives in kinds]
        best = max(offered, key=share, default=None)
        if best is None or share(best) < ENOUGH:
            return None
        lacks = [
            f"`{best.spelling.get(mark, mark)}`"
            for mark in best.recognised_by
            if mark not in look.lower
        ]
        if not lacks:
            return f"the profile `{best.name}` reads it, without `--profile`"
        columns = "the column" if len(lacks) == 1 else "the columns"
        return f"for the profile `{best.name}` it lacks {columns} {', '.join(lacks)}"


def _wrong_kind(found: Gives, gives: Sequence[Gives], file: str, by: str = "") -> InputError:
    """The refusal of a list that is given as another kind of list."""
    is_for = OPTIONS.get(found)
    what = f"is a list of {found}{by}, not of {_listed(gives)}"
    help_ = f"give it as `{is_for} {file}`" if is_for else "give it without an option"
    return refusal("wrong-kind", what, file, help_=help_)


def _listed(gives: Sequence[Gives]) -> str:
    return " or ".join(gives)


MOST_PEEKED = 100
"""Objects of a JSON file whose keys are looked at to find its kind."""
