"""Question2Answer, with the markup of its base theme, which all themes keep; from its public templates.

Tags may carry a description (the plugin "Tag Descriptions"), which their tooltip says.
"""

from __future__ import annotations

from ..layout import Layout, TagLayout

LAYOUTS = (
    Layout(
        name="question2answer",
        signs=(b"qa-q-view", b"qa-main-heading"),
        question=".qa-q-view",
        question_number=".qa-q-view@id",
        post=".qa-a-list-item",
        question_body=".qa-q-view-content .entry-content, .qa-q-view-content",
        body=".qa-a-item-content .entry-content, .qa-a-item-content",
        title=(
            ".qa-main-heading .entry-title, .qa-main h1 .entry-title, .qa-main-heading h1, .qa-main h1, "
            "h1 .entry-title, h1"
        ),
        tags=".qa-q-view-tag-item .qa-tag-link, .qa-q-view-tags .qa-tag-link",
        views=".qa-view-count-data, .qa-q-view-stats .qa-view-count",
        answers="#a_list_title, .qa-part-a-list h2 [itemprop=answerCount], .qa-part-a-list h2",
        author=(
            ".qa-q-view-who-data .qa-user-link, .qa-q-view-who-data, .qa-a-item-who-data .qa-user-link, "
            ".qa-a-item-who-data"
        ),
        time=(
            ".qa-q-view-when-data time, .qa-q-view-when-data, .qa-a-item-when-data time, .qa-a-item-when-data"
        ),
        score=".qa-netvote-count-data, .qa-upvote-count-data",
        accepted=".qa-a-selected, .qa-a-list-item-selected, .qa-a-item-selected",
        comment=".qa-c-list-item",
        comment_body=".qa-c-item-content .entry-content, .qa-c-item-content",
        comment_author=".qa-c-item-who-data .qa-user-link, .qa-c-item-who-data",
        comment_time=".qa-c-item-when-data time, .qa-c-item-when-data",
        comment_score=".qa-netvote-count-data, .qa-upvote-count-data",
        closed=".qa-q-view-closed, .qa-q-closed",
        related=".qa-related-qs a[href], .qa-related-q-item a[href]",
        dropped=(
            ".vote-up-pad, .qa-netvote-count-pad, .qa-q-view-buttons, .qa-a-selected-text, "
            ".qa-main-heading .qa-rss-icon"
        ),
    ),
)

TAG_LAYOUTS = (
    TagLayout(  # /tag/NAME with the widget of the plugin
        name="question2answer",
        signs=(b"qa-tag-description",),
        requires=".qa-tag-description",
        address=r"(?:\A|[/=])(?:tag|tag-edit)/([^/?#&]+?)(?:\.rss)?(?:[/?#&]|\Z)",
        tag="[href*='tag-edit/']@href, [type='application/rss+xml'][href*='tag/']@href",
        heading=".qa-main-heading h1, .qa-main h1, h1",
        blurb=".qa-tag-description",
    ),
    TagLayout(  # tags with a tooltip, on any page
        name="question2answer",
        signs=(b"qa-tag-link",),
        unit=".qa-tag-link[title]",
    ),
)
