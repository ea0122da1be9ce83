"""ProBoards 5 and 6 (`tr.post`); from pages as they are known."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="proboards",
        signs=(b"proboards", b"mini-profile"),
        requires=".mini-profile",
        post="tr.post[id^=post-]",
        body=".message",
        title=".show-thread h1, .title-bar h1, h1",
        author=".mini-profile .user-link, .mini-profile .user-guest, .mini-profile",
        time=".content-head .time",
        dropped=".edited_by, .signature, .quote_clear",
        quote=".quote_body",
        asks=False,
    ),
)
