"""Text made safe to show, so that no export can drive a terminal."""


def printable(text: str) -> str:
    r"""Text without control characters and other marks that show nothing.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in text
    )
