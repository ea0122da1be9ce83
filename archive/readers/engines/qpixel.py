"""QPixel, the engine of Codidact, from its public templates, with no page of it seen.

It shows votes for and against a post apart, and comments on pages of their own.
"""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="qpixel",
        signs=(b"post--container",),
        requires="div.post[id^=question-] .post--body",
        question="div.post[id^=question-]",
        question_number="div.post[id^=question-]@data-post-id",
        post="div.post[id^=answer-]",
        body=".post--body",
        title=".post--title-text, h1.post--title",
        tags="div.post[id^=question-] .post--tags a",
        id="@data-post-id",
        author=".post-meta--user a[href*='/users/']",
        time=".post-meta--post [title]@title",
        updated="last .post-meta--post div[title]@title",
        closed=".post--content .notice",
        dropped=".post--tags, .post--meta, .post--actions, .post--action-dialog, .post--comments",
    ),
)
