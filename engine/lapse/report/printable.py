"""Text made safe to show, so that no export can control a terminal."""


def printable(text: str) -> str:
    r"""Text with control and other invisible characters escaped, except line breaks.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in text
    )
