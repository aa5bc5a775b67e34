"""The gate for export profiles: what is right is read so, every mistake is told at its place."""

from pathlib import Path

import pytest
from tests.inputs.profile_texts import (
    HEAD,
    WORDS,
    blocks_of_page,
    found_in,
    loaded_from,
    marked_in,
    profile_of,
    written,
)
from tests.policy.invalid_sets import (
    OF_PROFILES,
    check_wording,
    codes_in,
    composed_codes,
    expected,
    invalid_folders,
    load_invalid_profiles,
    modules_of,
)
from tests.policy.marks import FILES

import lapse.policy.profiles
from lapse.model.facts import ABSENT, UNKNOWN, vocabulary
from lapse.model.profile import (
    DateForm,
    Gives,
    Letters,
    ListSum,
    OneRow,
    Unmapped,
    ValidDays,
    Way,
    Where,
)
from lapse.policy.load import load
from lapse.policy.profiles import profile as parse
from lapse.policy.profiles import ways
from lapse.policy.profiles.load import load_profile, load_profiles
from lapse.policy.text.shipped import shipped_policies
from lapse.policy.text.yaml import MOST_BYTES
from lapse.report.problems import render

FOLDERS = [name for name in invalid_folders() if name.startswith(OF_PROFILES)]
MODULES = modules_of(lapse.policy.profiles)
OF_SHAPES = {"bad-name", "unknown-key"}
"""Codes that `policy.text.shapes` gives, which have a folder here, too."""


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_mistake_is_told_in_these_words(folder: str, tmp_path: Path) -> None:
    loaded = load_invalid_profiles(folder, tmp_path)
    assert render(loaded.problems, loaded.sources) == expected(folder)
    is_error = any(problem.is_error for problem in loaded.problems)
    assert (loaded.profiles is None) is is_error


@pytest.mark.parametrize("folder", FOLDERS)
def test_one_mistake_is_one_problem_with_help(folder: str) -> None:
    check_wording(folder, folder.removeprefix(OF_PROFILES))


def test_every_code_has_a_folder() -> None:
    have = {folder.removeprefix(OF_PROFILES) for folder in FOLDERS}
    assert codes_in(MODULES.values()) | OF_SHAPES == have


def test_no_code_is_put_together_where_no_scan_finds_it() -> None:
    assert composed_codes(MODULES) == []


def test_the_whole_example_of_the_page_is_read_so(tmp_path: Path) -> None:
    profile = profile_of(tmp_path, blocks_of_page()[0])
    assert profile.name == "my-ledger"
    assert profile.gives is Gives.INVOICES
    assert profile.recognised_by == ("beleg", "kunde", "restbetrag")
    assert profile.dates == (DateForm(("day", "month", "year"), "."),)
    assert profile.has_decimal_comma
    kinds = {"offen": "open", "bezahlt": "paid", "storniert": "void", "strittig": "disputed"}
    assert profile.facts == {
        "invoice_id": (Way(("beleg",)),),
        "customer_id": (Way(("kunde",), case=Letters.LOWER),),
        "due_date": (Way(("fällig am",)),),
        "balance": (Way(("restbetrag",)),),
        "currency": (Way(value="EUR"),),
        "status": (Way(("kennzeichen",), words=kinds),),
    }
    assert profile.spelling["fällig am"] == "Fällig am"


def test_the_ways_of_the_page_are_read_so(tmp_path: Path) -> None:
    text = HEAD + blocks_of_page()[1].partition("facts:\n")[2]
    facts = profile_of(tmp_path, text).facts
    assert facts["term_end"] == (Way(("commitmentenddatetime", "commitmentenddate")),)
    uri = Way(("links.self.uri",), after="/customers/", before="/", case=Letters.LOWER)
    assert facts["customer_id"] == (uri,)
    assert facts["program"] == (
        Way(("producttype.id",), words={"onlineservicesnce": "nce", "software": "other"}),
        Way(value="azure", where=(Where("offerid", ("ms-azr-*",)),)),
        Way(value="legacy", where=(Where("offerid", ("guid",)),)),
    )


def test_the_other_examples_of_the_page_are_read_so(tmp_path: Path) -> None:
    one_row, order = blocks_of_page()[2:]
    kinds = Where("chargetype", ("cyclecharge", "renew", "new"))
    found = profile_of(tmp_path, one_row + HEAD).one_row
    assert found == OneRow((kinds,), "chargestartdate")
    loaded = loaded_from(tmp_path / "set", order=order)
    assert loaded.problems == ()
    assert loaded.profiles is not None
    assert loaded.profiles.order[0] == "canonical"
    assert set(loaded.profiles.order_of) == {"unit_price"}


def test_the_page_names_every_key() -> None:
    page = Path(shipped_policies() / "profiles" / "README.md").read_text(encoding="utf-8")
    keys = {key for line in page.splitlines() if line.startswith("| `") for key in line.split("`")}
    said_with_sum = {"of", "until"}
    named = keys | (said_with_sum if "sum: quantity, of:" in page and "until:" in page else set())
    assert set(parse._KEYS) | set(ways._KEYS) <= named  # noqa: SLF001


def test_amounts_sums_and_joins_are_read_so(tmp_path: Path) -> None:
    facts = profile_of(
        tmp_path,
        HEAD
        + """
  unit_price: {column: Preis, currency: Währung, covers_months: {column: Takt, map: {J: 12}}}
  contract_value: {column: Wert, currency: {value: EUR}, covers_months: 12}
  seats_removable: {sum: quantity, of: Refund.Details, until: allowedUntilDateTime}
  product: {join: ":", column: [ProductId, {column: SkuId, pad: 4}], case: upper}
  customer_name: {join: "", column: [Vorname, Name], blanks: ["-", N/A]}
  segment: {column: Art, before: " "}
""",
    ).facts
    takt = Way(("takt",), words={"j": "12"})
    assert facts["unit_price"] == (
        Way(("preis",), currency=(Way(("währung",)),), covers_months=(takt,)),
    )
    year = Way(("wert",), currency=(Way(value="EUR"),), covers_months=(Way(value="12"),))
    assert facts["contract_value"] == (year,)
    total = ListSum("refund.details", "quantity", "allowedUntilDateTime")
    assert facts["seats_removable"] == (Way(total=total),)
    parts = (Way(("productid",)), Way(("skuid",), pad=4))
    assert facts["product"] == (Way(join=":", parts=parts, case=Letters.UPPER),)
    names = (Way(("vorname",)), Way(("name",)))
    blanks = frozenset({"-", "n/a"})
    assert facts["customer_name"] == (Way(join="", parts=names, blanks=blanks),)
    assert facts["segment"] == (Way(("art",), before=" "),)


def test_what_a_blank_cell_means_may_be_said(tmp_path: Path) -> None:
    text = """
  status: {column: Zustand, map: {aktiv: active, "?": unknown}}
  at_term_end: {column: Ende, map: {weiter: renew, keins: none}, otherwise: none}
  program: {column: Art, map: {neu: nce}, otherwise: unknown}
  billing_cycle: {column: Takt, map: {keiner: none}, otherwise: none}
  suspended_for: {column: Grund, map: {Mahnung: debt, "?": unknown}}
assume: {disputed: no, hold_until: none, trial: unknown, market: DE}
"""
    profile = profile_of(tmp_path, HEAD + text)
    (status,), (end,) = profile.facts["status"], profile.facts["at_term_end"]
    assert status.words == {"aktiv": "active", "?": ""}
    assert status.otherwise is Unmapped.REJECTED
    assert end.words == {"weiter": "renew", "keins": ""}
    assert end.otherwise == ""
    assert profile.facts["program"][0].otherwise is Unmapped.UNKNOWN
    (cycle,) = profile.facts["billing_cycle"]
    assert (cycle.words, cycle.otherwise) == ({"keiner": "none"}, "none")
    wanted = {"disputed": False, "hold_until": ABSENT, "trial": UNKNOWN, "market": "DE"}
    assert profile.assumed == wanted


def test_prices_have_days_in_force(tmp_path: Path) -> None:
    text = """
profile: prices
about: "our prices"
gives: prices
in_force: {from: Ab, to: Bis}
rows: [Items]
facts: {product: Artikel, unit_price: Preis, market: {column: id}}
"""
    profile = profile_of(tmp_path, text)
    assert profile.in_force == ValidDays("ab", "bis")
    assert profile.rows == ("items",)


WRONG = """
profile: shop
about:  #! wrong-shape
gives: subscriptions
recognised_by: []  #! empty-list
rows: {items: value}  #! wrong-shape
dates:
  - day-month/year  #! bad-value
  - year-day-month  #! bad-value
  - day.month.day  #! bad-value
  - {a: b}  #! wrong-shape
  - day.month.year
  - day.month.year  #! duplicate-value
decimals: coma  #! unknown-choice
forms: x  #! unknown-key
facts:
  subscription_id: {column: Abo, value: x}  #! misplaced-key
  days_past_due: Tage  #! unknown-fact
  statuss: Zustand  #! unknown-fact
  status: {map: {aktiv: active}, otherwise: unknown}  #! missing-key
  seats: {column: Menge, currency: EUR, covers_months: 12}  #! misplaced-key misplaced-key
  min_seats: 1  #! value-or-column
  max_seats: {value: viele}  #! bad-value
  market: DE  #! value-or-column
  currency: {value: Euro}  #! bad-value
  billing_cycle: {column: Takt, map: {m: monthly, M: annual}}  #! duplicate-value
  requested_months: {column: Monate, map: {ein Jahr: 1 year}}  #! bad-value
  commitment_months: {column: Laufzeit, map: {lang: 2400}}  #! bad-value
  term_start: {value: 30.11.2026}  #! bad-value
  term_end: {column: Ende, until: x}  #! misplaced-key
  auto_renew: {column: Auto, otherwise: yes}  #! misplaced-key
  trial: no  #! value-or-column
  disputed: {value: unknown}  #! missing-as-value
  suspended_for: {column: Grund, map: {Mahnung: none}}  #! missing-as-value
  seats_removable: {sum: quantity}  #! missing-key
  product_name: {sum: quantity, of: details}  #! misplaced-key
  requested_seats: {sum: 'a"b', of: details}  #! bad-value
  unit_price: {column: Preis, covers_months: 0}  #! bad-value
  contract_value: {column: Wert, covers_months: {column: Takt, map: {lang: 121}}}  #! bad-value
  debt: {column: Offen, covers_months: 1}  #! misplaced-key
  product: {column: Artikel, join: ":", pad: "4"}  #! misplaced-key
  segment: {column: [A, {column: B}]}  #! wrong-shape
  customer_id: {value: c, after: x}  #! misplaced-key
  customer_name: {column: Kunde, case: title}  #! unknown-choice
  purchased_on: {column: Kauf, after: ""}  #! wrong-shape
  program:
    - {value: nce, where: {Artikel: "*"}}  #! bad-value
    - {value: nce, where: {Artikel: "A*B"}}  #! bad-value
    - {value: nce, where: {Artikel: ["*A", "**", "*A*B*"]}}  #! bad-value bad-value bad-value
    - {value: nce, where: {}}  #! empty-list
    - {value: nce, where: {a: x, A: y}}  #! duplicate-value unreachable-way
  at_term_end:
    - {column: Ende, map: {weiter: renew}, otherwise: cancel}
    - Schluss  #! unreachable-way
  unpaid_invoices: {column: [Offen, offen]}  #! duplicate-value
  request: {column: Wunsch, blanks: [x], map: {X: cancel}}  #! duplicate-value
  requested_on: {column: [], map: {"": 2026-11-30}}  #! empty-list bad-value
assume:
  subscription_id: A  #! bad-value
  seat: 1  #! unknown-fact
  seats: viele  #! bad-value
  debt: 100 NOK  #! bad-value
cannot_know:
  seats: "it is there"  #! told-after-all
  seat: "it is not there"  #! unknown-fact
  hold_until:  #! wrong-shape
one_row: {}  #! missing-key
in_force: {from: Ab}  #! misplaced-key
"""


def test_every_mistake_is_told_in_one_go(tmp_path: Path) -> None:
    assert found_in(tmp_path, WRONG) == marked_in(WRONG)


@pytest.mark.parametrize(
    ("value", "code"), [("5 EUR", "bad-value"), ("5,50", "bad-value"), ("[5]", "wrong-shape")]
)
def test_an_amount_has_its_currency_elsewhere(value: str, code: str, tmp_path: Path) -> None:
    line = f"  debt: {{value: {value!r}}}\n".replace("'[5]'", "[5]")
    assert found_in(tmp_path, HEAD + line) == [f"6: {code}"]


def test_a_currency_of_invoices_may_be_that_of_the_subscription(tmp_path: Path) -> None:
    facts = "due_date: D, balance: B, customer_id: K, status: {value: open}"
    text = "profile: led\nabout: us\ngives: invoices\nfacts: {%s, currency: {value: %s}}\n"
    (problem,) = loaded_from(tmp_path, led=text % (facts, "-EUR")).problems
    assert (problem.code, problem.message) == ("bad-value", "`-EUR` is not the code of a currency")
    assert problem.help == "write its three letters, such as `NOK`, or `subscription`: its own"
    assert loaded_from(tmp_path, led=text % (facts, "subscription")).problems == ()


def test_an_amount_is_written_with_a_point(tmp_path: Path) -> None:
    text = "decimals: comma\n" + HEAD + "  debt: {value: 1200.50, currency: {value: NOK}}\n"
    expected_way = Way(value="1200.50", currency=(Way(value="NOK"),))
    assert profile_of(tmp_path, text).facts["debt"] == (expected_way,)


def test_a_map_has_an_end(tmp_path: Path) -> None:
    def mapped(count: int) -> str:
        words = "".join(f"      Artikel {number}: nce\n" for number in range(count))
        return f"{HEAD}  program:\n    column: Artikel\n    map:\n{words}"

    assert found_in(tmp_path, mapped(ways.MOST_WORDS)) == []
    assert found_in(tmp_path, mapped(ways.MOST_WORDS + 1)) == ["9: list-too-long"]


@pytest.mark.parametrize(
    ("gives", "facts", "lacking"),
    [
        ("subscriptions", "status: S", ["subscription_id"]),
        ("customers", "customer_name: N", ["customer_id"]),
        ("offers", "min_seats: M", ["product"]),
        ("prices", "market: {column: M}", ["product", "unit_price"]),
        ("invoices", "invoice_id: I", ["due_date", "balance", "status", "customer_id"]),
        ("holds", "owner: O", ["hold_until", "customer_id"]),
    ],
)
def test_each_kind_has_columns_it_cannot_do_without(
    gives: str, facts: str, lacking: list[str], tmp_path: Path
) -> None:
    text = f"profile: p\nabout: a\ngives: {gives}\nfacts: {{{facts}}}\n"
    loaded = load_profile(written(tmp_path, text), WORDS)
    assert [problem.code for problem in loaded.problems] == ["missing-key"] * len(lacking)
    for name in lacking:
        assert any(f"`{name}`" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize(
    ("gives", "facts", "strange"),
    [
        ("customers", "customer_id: K", "subscription_id"),
        ("offers", "product: P", "status"),
        ("prices", "product: P, unit_price: U", "seats"),
        ("prices", "product: P, unit_price: U", "contract_value"),
        ("invoices", "customer_id: K, due_date: D, balance: B, status: S", "seats"),
        ("holds", "customer_id: K, hold_until: H", "status"),
    ],
)
def test_each_kind_tells_its_own_facts_only(
    gives: str, facts: str, strange: str, tmp_path: Path
) -> None:
    text = f"profile: p\nabout: a\ngives: {gives}\nfacts: {{{facts}, {strange}: X}}\n"
    (problem,) = load_profile(written(tmp_path, text), WORDS).problems
    assert (problem.code, problem.message) == (
        "unknown-fact",
        f"`{strange}` is nothing that `{gives}` tell",
    )


@pytest.mark.parametrize("gives", ["invoices", "holds", "prices"])
def test_one_row_is_for_what_has_an_id(gives: str, tmp_path: Path) -> None:
    text = f"profile: p\nabout: a\ngives: {gives}\none_row: {{latest: D}}\nfacts: {{}}\n"
    assert "4: misplaced-key" in found_in(tmp_path, text)


def test_the_shipped_profiles_have_no_problems() -> None:
    loaded = load_profiles(None, vocabulary())
    assert render(loaded.problems, loaded.sources) == "no problems\n"
    assert loaded.profiles is not None
    assert set(loaded.profiles.order) >= {"canonical", *loaded.profiles.profiles} - loaded.own
    assert loaded.own == frozenset()


def test_an_own_profile_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    shipped = load_profiles(None, WORDS).profiles
    assert shipped is not None
    name = "portal-customers"
    loaded = loaded_from(tmp_path, shop=HEAD.replace("profile: shop", f"profile: {name}"))
    assert loaded.profiles is not None
    assert set(loaded.profiles.profiles) == set(shipped.profiles)
    assert loaded.profiles.profiles[name].recognised_by == ("abo",)
    assert loaded.own == {name}
    assert loaded.profiles.order == shipped.order
    assert loaded.profiles.fingerprint != shipped.fingerprint


def test_an_own_order_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    loaded = loaded_from(tmp_path, shop=HEAD, order="order: [shop]\nfacts: {seats: [canonical]}\n")
    assert loaded.profiles is not None
    assert loaded.profiles.order == ("shop",)
    assert loaded.profiles.order_of == {"seats": ("canonical",)}


def test_an_order_names_what_there_is(tmp_path: Path) -> None:
    order = "order: [shop, shop, store]\nfacts: {seat: [shop], seats: []}\nby: x\n"
    loaded = loaded_from(tmp_path, shop=HEAD, order=order)
    found = sorted(f"{problem.place.line}: {problem.code}" for problem in loaded.problems)
    assert found == [
        "1: duplicate-value",
        "1: unknown-profile",
        "2: empty-list",
        "2: unknown-fact",
        "3: unknown-key",
    ]
    assert loaded.profiles is None


def test_the_fingerprint_is_of_bytes_alone(tmp_path: Path) -> None:
    def fingerprint(folder: str, **texts: str) -> str:
        found = loaded_from(tmp_path / folder, **texts).profiles
        assert found is not None
        return found.fingerprint

    other = HEAD.replace("shop", "store").replace("Abo", "Vertrag")
    first = fingerprint("a", shop=HEAD, store=other)
    assert fingerprint("b", store=HEAD, shop=other) == first
    assert fingerprint("c", shop=HEAD, store=other + "# changed\n") != first
    assert fingerprint("d", shop=HEAD) != first


def test_profiles_are_no_layers_and_change_no_policy(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    before = load(tmp_path)
    written(tmp_path, HEAD)
    written(tmp_path, "nonsense: [", "broken.yaml")
    after = load(tmp_path)
    assert after.problems == before.problems
    assert before.book is not None
    assert after.book is not None
    assert after.book.fingerprint == before.book.fingerprint


def test_a_profile_that_stands_among_layers_is_sent_where_it_belongs(tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text(FILES["catalogue.yaml"])
    (tmp_path / "shop.yaml").write_text(HEAD)
    (problem,) = [found for found in load(tmp_path).problems if found.place.file.endswith("p.yaml")]
    assert problem.code == "misplaced-file"
    assert problem.help == "move the profile into the folder `profiles`"


def test_profiles_are_checked_where_layers_have_errors(tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text(FILES["catalogue.yaml"])
    (tmp_path / "base.yaml").write_text("layer: Base\nterms: {grace: 3}\n")
    policies = load(tmp_path)
    assert policies.book is None
    assert policies.words is not None
    assert "vip" in policies.words.facts
    (tmp_path / "catalogue.yaml").write_text("catalogue: test\n")
    assert load(tmp_path).words is None


def test_links_out_of_the_set_are_refused(tmp_path: Path) -> None:
    elsewhere = written(tmp_path / "elsewhere", HEAD)
    folder = tmp_path / "set"
    (folder / "profiles").mkdir(parents=True)
    (folder / "profiles" / "shop.yaml").symlink_to(elsewhere)
    assert [found.code for found in load_profiles(folder, WORDS).problems] == ["link-outside"]
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "profiles").symlink_to(elsewhere.parent)
    assert [found.code for found in load_profiles(whole, WORDS).problems] == ["link-outside"]
    inside = tmp_path / "inside"
    written(inside / ".data", HEAD)
    (inside / "profiles").symlink_to(".data/profiles")
    assert load_profiles(inside, WORDS).own == {"shop"}


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "#" * MOST_BYTES)
    assert [found.code for found in load_profile(path, WORDS).problems] == ["file-too-large"]
    assert [found.code for found in load_profiles(tmp_path, WORDS).problems] == ["file-too-large"]


def test_a_single_file_may_stand_anywhere(tmp_path: Path) -> None:
    loaded = load_profile(written(tmp_path, HEAD, "shop.txt"), WORDS)
    assert loaded.profile is not None
    assert loaded.profile.name == "shop"
    (problem,) = load_profile(tmp_path / "none.yaml", WORDS).problems
    assert problem.code == "file-unreadable"


def test_a_folder_without_profiles_has_the_shipped_ones(tmp_path: Path) -> None:
    shipped = load_profiles(None, WORDS).profiles
    assert load_profiles(tmp_path, WORDS).profiles == shipped
    assert load_profiles(tmp_path / "none", WORDS).profiles == shipped
    assert load_profiles(shipped_policies(), WORDS).profiles == shipped
