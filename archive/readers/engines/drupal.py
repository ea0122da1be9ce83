"""Drupal's forum module (nodes with comments, Drupal 6 to 10), and Advanced Forum; from public templates."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="drupal",
        signs=(b"forum-post", b"af-post"),
        post=".forum-post",
        skipped=".forum-post-deleted",
        body=".forum-post-content .field-item, .forum-post-content .content, .forum-post-content",
        title="h1#page-title, h1.page-title, h1.title, #page-title, h1, .title",
        tags=".taxonomy-term-reference a, .field-type-taxonomy-term-reference a",
        number=".forum-post-number a, .forum-post-number",
        author=".author-name a, .author-name, .forum-post-panel-sub .username",
        time=".forum-posted-on, .forum-post-info",
        dropped=".author-signature, .post-edited, .forum-post-links, .user-signature",
        asks=False,
    ),
    Layout(
        name="drupal",
        signs=(
            b"node-forum",
            b"node--type-forum",
            b"node-type-forum",
            b"forum-topic",
            b"node--type-question",
            b"node-question",
        ),
        requires=".node-forum, .node--type-forum, .node--type-question, .node-question, .node",
        question=(
            ".node-forum, .node--type-forum, article.node--type-question, .node-question, "
            ".node--type-question, #content .node, div.node[id^=node-]"
        ),
        post="#comments .comment, .comment-wrapper .comment, article.comment, .comments .comment",
        body=(
            ".field--name-comment-body, .field-name-comment-body, .comment-body, .field--name-body, "
            ".field-name-body, .content"
        ),
        question_body=".field--name-body, .field-name-body, .content .field-item, .node__content, .content",
        title=(
            "h1#page-title, h1.page-title, h1.title, #page-title, h2.with-tabs, #squeeze h2, h1, h2.title, "
            "title"
        ),
        id="[href*='#comment-']@href",
        tags=(
            ".field--name-taxonomy-forums a, .field-name-field-tags a, .field--name-field-tags a, "
            ".terms a[rel=tag]"
        ),
        author=".node__submitted .username, .submitted .username, .comment__author .username, .username",
        time=".comment__time time, .node__submitted time, time, .submitted, .comment__time",
        accepted=".best-answer, .comment-best-answer",
        dropped=".user-signature, .links, .comment__permalink, .indented, .forum-topic-navigation",
        asks=False,
    ),
)
