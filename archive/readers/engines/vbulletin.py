"""vBulletin 3 (tables named `post…`), 4 (`li.postbit`), 5 (`li.b-post`), and what 3 prints and archives.

3 and 4 are from real pages, 5 from parts of real ones, the rest from pages as they are known.
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
        tags=".b-post__tags a, .b-tags a, .js-tag-list a",
        number=".b-post__count",
        id="@data-node-id",
        question_number=".b-post--first@data-node-id, input[name=nodeid]@value",
        author=".b-userinfo .author, .b-post__author, .author",
        time=".b-post__timestamp time, .b-post__timestamp, time",
        score=".votecount",
        comment="li.b-post-comment, li.b-comment-entry",
        comment_body=".js-comment-entry__text, .b-comment-entry__text",
        dropped=(
            ".b-post__edit, .b-post__attachments, .post-signature, .bbcode_description, "
            ".bbcode_postedby a[rel=nofollow]"
        ),
        quote=".bbcode_quote",
        asks=False,
    ),
    Layout(
        name="vbulletin",
        signs=(b"postbit", b"postcontainer"),
        post="li.postbit, li.postbitlegacy, li.postcontainer[id^=post_]",
        skipped=".postbitdeleted, .postbitignored",
        body="div[id^=post_message_] .postcontent, .postcontent, .content .restore",
        title=".threadtitle, #pagetitle h1, h1",
        tags="#thread_tags_list a[rel=tag], #thread_tags_list a",
        number=".postcounter",
        author=".username_container .username strong, .username_container .username, .username",
        time=".posthead .date, .postdate .date, .postdate, .date, .datetime",
        dropped=(
            ".signature, .lastedited, .edit_info, .bbcode_description, .attachments, .after_content, "
            ".bbcode_postedby a[rel=nofollow]"
        ),
        quote=".bbcode_quote",
        asks=False,
    ),
    Layout(
        name="vbulletin",
        signs=(b"post_message_", b"td_post_"),
        post="table[id^=post], div.tpost[id^=post], div[id^=edit]",
        skipped="#posts_top",
        body="div[id^=post_message_], td[id^=td_post_] > div",  # 3.0 has no id for a message
        url="td.navbar a[href*='showthread.php']@href",
        title=".threadtitle, td.navbar strong, .navbar strong, h1, title",
        tags="#tag_list_cell a, a[href*='tags.php']",
        number="a[id^=postcount] strong, a[id^=postcount]@name, a[id^=postcount]",
        author=".bigusername, [id^=postmenu_]",
        time=".thead",
        dropped=".signature, .post-edit-note, [id^=td_post_] > .smallfont, td.alt2 a[rel=nofollow]",
        quote="td.alt2",
        asks=False,
    ),
    Layout(  # "archive/index.php/t-77.html", for robots
        name="vbulletin",
        signs=(b"posttext",),
        requires=".posttop",
        post="div.post",
        body=".posttext",
        title=".largefont a, title",
        url=".largefont a@href",
        author=".username",
        time=".date",
        asks=False,
    ),
    Layout(  # "printthread.php"
        name="vbulletin",
        signs=(b"vBulletin",),
        requires="td.page > hr",
        post="table.tborder",
        body="last td.page > div",
        title="td.page strong",
        url="td.page a[href*='showthread.php']@href",
        author="td[style*='14pt']",
        time="td.smallfont",
        quote="td.alt2",
        asks=False,
    ),
)
