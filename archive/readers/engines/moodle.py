"""Forums of Moodle since 2 (`.forumpost`): replies stand in what they answer; from its public templates."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="moodle",
        signs=(b"forumpost",),
        post="div.forumpost",
        body=".post-content-container, .posting",
        title=".discussionname, [data-region-content=forum-post-core-subject], .subject",
        author="header a[href*='/user/'], .author a, .author",
        time="header time, .author",
        dropped=".attachedimages, .attachments, .footer",
        asks=False,
    ),
)
