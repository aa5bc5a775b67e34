"""Workbooks of Excel built part by part, sound and broken."""

import zipfile
from collections.abc import Collection, Mapping, Sequence
from io import BytesIO

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
GENERAL, DAY, INSTANT, DURATION = range(4)
"""The styles that cells may have, by their number in the workbook."""
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts><numFmt numFmtId="170" formatCode="[h]:mm:ss"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="170"/>'
    "</cellXfs></styleSheet>"
)


def cell(at: str, value: object, *, kind: str = "n", style: int = GENERAL) -> str:
    return f'<c r="{at}" t="{kind}" s="{style}"><v>{value}</v></c>'


def text(at: str, value: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def header(*names: str) -> str:
    return row(1, *(text(f"{chr(ord('A') + place)}1", name) for place, name in enumerate(names)))


def workbook(
    sheets: Mapping[str, str],
    shared: Sequence[str] = (),
    *,
    counts_from_1904: bool = False,
    hidden: Collection[str] = (),
) -> bytes:
    """A workbook of these sheets, each given by its rows; `shared` are its texts."""
    parts = {"xl/styles.xml": _STYLES}
    links = [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    listed = ""
    for number, (name, rows) in enumerate(sheets.items(), start=1):
        links.append(("worksheet", f"worksheets/sheet{number}.xml"))
        state = ' state="hidden"' if name in hidden else ""
        listed += f'<sheet name="{name}" sheetId="{number}"{state} r:id="r{len(links)}"/>'
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    texts = "".join(f"<si>{each}</si>" for each in shared)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{texts}</sst>'
    flag = ' date1904="1"' if counts_from_1904 else ""
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><workbookPr{flag}/>'
        f"<sheets>{listed}</sheets></workbook>"
    )
    parts["xl/_rels/workbook.xml.rels"] = _links(links)
    parts["_rels/.rels"] = _links([("officeDocument", "xl/workbook.xml")])
    parts["[Content_Types].xml"] = f'<Types xmlns="{_PACKAGE}/content-types"/>'
    return packed(parts)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _links(links: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="r{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
