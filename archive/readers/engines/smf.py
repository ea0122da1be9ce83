"""Simple Machines Forum 2 (`.post_wrapper`) and 1.1 (tables), and ElkArte.

From public templates; 1.1 also from real pages.
"""

from __future__ import annotations

from ..layout import Layout

# Notes of edits, links of moderators, signatures, and the heads of quotations and code.
ADDED = ".signature, .modified, .moderatorbar, .attachments, .codeheader, .codeoperation, .quickbuttons"

LAYOUTS = (
    Layout(
        name="smf",
        signs=(b"smf_", b"Simple Machines", b"ElkArte", b"elk_", b"forumposts"),
        post=(
            "#forumposts .windowbg[id^=msg], #forumposts .windowbg, #forumposts .windowbg2, "
            "#forumposts .post_wrapper"
        ),
        skipped=".approvebg .ignored, #quickReplyOptions",
        body=".post .inner, .postarea .inner, .messageContent, .post",
        title=(
            "#display_head .display_title, .display_title, span#top_subject, .category_header h1, title, "
            "#forumposts h3.catbg, h1.forumtitle"
        ),
        number=".page_number",
        id="[id^=subject_]@id",
        author=".poster h4 a[href*='action=profile'], .poster h4 a[href*=profile], .poster h4, .poster .name",
        time=".postinfo a.smalltext, .postinfo time, .keyinfo time, .keyinfo .smalltext, .postinfo",
        score=".like_count, .likes_count",
        tags=".tags_row a, .tagged a",
        accepted=".best_answer, .solved_post",
        dropped=ADDED,
        quote=".quoteheader, .bbc_standard_quote",
        asks=False,
    ),
    Layout(
        name="smf",
        signs=(b"smf_", b"Simple Machines", b"SMF", b"quickModForm"),
        requires="td.windowbg, td.windowbg2, .tborder .windowbg",
        post=(
            "table.bordercolor td.windowbg, table.bordercolor td.windowbg2, "
            "form#quickModForm td.windowbg, form#quickModForm td.windowbg2"
        ),
        skipped=".titlebg, .catbg",
        body="div.post, .post",
        title="title, [id^=subject_] a",
        url="a.nav[href*='topic']@href, [id^=subject_] a@href",
        number=".message_number",
        id="[id^=subject_]@id",
        author="td b a[href*=profile], b a[href*=profile], b",
        time="td .smalltext, div.smalltext",
        dropped=ADDED,
        quote=".quoteheader, div.quote",
        asks=False,
    ),
)
