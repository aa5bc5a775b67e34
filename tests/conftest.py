"""Where everything has to run (`LAPSE_REQUIRE_ALL`), a test that would be skipped fails."""

import os
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and "LAPSE_REQUIRE_ALL" in os.environ:
        report.outcome = "failed"
        report.longrepr = f"skipped, but LAPSE_REQUIRE_ALL is set: {report.longrepr}"
    return report
