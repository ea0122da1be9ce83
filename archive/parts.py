"""A long page in parts: where its form allows that, it need not be in memory whole.

A form is a pair of functions, one row in `FORMS`. A reader gets each part as a page of its own, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from .errors import PageRejected
from .limits import Limits
from .readers.mail_boxes import end_of_mails, is_box
from .readers.ndjson import HEAD_BYTES, is_record_a_line

PART_BYTES = 8 << 20
"""A page of a form that can be cut and that is larger comes as several pages of about this."""


class Form(NamedTuple):
    """A form that can be cut: how it is told by the first `HEAD_BYTES`, and where to cut."""

    piece: str
    """What must not be cut, for a message: "a line"."""
    is_of: Callable[[bytes], bool]
    cut: Callable[[bytearray], int]
    """Where the last whole piece ends; 0 where none does."""
    may_be_long: bool = False
    """Whether a piece may be longer than a part: a mail with what is attached to it may, a line not."""


def end_of_line(held: bytearray) -> int:
    """Return where the last whole line ends."""
    return held.rfind(b"\n", 0, PART_BYTES) + 1


FORMS: tuple[Form, ...] = (
    Form("a line", is_record_a_line, end_of_line),
    Form("a mail", is_box, end_of_mails, may_be_long=True),
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
        if not is_told and len(held) > PART_BYTES:
            is_told = True
            form = next((form for form in FORMS if form.is_of(bytes(held[:HEAD_BYTES]))), None)
        while form and len(held) > PART_BYTES:
            end = form.cut(held)
            if not end and form.may_be_long:
                break
            if not end:
                raise PageRejected(f"{form.piece} is longer than {PART_BYTES:,} bytes")
            yield bytes(held[:end])
            del held[:end]
        if len(held) > limits.page_bytes:
            raise PageRejected(f"larger than a page may be: {limits.page_bytes:,} bytes")
    yield bytes(held)
