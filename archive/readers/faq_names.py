"""What a question on an FAQ page is called: its text without number, icon and sign, and whether it asks."""

from __future__ import annotations

import re

from bs4 import Tag as Element

from .finding import text_in

LONGEST_QUESTION = 300
"""Characters of a question; what is longer is a paragraph."""

LARGEST_NAME = 16
"""Elements that what asks is made of: words in bold, a number, an icon or two."""

_MARKS = r"[?？؟]"
_ENDS_ASKING = re.compile(rf"{_MARKS}[\s)\]\"'”’»*:]*\Z")
_QUESTION_WORD = re.compile(
    r"\W{0,4}(?:how|what|which|why|where|when|who|can|could|should|would|does|do|did"
    r"|is|are|has|have|will|may|must|i\s|wie|was|warum|wo|wann|wer|kann|comment|pourquoi|puis-je|cómo|qué|come|como)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\A\W{0,3}(?:(?:q(?:uestion)?|frage|f|p)\s*\d{0,3}\s*[.:)]\s*|\d{1,3}(?:\.\d{1,3})*\s*[.:)]\s+|\d{1,3}(?:\.\d{1,3})+\s+)",
    re.IGNORECASE,
)
# What themes put behind a question: a sign that links to it, an icon of a font, the word on its button.
_BEHIND = re.compile(
    rf"(?<={_MARKS})(?:\s*[-+–−×✕▾▸▼►▲›»⌄∨↓→]+|\s+(?:[a-z]+(?:_[a-z]+)+|add|remove|[xv]|show|hide|open|close|toggle))\s*\Z"
)
_LINK_SIGN = re.compile(r"[\s\u200b\ufeff]*[¶#§🔗\u200b\ufeff]\s*\Z")


def is_question(name: str) -> bool:
    """Tell whether a name asks: by its mark, or by the word that it begins with."""
    return ends_asking(name) or (5 < len(name) <= LONGEST_QUESTION and _QUESTION_WORD.match(name) is not None)


def has_mark(text: str) -> bool:
    """Tell whether a text ends in a question mark, but for signs and white space behind it."""
    return _ENDS_ASKING.search(text.rstrip()[-20:]) is not None


def ends_asking(name: str) -> bool:
    """Tell whether a name ends in a question mark, and is one."""
    return 5 < len(name) <= LONGEST_QUESTION and has_mark(name)


def name_of(element: Element) -> str:
    """Return what an element asks, without its number, and without what a theme puts behind it."""
    text = _LINK_SIGN.sub("", text_in(element, LONGEST_QUESTION + 1))
    return _NUMBERED.sub("", _BEHIND.sub("", text)).strip()
