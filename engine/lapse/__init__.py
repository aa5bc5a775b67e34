"""Lapse: a rule-driven policy engine for companies that resell subscriptions."""

__version__ = "0.1.0"
