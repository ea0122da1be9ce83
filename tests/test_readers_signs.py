"""Signs: what the marks of a page let through is exactly what is in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from askive.archive.page import Page
from askive.archive.readers import signs
from askive.archive.readers.engines import APPLICATIONS, LAYOUTS, TAG_LAYOUTS
from askive.archive.readers.signs import holds_all, holds_any
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIGNS = [
    *(one.signs for one in LAYOUTS),
    *(one.signs for one in TAG_LAYOUTS),
    *(one.signs for one in APPLICATIONS),
]
ALL = sorted({sign for some in SIGNS for sign in some})
few_bytes = st.binary(max_size=12) | st.text("ab<", max_size=12).map(str.encode)


def page(data: bytes) -> Page:
    return Page(data, "page", NOW)


@given(
    st.lists(few_bytes | st.sampled_from(ALL), max_size=8).map(b"".join),
    st.lists(few_bytes | st.sampled_from(ALL)),
)
def test_signs_are_those_that_are_there(data: bytes, wanted: list[bytes]) -> None:
    told = data.replace(b"\0", b"")
    assert holds_any(page(data), wanted) == any(sign in told for sign in wanted)
    assert holds_all(page(data), wanted) == all(sign in told for sign in wanted)


@pytest.mark.parametrize("sign", ALL)
def test_a_sign_is_found_across_blocks_and_in_utf_16(sign: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "BLOCK_BYTES", 5)
    assert holds_any(page(b"x" * 7 + sign), [sign])
    assert holds_any(page((b"<p>" + sign).decode().encode("utf-16")), [sign])
    assert not holds_any(page(b"x" * 7 + sign[:-1]), [sign])
