"""Sound texts after a few slips of their writers, for fuzzers of what reads them."""

import re
from collections.abc import Mapping

from hypothesis import strategies as st

TOKEN = re.compile(r"[\w$.@%*-]+|\s+|.", re.DOTALL)
VALUE = re.compile(r"(?<=: )[^\s,{}\[\]][^\n,{}\[\]]*")
SPICE = [
    *("\t", "&a ", "*a", "<<: ", "!!x ", "|", "{", "}", "[", "]", "- ", "? ", '"', "\0", "\ufeff"),
    *("1e9999", "-0", "9" * 30, "2026-02-30", "9999-12-31", "none", "unknown", "$stage", "~"),
    *("0 %", "🙂", "\x85", "\u2028", "\u0661", "NO/", "../..", "{0.__class__}", "{{", "---\n"),
    *("null", '""', "''", "*", "**", "guid", "blank", "canonical", "²", "İ"),
]


class Texts:
    """Texts by the names of their files, and the words that stand in them."""

    def __init__(self, sound: Mapping[str, str]) -> None:
        self.sound = sound
        self.names = st.sampled_from(sorted(sound))
        words = sorted({token for text in sound.values() for token in TOKEN.findall(text)})
        self.words = st.sampled_from(words)
        self.plain = st.sampled_from([word for word in words if re.fullmatch(r"[\w$-]+", word)])


@st.composite
def changed(draw: st.DrawFn, texts: Texts) -> tuple[str, str]:
    """A file after a few of its words were deleted, doubled, swapped or replaced."""
    name = draw(texts.names)
    tokens = TOKEN.findall(texts.sound[name])
    for _ in range(draw(st.integers(1, 4))):
        index = draw(st.integers(0, len(tokens) - 1))
        word = draw(st.one_of(texts.words, st.sampled_from(SPICE), st.text(max_size=3)))
        match draw(st.sampled_from(["delete", "double", "swap", "replace", "insert", "cut"])):
            case "delete":
                tokens[index] = ""
            case "double":
                tokens[index] *= 2
            case "swap":
                other = draw(st.integers(0, len(tokens) - 1))
                tokens[index], tokens[other] = tokens[other], tokens[index]
            case "replace":
                tokens[index] = word
            case "insert":
                tokens[index] += word
            case _:
                tokens[index:] = [""]
    return name, "".join(tokens)


@st.composite
def with_a_tree(draw: st.DrawFn, texts: Texts) -> tuple[str, str]:
    """A file in which a value is replaced by a tree of another shape."""
    name = draw(texts.names)
    text = texts.sound[name]
    first, last = draw(st.sampled_from([found.span() for found in VALUE.finditer(text)]))
    return name, text[:first] + draw(_trees(texts.plain)) + text[last:]


def _trees(word: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Well-formed YAML in one line, of words that mean something somewhere."""
    return st.recursive(
        word,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
            st.dictionaries(word, inner, max_size=3).map(
                lambda entries: "{" + ", ".join(f"{k}: {v}" for k, v in entries.items()) + "}"
            ),
        ),
        max_leaves=8,
    )


def mixed(texts: Texts) -> st.SearchStrategy[str]:
    """Any text, or words of these in any order."""
    words = st.lists(st.one_of(texts.words, st.sampled_from(SPICE)))
    return st.one_of(st.text(), words.map("".join))
