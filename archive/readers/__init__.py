"""The registry: which reader takes a page.

A reader is a module with a `NAME`, a `sniff(page)` and a `read(page)`; the most confident one wins.
"""

from __future__ import annotations

from .page import Found, Page, Problem, Reader

__all__ = ["Found", "Page", "Problem", "Reader"]
