"""When two ids are the same: GUIDs are, in small letters and in capitals."""

import re

GUID_FORM = r"[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?"
_GUID = re.compile(GUID_FORM)


def same_id(text: str) -> str:
    """An id by which to compare; in SQL it is `statements.same_id`.

    >>> same_id("5AB50005-0000-4000-8000-00000000000F"), same_id("S-1")
    ('5ab50005-0000-4000-8000-00000000000f', 'S-1')
    """
    return text.lower() if _GUID.fullmatch(text) else text


def well_formed(text: str) -> str:
    """An argument as text that DuckDB takes: bytes of the command line that are none are marked."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
