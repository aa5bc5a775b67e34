"""When two ids are the same: GUIDs are equal in lower and upper case, other ids as written."""

import re

GUID_FORM = r"[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?"
_GUID = re.compile(GUID_FORM)


def same_id(text: str) -> str:
    """The form of an id to compare by: GUIDs in lower case. In SQL it is `statements.same_id`.

    >>> same_id("5AB50005-0000-4000-8000-00000000000F"), same_id("S-1")
    ('5ab50005-0000-4000-8000-00000000000f', 'S-1')
    """
    return text.lower() if _GUID.fullmatch(text) else text


def well_formed(text: str) -> str:
    """An argument as text that DuckDB accepts: bytes that are not UTF-8 become U+FFFD."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
