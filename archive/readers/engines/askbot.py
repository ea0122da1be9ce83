"""AskBot: the layouts of askbot.org, ask.openstack.org, ask.fedoraproject.org and their like since 2011.

Before that AskBot had the markup of OSQA, whose table reads it.
"""

from __future__ import annotations

from ..layout import Layout, TagLayout

LAYOUTS = (
    Layout(
        name="askbot",
        signs=(b"askbot", b"post-update-info", b"Askbot"),
        question="div.post.question, div.js-question",
        post="div.post.answer, div.answer.js-answer",
        body=".post-body, .item-right .body",
        title="h1.section-title, .content h1 a[href*=question], h1 a[href*=question], h1",
        tags=(
            "#question-tags .js-tag-name, #question-tags a[rel=tag], #question-tags .tag, "
            ".question .tags a[rel=tag]"
        ),
        views=".js-question-view-count, .stats-widget [id=view-count], #stats .views",
        answers=".tabBar-answer h2, #sort-top .answer-count, #answers-count, h2.answers-header",
        id="@data-post-id",
        author=(
            ".post-update-info .user-card .user-info a[href*='/users/'], .post-update-info a[href*='/users/']"
        ),
        time=".post-update-info abbr.timeago, .js-post-date abbr, abbr.timeago",
        updated="last .post-update-info a[href*=revisions] abbr.timeago",
        score=".vote-number, .js-score, .vote-count",
        accepted=".accepted-answer, .js-accepted-answer, .accepted",
        comment="div.comment",
        comment_body=".comment-body",
        comment_author=".author",
        comment_time="abbr.timeago, .age",
        comment_score=".upvote, .comment-votes",
        comment_id="@data-comment-id",
        closed=".question-status, .js-question-closed, .closed-question",
        related="#related-questions a[href*=question], .related-questions a[href*=question]",
        dropped=".post-update-info-container, .post-update-info, .post-controls, .comment-delete",
    ),
)

TAG_LAYOUTS = (
    TagLayout(  # tags with a tooltip; its public templates show no tag's wiki
        name="askbot",
        signs=(b"askbot", b"Askbot"),
        unit=".js-tag[title], .js-tag-name[title], .tag[title], [rel=tag][title]",
    ),
)
