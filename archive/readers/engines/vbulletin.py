"""vBulletin 3 (tables named `post…`), 4 (`li.postbit`) and 5 (`li.b-post`).

3 is from real pages, 4 and 5 from pages as they are known.
"""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="vbulletin",
        signs=(b"b-post",),
        post="li.b-post",
        skipped=".b-post--deleted, .b-post-comment, .h-hide",
        body=".b-post__content .js-post__content-text, .js-post__content-text, .b-post__content",
        title="h1.main-title, h1",
        tags=".b-tags a, .js-tag-list a",
        number=".b-post__count",
        id="@data-node-id",
        author=".b-userinfo .author, .b-post__author, .author",
        time=".b-post__timestamp time, .b-post__timestamp, time",
        score=".votecount",
        comment="li.b-post-comment, li.b-comment-entry",
        comment_body=".js-comment-entry__text, .b-comment-entry__text",
        dropped=".b-post__edit-info, .b-post__attachments-wrapper, .signature-wrap, .b-post__signature",
        quote=".bbcode_quote",
        asks=False,
    ),
    Layout(
        name="vbulletin",
        signs=(b"postbit", b"postcontainer"),
        post="li.postbit, li.postbitlegacy, li.postcontainer[id^=post_]",
        skipped=".postbitdeleted, .postbitignored",
        body="div[id^=post_message_] blockquote.postcontent, blockquote.postcontent, .postcontent",
        title=".threadtitle, #pagetitle h1, h1",
        tags="#thread_tags_list a[rel=tag], #thread_tags_list a",
        number=".postcounter",
        author=".username_container .username strong, .username_container .username, .username",
        time=".posthead .date, .postdate .date, .postdate, .date",
        dropped=".signature, .lastedited, .edit_info, .bbcode_description, .attachments, .after_content",
        quote=".bbcode_quote",
        asks=False,
    ),
    Layout(
        name="vbulletin",
        signs=(b"post_message_",),
        post="table[id^=post], div.tpost[id^=post], div[id^=edit]",
        skipped="#posts_top",
        body="div[id^=post_message_]",
        title=".threadtitle, td.navbar strong, .navbar strong, h1, title",
        tags="#tag_list_cell a, a[href*='tags.php']",
        number="a[id^=postcount] strong, a[id^=postcount]@name, a[id^=postcount]",
        author=".bigusername",
        time=".thead",
        dropped=".signature, .post-edit-note",
        asks=False,
    ),
)
