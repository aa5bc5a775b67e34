"""How a way changes the text that it finds: it is cut, padded, joined or mapped.

Importing this module costs the import of sqlglot.
"""

from collections.abc import Iterable, Sequence

from sqlglot import exp

from lapse.inputs.typed import SPACES
from lapse.model.profile import Letters, Unmapped, Way
from lapse.sql.expressions import all_of, blank, cases, is_there, sql
from lapse.sql.steps import Steps


def joined(parts: Sequence[exp.Expr], mark: str) -> exp.Expr:
    """All the parts joined by a mark; null when one of them is blank."""
    first, *others = parts
    spaced = [first, *(piece for part in others for piece in (mark, part))]
    return sql(
        "CASE WHEN $is_whole THEN concat($spaced) END",
        is_whole=all_of(sql("$part <> ''", part=part) for part in parts),
        spaced=spaced,
    )


def is_other(text: exp.Expr, words: Iterable[str]) -> exp.Expr:
    """Whether a text is none of these words."""
    return sql("lower($text) NOT IN ($words)", text=text, words=[*words])


def stepped(text: exp.Expr, way: Way, steps: Steps) -> exp.Expr:
    """A text cut, padded and in the letter case wanted; null for a word that means blank."""
    if way.blanks:
        blanks = sorted(way.blanks)
        text = sql("CASE WHEN $is_told THEN $text END", is_told=is_other(text, blanks), text=text)
    if way.after is not None or way.before is not None:
        text = steps.named(_between(text, way.after, way.before))
    # In a file that Excel has saved, `SkuId` 0001 is 1.
    if way.pad:
        text = sql(
            "CASE WHEN length($text) < $width THEN lpad($text, $width, '0') ELSE $text END",
            text=text,
            width=way.pad,
        )
    match way.case:
        case None:
            return text
        case Letters.LOWER:
            return sql("lower($text)", text=text)
        case Letters.UPPER:
            return sql("upper($text)", text=text)


def _between(text: exp.Expr, after: str | None, before: str | None) -> exp.Expr:
    """The text after one mark and before another; it goes to the end where the other is missing."""
    piece = text
    if after is not None:
        piece = sql(
            """CASE WHEN contains($text, $after)
                THEN substr($text, strpos($text, $after) + $length) END""",
            text=text,
            after=after,
            length=len(after),
        )
    if before is not None:
        piece = sql("split_part($piece, $before, 1)", piece=piece, before=before)
    return blank(sql("trim($piece, $spaces)", piece=piece, spaces=SPACES))


def mapped(text: exp.Expr, lower: exp.Expr, way: Way, *, keeps_others: bool) -> exp.Expr:
    """The value that the map has for the text; other words become what the way says of others."""
    branches: list[tuple[exp.Expr, str]] = [
        (sql("$lower = $word", lower=lower, word=word), value)
        for word, value in (way.words or {}).items()
    ]
    otherwise = way.otherwise
    if isinstance(otherwise, str):
        return cases([*branches, (is_there(text), otherwise)])
    if otherwise is Unmapped.UNKNOWN or not keeps_others:
        return cases(branches)
    return cases(branches, text)
