"""Apache Answer, from its public templates for crawlers, with no page of it seen.

The templates give all answers one `id`; links to their history have the true ones.
"""

from __future__ import annotations

from ..layout import Layout, TagLayout

LAYOUTS = (
    Layout(
        name="apache_answer",
        signs=(b"answer-item", b"questionDetail", b"Apache Answer", b"apache/incubator-answer"),
        requires=".questionDetailPage, #questionHeader, .questionDetail, #answerHeader, .answer-item",
        question=".questionDetailPage, #questionHeader, .question-detail, .questionDetail",
        post=".answer-item",
        question_body=".question-detail article.fmt, article.fmt, .fmt",
        body="article.fmt, article, .fmt",
        title="h1 a, h1",
        tags="a.badge-tag",
        views=".questionDetailPage div.me-3",
        answers="#answerHeader h5, #answerHeader",
        id="a[href$='/timeline']@href",
        author=".author-name, .user-card a[href*='/users/'], a[href*='/users/']",
        time="last time[datetime]",  # the one before it is of the last change
        score=".current-vote, .vote-count, button[disabled]",
        accepted=".accepted-answer, .bg-success, .text-success",
        comment=".comment-item",
        comment_body=".fmt, .comment-content",
        comment_author="a[href*='/users/']",
        comment_time="time",
        closed=".alert .fw-bold, .question-operation-msg",
        related=".related-questions a[href], .card .list-group-item[href*='/questions/']",
        told_too=True,
    ),
)

TAG_LAYOUTS = (
    TagLayout(  # /tags/NAME
        name="apache_answer",
        signs=(b"tag-box",),
        requires=".tag-box",
        tag=".tag-box h3 a, .tag-box h3",
        blurb=".tag-box p",
    ),
    TagLayout(  # /tags
        name="apache_answer",
        signs=(b"badge-tag",),
        unit=".card",
        requires=".card .badge-tag",
        tag=".badge-tag",
        blurb="p",
    ),
)
