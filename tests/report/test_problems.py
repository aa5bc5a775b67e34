"""Problems as people, programs and GitHub read them."""

import json

from lapse.model.place import Place, Problem, Severity
from lapse.report.problems import WIDTH, as_github, as_json, render

FLOOR = Problem(
    "below-floor",
    "`grace_days` of 5 is below the floor of 10",
    Place("no.yaml", 2, 15),
    help="raise it to 10",
    also=Place("base.yaml", 7, 3),
)
GAP = Problem("gap", "no value", Place("a.yaml", 1), severity=Severity.WARNING)
LINES = {"no.yaml": ("terms:", "  grace_days: 5"), "a.yaml": ("x: 1",)}


def at(line: str, column: int) -> tuple[str, str]:
    """The source line and the caret line shown for a column."""
    problem = Problem("code", "message", Place("a.yaml", 1, column))
    shown = render([problem], {"a.yaml": (line,)}).splitlines()
    return shown[1], shown[2]


def test_a_problem_with_its_line_caret_help_and_other_place() -> None:
    assert render([FLOOR], LINES) == (
        "no.yaml:2:15: error[below-floor]: `grace_days` of 5 is below the floor of 10\n"
        "    grace_days: 5\n"
        "                ^\n"
        "  = help: raise it to 10\n"
        "  = also: base.yaml:7:3\n"
        "\n"
        "1 error\n"
    )


def test_problems_are_shown_by_place_and_counted() -> None:
    other = Problem("gap", "no value", Place("z.yaml", 1))
    shown = render([other, FLOOR, GAP], LINES)
    firsts = [line.split(":")[0] for line in shown.splitlines() if "[" in line]
    assert firsts == ["a.yaml", "no.yaml", "z.yaml"]
    assert shown.endswith("\n\n2 errors, 1 warning\n")


def test_no_problems() -> None:
    assert render([], {}) == "no problems\n"


def test_a_line_that_is_not_there_is_not_shown() -> None:
    past_the_end = Problem("code", "message", Place("a.yaml", 2))
    elsewhere = Problem("code", "message", Place("b.yaml", 1))
    assert render([past_the_end, elsewhere], LINES) == (
        "a.yaml:2:1: error[code]: message\n\nb.yaml:1:1: error[code]: message\n\n2 errors\n"
    )


def test_tabs_stay_and_the_caret_follows_them() -> None:
    assert at("\ta:\tb", 5) == ("  \ta:\tb", "  \t  \t^")


def test_wide_characters_take_two_columns_and_accents_none() -> None:
    assert at("日本: x", 5) == ("  日本: x", "  " + " " * 6 + "^")
    assert at("e\u0301: x", 5) == ("  e\u0301: x", "  " + " " * 3 + "^")


def test_control_characters_are_escaped_everywhere() -> None:
    assert at("a\x1b[2J: x", 8) == ("  a\\x1b[2J: x", "  " + " " * 10 + "^")
    problem = Problem(
        "code", "a\x1b[31m\n", Place("\x07.yaml", 1), help="\u202e", also=Place("\r", 1)
    )
    assert render([problem], {}).splitlines() == [
        "\\x07.yaml:1:1: error[code]: a\\x1b[31m\\n",
        "  = help: \\u202e",
        "  = also: \\r:1:1",
        "",
        "1 error",
    ]


def test_a_caret_behind_the_end_of_the_line() -> None:
    assert at("abc", 9) == ("  abc", "     ^")
    assert at("x" * 200, 900)[1].endswith(" ^")


def test_long_lines_are_cut_around_the_caret() -> None:
    words = "".join(f"{number:03d} " for number in range(200))
    for column in range(1, len(words) + 2):
        line, caret = at(words, column)
        assert WIDTH - 1 <= len(line) <= WIDTH
        position = caret.index("^")
        wanted = words[column - 1] if column <= len(words) else ""
        assert line[position : position + 1] == wanted or position == len(line)
    assert at(words, 1)[0] == "  " + words[: 97 - 1] + "…"
    assert at(words, 400)[0].startswith("  …")
    assert at(words, 400)[0].endswith("…")
    assert at(words, 800)[0].endswith("199 ")


def test_what_takes_no_column_makes_no_line_long() -> None:
    accents = "\u0301" * 10_000
    line, caret = at(accents, 5_000)
    assert line == "  …" + accents[:400] + "…"
    assert caret == "   ^"
    assert at("x" * 10_000, 20_000)[0] == "  …" + "x" * 96


def test_a_line_that_just_fits_is_not_cut() -> None:
    assert at("x" * 98, 98) == ("  " + "x" * 98, "  " + " " * 97 + "^")


def test_colour_is_asked_for() -> None:
    assert "\x1b" not in render([FLOOR, GAP], LINES)
    shown = render([FLOOR, GAP], LINES, colour=True)
    assert "\x1b[31merror[below-floor]\x1b[0m" in shown
    assert "\x1b[33mwarning[gap]\x1b[0m" in shown
    assert "\x1b[31m^\x1b[0m" in shown


def test_json_names_every_part() -> None:
    assert as_json([FLOOR, GAP]) == [
        {
            "code": "gap",
            "severity": "warning",
            "message": "no value",
            "file": "a.yaml",
            "line": 1,
            "column": 1,
            "help": None,
            "also": None,
        },
        {
            "code": "below-floor",
            "severity": "error",
            "message": "`grace_days` of 5 is below the floor of 10",
            "file": "no.yaml",
            "line": 2,
            "column": 15,
            "help": "raise it to 10",
            "also": {"file": "base.yaml", "line": 7, "column": 3},
        },
    ]
    assert json.loads(json.dumps(as_json([FLOOR]))) == as_json([FLOOR])


def test_github_commands_escape_what_would_end_them() -> None:
    problem = Problem("code", "100 %: a,\r\nb::c", Place("a,b:c%.yaml", 3, 4))
    assert as_github([problem, GAP]) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=3,col=4,title=code::100 %25: a,%0D%0Ab::c\n"
        "::warning file=a.yaml,line=1,col=1,title=gap::no value\n"
    )
    assert as_github([FLOOR]).endswith("the floor of 10%0Araise it to 10\n")
