"""Reddit: the page since 2023 (`shreddit-post`), the old one (`div.thing`), and that of 2018 to 2023.

Facts of the new page are attributes of its elements. Replies to a reply are comments. A link to elsewhere
with no text is no question. The layout of 2018 to 2023 is from pages as they are known.
"""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="reddit",
        signs=(b"<shreddit-post",),
        question="shreddit-post",
        post="shreddit-comment",
        comment="shreddit-comment shreddit-comment",
        body="[slot=comment], div[id$=-comment-rtjson-content], .md",
        question_body=(
            "shreddit-post-text-body .md, [slot=text-body] .md, [slot=text-body], "
            "div[id$=-post-rtjson-content]"
        ),
        title="shreddit-post@post-title, [slot=title]",
        id="@thingid, @id",
        comment_id="@thingid",
        author="@author",
        time="@created-timestamp, @created, time",
        score="@score",
        comment_score="@score",
        dropped="shreddit-post-flair, faceplate-timeago",
        asks=False,
    ),
    Layout(
        name="reddit",
        signs=(b"sitetable", b"nestedlisting"),
        requires=".commentarea",
        question="#siteTable > div.link",
        post=".nestedlisting div.comment, .commentarea div.comment",
        comment=".commentarea div.comment div.comment, .nestedlisting div.comment div.comment",
        body=".usertext-body .md, .usertext-body",
        question_body=".expando .usertext-body .md, .usertext-body .md",
        title="#siteTable .link a.title, a.title",
        id="@data-fullname",
        comment_id="@data-fullname",
        author="@data-author, .tagline .author",
        time="@data-timestamp, .tagline time",
        score="@data-score, .score.unvoted@title, .score.unvoted, .score",
        comment_score=".score.unvoted@title, .score.unvoted",
        skipped=".deleted, .morechildren",
        asks=False,
    ),
    Layout(
        name="reddit",
        signs=(b'data-test-id="post-content"', b"data-test-id=post-content"),
        question="div[data-test-id=post-content]",
        post="div.Comment",
        body="[data-testid=comment], [data-test-id=comment]",
        question_body="[data-click-id=text], .RichTextJSON-root",
        title="div[data-test-id=post-content] h1",
        author="a[data-testid=comment_author_link], a[href*='/user/']",
        time="[data-testid=comment_timestamp], [data-click-id=timestamp], a[data-click-id=timestamp]",
        question_score="div[data-test-id=post-content] [id^=vote-arrows] div",
        score="[id^=vote-arrows] div",
        asks=False,
    ),
)
