"""MyBB 1.6 and 1.8 (`div.post`), and 1.4 and before (tables); from its public templates."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="mybb",
        signs=(b"MyBB", b"mybb", b"post_content", b"postbit_"),
        requires=".post_body, .post_content",
        post="div.post[id^=post_], div.post.classic",
        skipped=".deleted_post, .unapproved_post",
        body=".post_body",
        title=".thead > div > strong, .thread_title, .navigation .active, title",
        number=".post_head .float_right a, .post_head .float_right",
        author=(
            ".author_information strong .largetext a, .author_information .largetext, "
            ".author_information strong"
        ),
        time=".post_date > [title], .post_head .post_date, .post_date",
        updated=".post_edit",
        accepted=".best_answer, .bestanswer",
        dropped=(
            ".post_edit, .edited_post, .signature, .post_meta .post_edit, .codeblock .title, "
            ".post_head .edited_post"
        ),
        asks=False,
    ),
    Layout(
        name="mybb",
        signs=(b"MyBB", b"mybb", b"showthread.php?tid="),
        post="table[id^=post_], #posts > table.tborder",
        body="[id^=pid_], .post_body",
        title=".thead > div > strong, .navigation .active, title",
        number="td .float_right a",
        author=".largetext a, .largetext",
        time=".smalltext, .post_date",
        dropped=".signature, .post_edit, .code_header",
        quote=".quote_header, .quote_body",
        asks=False,
    ),
)
