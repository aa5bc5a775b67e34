"""Files that are no tables, or not of the format that their names say."""

import gzip

TABLE = b"subscription_id,seats\ns-1,5\n"
REFUSED = {
    ("csv", b""): "empty-input",
    ("csv", b"\n\n \n"): "empty-input",
    ("csv", b"\xff\xfe\0\0s\0\0\0"): "bad-encoding",
    ("csv", b"\0\0\0\0\0"): "not-a-table",
    ("csv", b'"subscription_id,due_date,balance,status,hold_until\n'): "not-a-table",
    ("csv", b"a,b\n1,2\n"): "missing-column",
    ("json", b""): "empty-input",
    ("json", b"\xff\xfe\0\0[\0\0\0"): "bad-encoding",
    ("json", b"<html>"): "bad-json",
    ("json", b"{" * 1_000_000): "bad-json",
    ("json", b'[{"a":' + b"[" * 1_000_000): "bad-json",
    ("json", b'[{"a":' + b"[" * 300_000 + b"]" * 300_000 + b"}]"): "bad-json",
    ("json", b'{"a":' * 300_000 + b"1" + b"}" * 300_000): "bad-json",
    ("json", b"[" * 300_000 + b"]" * 300_000): "bad-json",
    ("jsonl", b""): "empty-input",
    ("jsonl", b"subscription_id,seats\ns-1,5\n"): "bad-json",
    ("jsonl", b'[{"subscription_id":"s-1"}]\n'): "bad-json",
    ("xlsx", b""): "empty-input",
    ("xlsx", b"subscription_id\n"): "bad-workbook",
    ("parquet", b""): "empty-input",
    ("parquet", b"PAR1PAR1"): "unreadable",
    ("csv.gz", b"subscription_id\n"): "bad-gzip",
    ("csv.gz", b""): "empty-input",
    ("csv.gz", gzip.compress(b"", mtime=0)): "empty-input",
    ("csv.gz", gzip.compress(TABLE, mtime=0)[:-9]): "bad-gzip",
    ("csv.gz", gzip.compress(TABLE, mtime=0) + b"more"): "bad-gzip",
    ("jsonl.gz", gzip.compress(b"{}\n" * 99, mtime=0)[:-3]): "bad-gzip",
    ("json.gz", gzip.compress(b"[]" + b" " * 99_999_999, 9, mtime=0)): "too-large",
}
"""Contents that are no table at all, by the ending of the file, and the code of each."""

ROW = '{"id": "s-1", "subscription_id": "s-1"}'
NOT_JSON = {
    f"[\n{ROW}\n{ROW}\n]": 3,
    f"[\n{ROW},\n]": 3,
    f"// what the API answers\n[{ROW}]": 1,
    f"[\n{ROW}, // and so on\n{ROW}]": 2,
    f"[\n/* one */ {ROW}]": 2,
    f"[\n{ROW},\n...\n]": 3,
    f"[\n{ROW},\n…]": 3,
    f"HTTP/1.1 200 OK\nContent-Type: application/json\n\n{ROW}": 1,
    '{\n"id": "s-1"\n"status": "active"\n}': 3,
    '{\n"id": "s-1",\n"status": "active",\n}': 4,
    '{\n"id": "s-1",\nstatus: "active"\n}': 3,
    "{\n'id': 's-1'\n}": 2,
    '{\n"id": "s-1",\n"quantity": <number>\n}': 3,
    '{\n"id": "s-1",\n"quantity": 025\n}': 3,
    '{\n"id": "s-1",\n"name": "two\nlines"\n}': 3,
    '{\n"id": "s-1",\n"path": "C:\\d"\n}': 3,
    '{\n"id": "s-1",\n"isTrial": False\n}': 3,
    '{\n"id" "s-1"\n}': 2,
    f'{{\n"items": [\n{ROW}\n{ROW}]\n}}': 4,
    f'{{\n"totalCount": 2,\n"items": [\n{ROW},\n{ROW}\n],\n}}': 7,
    f'{{\n"items": [\n{ROW}\n]\n"links": {{}}\n}}': 5,
    f'{{\n"items": [\n{ROW}\n]\n}}\n}}': 6,
    f"{ROW}\n{ROW}": 2,
    f"[{ROW}]\n[{ROW}]": 2,
}
"""Texts in the manner of samples on the web, and the line in which each stops being JSON."""
