"""A long page in parts: where its form allows that, it need not be in memory whole.

A form is a pair of functions, one row in `FORMS`. A reader gets each part as a page of its own, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from .errors import PageRejected
from .limits import LIMITS, Limits
from .readers.mail_boxes import end_of_mails, is_box
from .readers.ndjson import HEAD_BYTES, is_record_a_line
from .readers.pair_marks import last_question
from .readers.plain_pairs import is_marked
from .readers.text import is_tagged
from .readers.text_pages import last_page

PART_BYTES = 8 << 20
"""A page of a form that can be cut and that is larger comes as several pages of about this."""

TEXT_BYTES = LIMITS.texts_bytes
"""The same for text of many questions, each line of which may be something: that costs more memory."""

WINDOW_BYTES = 1 << 20
"""How much before its end a part of text is searched for the beginning of a question."""


class Form(NamedTuple):
    """A form that can be cut: how it is told by the first `HEAD_BYTES`, and where to cut."""

    piece: str
    """What must not be cut, for a message: "a line"."""
    is_of: Callable[[bytes], bool]
    cut: Callable[[bytearray], int]
    """Where the last whole piece ends; 0 where none does."""
    may_be_long: bool = False
    """Whether a piece may be longer than a part: a mail with what is attached to it may, a line not."""
    is_text: bool = False
    """Whether it is cut into parts of `TEXT_BYTES`."""


def end_of_line(held: bytearray) -> int:
    """Return where the last whole line ends."""
    return held.rfind(b"\n", 0, PART_BYTES) + 1


def text_before(last: Callable[[str], int]) -> Callable[[bytearray], int]:
    """Return how text is cut where, by `last`, the last question of a piece of it begins."""

    def cut(held: bytearray) -> int:
        begin = held.rfind(b"\n", 0, max(TEXT_BYTES - WINDOW_BYTES, 0)) + 1
        text = held[begin:TEXT_BYTES].decode("utf-8", "surrogateescape").replace("\r\n", " \n")
        at = last(text)
        return begin + len(text[:at].encode("utf-8", "surrogateescape")) if at else 0

    return cut


FORMS: tuple[Form, ...] = (
    Form("a line", is_record_a_line, end_of_line),
    Form("a mail", is_box, end_of_mails, may_be_long=True),
    Form("a page", is_tagged, text_before(last_page), is_text=True),
    Form("a question", is_marked, text_before(last_question), is_text=True),
)


def parts(blocks: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    """Yield the content in one part, in several where it is long and of a form that can be cut.

    Raises `PageRejected` for what is too large.
    """
    held = bytearray()
    form: Form | None = None
    is_told = False
    for block in blocks:
        held += block
        if not is_told and len(held) > min(PART_BYTES, TEXT_BYTES):
            is_told = True
            form = next((form for form in FORMS if form.is_of(bytes(held[:HEAD_BYTES]))), None)
        size = TEXT_BYTES if form and form.is_text else PART_BYTES
        while form and len(held) > size:
            end = form.cut(held)
            if not end and form.is_text:
                form = None  # no text of questions after all, or one of a single long one
                break
            if not end and form.may_be_long:
                break
            if not end:
                raise PageRejected(f"{form.piece} is longer than {size:,} bytes")
            yield bytes(held[:end])
            del held[:end]
        if len(held) > limits.page_bytes:
            raise PageRejected(f"larger than a page may be: {limits.page_bytes:,} bytes")
    yield bytes(held)
