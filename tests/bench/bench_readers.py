# ruff: noqa: T201  its numbers are what it is for
"""CPU time and peak memory of each reader at n, 2n and 4n rows, as multiples of those at n.

One process each. Where both are linear, neither multiple is above that of the rows. Memory is what
Linux tells of the process alone: `ru_maxrss` begins with that of the one that started it.
"""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from tests.inputs.workbooks import header, row, text, workbook

ROWS = 20_000
MISTAKES = 2_000
MEASURED = """
import resource
used = resource.getrusage(resource.RUSAGE_SELF)
status = open("/proc/self/status").read()
memory = int(status.partition("VmHWM:")[2].split()[0]) / 1024
print(rows, used.ru_utime + used.ru_stime, memory)
"""
EXPORT = f"""
import sys
from lapse.inputs.reading import open_exports
from lapse.model.facts import vocabulary
with open_exports([sys.argv[1]], vocabulary()) as export:
    rows = sum(1 for _ in export.records())
{MEASURED}
"""
POLICY = f"""
import sys
from pathlib import Path
from lapse.policy.text.yaml import lines_of, read_yaml
from lapse.report.problems import render
text = Path(sys.argv[1]).read_text()
_, problems = read_yaml(text, "y.yaml")
render(problems, {{"y.yaml": lines_of(text)}})
rows = len(problems)
{MEASURED}
"""
NAMES = ("subscription_id", "customer_id", "status", "customer_name")


@pytest.mark.parametrize(
    "ending", ["csv", "csv.gz", "tsv", "json", "jsonl", "parquet", "xlsx", "yaml"]
)
def test_each_reader_is_linear(tmp_path: Path, ending: str) -> None:
    rows = MISTAKES if ending == "yaml" else ROWS
    told = []
    for times in (1, 2, 4):
        path = tmp_path / f"{times}.{ending}"
        write(path, rows * times)
        told.append(measured(POLICY if ending == "yaml" else EXPORT, path, rows * times))
    (seconds, memory), *_ = told
    shown = ", ".join(f"{s / seconds:.1f} × CPU and {m / memory:.1f} × memory" for s, m in told[1:])
    print(f"\n{ending}, {rows} rows: {seconds:.1f} CPU s, {memory:.0f} MB; 2 and 4 times: {shown}")


def measured(program: str, path: Path, wanted: int) -> tuple[float, float]:
    """CPU seconds and peak MB of a process that reads so many rows, or mistakes."""
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    rows, seconds, memory = done.stdout.split()
    assert int(rows) == wanted
    return float(seconds), float(memory)


def write(path: Path, rows: int) -> None:
    cells = [(f"s-{n}", f"c-{n // 3}", "active", f"Customer {n // 3}") for n in range(rows)]
    match path.name.partition(".")[2]:
        case "json":
            path.write_text(json.dumps([dict(zip(NAMES, each, strict=True)) for each in cells]))
        case "jsonl":
            lines = (json.dumps(dict(zip(NAMES, each, strict=True))) for each in cells)
            path.write_text("\n".join(lines))
        case "parquet":
            write(path.with_suffix(".csv"), rows)
            duckdb.read_csv(str(path.with_suffix(".csv"))).write_parquet(str(path))
        case "xlsx":
            placed = (
                row(at, *(text(f"{letter}{at}", c) for letter, c in zip("ABCD", each, strict=True)))
                for at, each in enumerate(cells, start=2)
            )
            path.write_bytes(workbook({"Sheet": header(*NAMES) + "".join(placed)}))
        case "yaml":
            path.write_text("layer: L\nterms: {" + ", ".join(["x: 1"] * (rows + 1)) + "}\n")
        case ending:
            between = "\t" if ending == "tsv" else ","
            content = "\n".join(map(between.join, [NAMES, *cells])).encode()
            path.write_bytes(gzip.compress(content) if ending.endswith("gz") else content)
