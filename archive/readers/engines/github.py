"""GitHub: discussions (answers and replies to them) and issues, as the server rendered them until 2025.

An issue's comments are its answers; GitHub marks none of them. From pages as they are known.
"""

from __future__ import annotations

from ..application import Application
from ..layout import Layout

LAYOUTS = (
    Layout(
        name="github_discussions",
        signs=(b"js-discussion", b"discussion-timeline", b"discussioncomment"),
        requires=".discussion-timeline, [id^=discussioncomment-], .js-discussions-title-container",
        question="[id^=discussion-]",
        post=(
            ".discussion-timeline .js-timeline-item, .js-comment-container[id^=discussioncomment-], "
            "[id^=discussioncomment-]"
        ),
        id="[id^=discussioncomment-]@id",
        comment=(
            "[data-child-comments] .js-comment, .discussion-nested-comment-group, "
            ".js-inline-comments-container .nested-discussion-timeline-comment"
        ),
        body=".js-comment-body, .comment-body",
        title=".js-issue-title, h1 .markdown-title, h1 bdi, h1",
        tags=".discussion-sidebar-item .IssueLabel, .js-issue-labels .IssueLabel, .IssueLabel",
        answers="#discussion-comment-count, h2 .Counter",
        author=".author, a[data-hovercard-type=user]",
        time="relative-time, time-ago, time",
        score=".js-upvote-count, [aria-label*=pvote] .text-small, .js-default-vote-count",
        accepted=(
            ".discussion-timeline-answer, [aria-label='Marked as answer'], .js-comment-answered, "
            ".js-answer-checkmark"
        ),
        closed=".State--closed, .discussion-closed",
        dropped=(
            ".gh-header-number, .js-issue-number, .email-signature-reply, .email-hidden-toggle, "
            ".zeroclipboard-container"
        ),
        asks=False,
    ),
    Layout(
        name="github_issues",
        signs=(b"js-issue-title", b"timeline-comment", b"TimelineItem"),
        requires=".js-issue-title, .gh-header-title",
        post=".timeline-comment, .js-comment-container .js-comment",
        body=".js-comment-body, .comment-body",
        title=".js-issue-title, .gh-header-title bdi, .gh-header-title",
        tags=".js-issue-labels .IssueLabel, .discussion-sidebar-item .IssueLabel",
        author=".timeline-comment-header .author, .author",
        time="relative-time, time-ago, time",
        score=".social-reaction-summary-item .text-small",
        closed=".State--closed",
        dropped=".gh-header-number, .email-signature-reply, .email-hidden-toggle, .zeroclipboard-container",
        asks=False,
    ),
)

APPLICATIONS = (
    Application(
        name="github_issues",
        signs=(b"react-app.embeddedData", b'"preloadedQueries"', b'"issue"'),
        where="script[data-target='react-app.embeddedData']",
        question="payload.preloadedQueries.*.result.data.repository.issue",
        answers="payload.preloadedQueries.*.result.data.repository.issue.**.__typename=IssueComment",
        id="id",
        number="databaseId",
        title="title, titleHTML",
        question_body="bodyHTML",
        body="bodyHTML",
        author="author.login",
        created="createdAt",
        updated="lastEditedAt",
        tags="labels.edges.*.node, labels.nodes.*",
        blurb="description",
        closed="state",
        url="url, resourcePath",
        home="https://github.com/",
        asks=False,
    ),
)
