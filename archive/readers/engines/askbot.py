"""AskBot: askbot.org, ask.openstack.org, ask.fedoraproject.org and their like since 2011, and since 2022.

The former from pages of these sites, the latter from AskBot's templates of 0.13, with no page of it seen.
Before 2011 AskBot had the markup of OSQA, whose table reads it.
"""

from __future__ import annotations

from ..layout import Layout, TagLayout

LAYOUTS = (
    Layout(
        name="askbot",
        signs=(b"js-post-vote-number",),
        question="div.js-question",
        post="div.js-answer",
        body=".post-body .js-editable-content",
        title="h1 .js-editable-content, h1",
        tags=".js-question-tags .js-tag-name",
        answers=".js-answers-count .count, .js-answers-count",
        id="@data-post-id",
        author=".post-update-info-author-name .user-name-link, .post-update-info-author-name",
        time=".post-update-info abbr.js-timeago",
        updated="last .post-update-info abbr.js-timeago",
        score=".js-post-vote-number",
        accepted=".js-accepted-answer",
        comment="div.js-comment",
        comment_body=".js-comment-body",
        comment_author=".js-comment-author",
        comment_time="abbr.js-timeago",
        comment_score=".js-score",
        comment_id="@data-post-id",
        closed=".question-status",
        related=".related-questions a[href]",
        dropped="button",
    ),
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
