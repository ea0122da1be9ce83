"""Asgaros Forum, for WordPress (`.post-element`); from its public templates."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="asgaros",
        signs=(b"af-wrapper",),
        post="div.post-element[id^=postid-]",
        body=".post-message",
        title="h1.main-title, .main-title",
        author=".author-name-line a, .author-name-line b, .author-name-line, .post-username",
        time=".forum-post-date",
        dropped=".post-footer, .signature, .topic-author-badge, .post-reactions",
        asks=False,
    ),
)
