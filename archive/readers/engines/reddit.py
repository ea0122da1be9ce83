"""Reddit: the page since 2023 (`shreddit-post`), the old one (`div.thing`), that of 2018 to 2023, its API.

Facts of the new page are attributes of its elements. Replies to a reply are comments. A link to elsewhere
with no text is no question. The page of 2018 to 2023 holds a JSON that says all, and more than it shows; its
markup, read where the JSON was taken out, says little beside the texts. Both from a page of 2020;
`comments/ID.json` from the API's documentation (https://www.reddit.com/dev/api).
"""

from __future__ import annotations

from ..application import Application
from ..layout import Layout

LAYOUTS = (
    Layout(
        name="reddit",
        signs=(b"<shreddit-post",),
        url="shreddit-post@permalink",
        home="https://www.reddit.com/",
        skipped="shreddit-comment[is-comment-deleted]",
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
        more_comments="faceplate-partial[src*=more-comments]",
        dropped="shreddit-post-flair, faceplate-timeago",
        asks=False,
    ),
    Layout(
        name="reddit",
        signs=(b"sitetable", b"nestedlisting"),
        requires=".commentarea",
        url="#siteTable > div.link@data-permalink",
        home="https://www.reddit.com/",
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
        more_comments=".morechildren",
        skipped=".deleted, .morechildren",
        asks=False,
    ),
    Layout(
        name="reddit",
        signs=(b'data-test-id="post-content"', b"data-test-id=post-content"),
        # How far a comment is indented is all that tells an answer from a reply.
        requires="div[id^=t1_][style*=padding-left]",
        question="div[data-test-id=post-content]",
        post="div[id^=t1_][style*='padding-left:16px'], div[id^=t1_][style*='padding-left: 16px']",
        comment="div[id^=t1_]",
        body="[data-testid=comment], [data-test-id=comment]",
        question_body="[data-click-id=text], .RichTextJSON-root",
        title="div[data-test-id=post-content] h1",
        id="@id",
        comment_id="@id",
        author="a[data-testid=comment_author_link], a[href*='/user/']",
        time=(
            "[data-testid=comment_timestamp], [id^=CommentTopMeta--Created], [data-click-id=timestamp], "
            "a[data-click-id=timestamp]"
        ),
        question_score="div[data-test-id=post-content] [id^=vote-arrows] div",
        score="[id^=vote-arrows] div",
        asks=False,
    ),
)

APPLICATIONS = (
    Application(
        name="reddit",
        signs=(b"___r = ", b"t3_"),
        where="script",
        behind=r"___r = ",
        question="posts.models.*",
        answers="comments.models.*",
        of="postId",
        parent="parentId",
        id="id",
        title="title",
        question_body="media.richtextContent.document, media.markdownContent, media.content",
        body="media.richtextContent.document, media.markdownContent",
        author="author",
        created="created",
        updated="editedAt",
        score="score",
        url="permalink",
        home="https://www.reddit.com/",
        asks=False,
    ),
    Application(
        name="reddit",
        signs=(b'"Listing"', b'"t3"', b'"num_comments"'),
        question="0.data.children.*.kind=t3.data",
        answers="1.data.children.*.kind=t1.data",
        replies="replies.data.children.*.kind=t1.data",
        more_replies="replies.data.children.*.kind=more.data.count",
        id="name",
        title="title",
        question_body="selftext_html, selftext",
        body="body_html, body",
        author="author",
        created="created_utc, created",
        updated="edited",
        score="score",
        closed="locked",
        url="permalink",
        home="https://www.reddit.com/",
        escaped=True,
        asks=False,
    ),
)
