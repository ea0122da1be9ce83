"""YaBB 2 (`.displaycontainer`); from pages as they are known."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="yabb",
        signs=(b"YaBB",),
        post=".displaycontainer",
        body=".message",
        title=".tabtitle b, title",
        author="td > b a, td > b",
        time=".small",
        dropped=".signature, .editbg",
        quote=".quote, .quotebox",
        asks=False,
    ),
)
