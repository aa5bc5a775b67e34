"""Where the policy set stands that comes with lapse."""

from pathlib import Path


def shipped_policies() -> Path:
    """The policy set in the wheel, or in a checkout the one at its top."""
    package = Path(__file__).parents[2]
    installed = package / "shipped_policies"
    return installed if installed.is_dir() else package.parents[1] / "policies"
