"""OSQA and its forebear CNPROG, from OSQA's public templates."""

from __future__ import annotations

from ..layout import Layout, TagLayout

LAYOUTS = (
    Layout(
        name="osqa",
        signs=(b"osqa", b"OSQA", b"question-table", b"answer-container-"),
        question="#question-table, div.question",
        post="div.answer[id^=answer-container-], div.answer",
        question_body=".question-body",
        body=".answer-body",
        title=".headNormal h1, .headNormal, .headQuestions, h1",
        tags=(
            "#question-tags .post-tag, .question-tags .post-tag, #question-tags a[rel=tag], "
            ".tags-list .post-tag"
        ),
        views=".views-count, .item-count.views",
        answers=".tabBar h2, .tabBar .headQuestions, #sort-top h2",
        author="last .post-update-info a[href*='/users/'], .post-update-info .user-info",
        time=(
            ".post-update-info .relativetime, .post-update-info strong span, .post-update-info p, "
            ".relativetime"
        ),
        score=".post-score, .vote-number",
        accepted=".accepted-answer, .accept-answer.on",
        comment=".comment",
        comment_body=".comment-text",
        comment_author=".comment-user, .comment-info .comment-user",
        comment_time=".comment-age, .comment-info .comment-age",
        comment_score=".comment-score",
        closed=".question-status, .closed-question",
        related=".questions-related a[href], .question-list-related a[href], .related-questions a[href]",
        dropped=".post-controls, .post-update-info-container, .comment-tools",
    ),
)

TAG_LAYOUTS = (
    TagLayout(name="osqa", signs=(b"osqa", b"OSQA"), unit=".post-tag[title]"),  # tags with a tooltip
)
