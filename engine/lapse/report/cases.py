"""The results of a policy set's cases, as text and as JSON."""

from collections.abc import Sequence
from typing import Any

from lapse.analysis.cases import CaseResult
from lapse.analysis.coverage import Coverage

MOST_GAPS = 40


def cases_text(results: Sequence[CaseResult], coverage: Coverage, *, lists_gaps: bool) -> str:
    """Each failed case with its mismatches, the counts, and what no case covers."""
    lines: list[str] = []
    for result in results:
        if result.is_passed:
            continue
        lines.append(f"FAILED {result.case.name}")
        lines += [f"  {m.place}: {m.message}" for m in result.mismatches]
    failed = sum(not result.is_passed for result in results)
    passed = len(results) - failed
    lines.append(f"{passed} case{'' if passed == 1 else 's'} passed, {failed} failed")
    counts = coverage.counts()
    lines.append("covered: " + ", ".join(f"{c.covered} of {c.of} {c.kind}" for c in counts))
    for count in counts:
        if lists_gaps and count.gaps:
            lines.append(f"{count.kind} that no case covers:")
            lines += [f"  {gap}" for gap in count.gaps[:MOST_GAPS]]
            more = len(count.gaps) - MOST_GAPS
            lines += [f"  and {more} more"] if more > 0 else []
    return "\n".join(lines)


def cases_json(results: Sequence[CaseResult], coverage: Coverage) -> dict[str, Any]:
    return {
        "cases": [
            {
                "name": result.case.name,
                "place": str(result.case.place),
                "passed": result.is_passed,
                "mismatches": [
                    {"place": str(m.place), "message": m.message} for m in result.mismatches
                ],
            }
            for result in results
        ],
        "coverage": {
            c.kind: {"covered": c.covered, "of": c.of, "gaps": list(c.gaps)}
            for c in coverage.counts()
        },
    }
