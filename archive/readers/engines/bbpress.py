"""bbPress: the stand-alone forum (0.9 and 1.0, with its Q&A theme) and the WordPress plugin (2.x)."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="bbpress",
        signs=(b'id="thread"', b"list:post"),
        post="#thread > li",
        body=".threadpost .post, .threadpost",
        title="h2.topictitle, #topic-info .topictitle, .topictitle",
        tags="#topic-tags a[rel=tag], #tags-list a[rel=tag]",
        posts="#topic_posts",
        number="div[id^=position-]@id",
        author=".threadauthor strong, .threadauthor cite",
        time=".poststuff",
        accepted=".best_answer, .best_answer_background, .best-answer",
        dropped=".social-it, .post-attachments, .bb-topic-resolution",
        asks=False,
    ),
    Layout(
        name="bbpress",
        signs=(b"bbpress", b"bbp-"),
        question="div.bbp-lead-topic .topic",
        post=(
            "div.reply[id^=post-], div.topic[class*=bbp-parent], .bbp-body > div[class*=type-reply], "
            ".bbp-body > div[class*=type-topic]"
        ),
        head=".bbp-reply-header, .bbp-topic-header",
        body=".bbp-reply-content, .bbp-topic-content",
        title="h1.entry-title, .bbp-breadcrumb-current, .page-title, h1",
        tags=".bbp-topic-tags a[rel=tag], .bbp-topic-tags a",
        number=".bbp-reply-permalink@data-number",
        author=".bbp-author-name, .bbp-reply-author .bbp-author-link",
        time=".bbp-reply-post-date, .bbp-topic-post-date",
        accepted=".bbp-best-answer, .bbps-is-best-answer",
        closed=".bbp-template-notice",
        dropped=".bbp-reply-revision-log, .bbp-topic-revision-log, .bbp-signature, .bbp-attachments h6",
        asks=False,
    ),
)
