"""Where the policy set is that comes with lapse."""

from pathlib import Path


def shipped_policies() -> Path:
    """The folder of the policy set in the wheel, or of the one at the top of a checkout."""
    package = Path(__file__).parents[2]
    installed = package / "shipped_policies"
    return installed if installed.is_dir() else package.parents[1] / "policies"
