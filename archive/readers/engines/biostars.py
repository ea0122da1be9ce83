"""Biostar, the engine of Biostars and of Bioconductor's support site, since 2020; from its public templates.

Its schema.org data lacks the comments. No page of it was seen.
"""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="biostars",
        signs=(b"post view",),
        requires="div.post.view > .title",
        question="div.post.view",
        post="div.post.view",
        question_number="div.post.view@data-value",
        body=".magnify [itemprop=text], .magnify",
        title="div.post.view > .title",
        tags=".inplace-tags a",
        answers="[itemprop=answerCount]",
        id="@data-value",
        author=".user_box a",
        time="time[itemprop=dateCreated]",
        score=".score",
        accepted="[itemprop=acceptedAnswer]",
        comment="div.post.comment",
        comment_body=".magnify",
        comment_author="[itemprop=author] [itemprop=name], a[href^='/u/'], a[href*='/profile/']",
        comment_score=".score",
        comment_id="@data-value",
        dropped=".dimmer, .user_box",
        asks=False,
    ),
)
