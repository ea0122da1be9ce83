"""Hypothesis without its deadline: no test asserts a time, for the machine may be busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("askive", deadline=None)
settings.load_profile("askive")
