"""GitHub: discussions (answers and replies to them) and issues, whose JSON is read where they have one.

An issue's comments are its answers; GitHub marks none of them. Discussions are from pages of 2020 and 2026,
issues since 2024 from the JSON of one, and from what others take from their markup; what the server rendered
before from pages as they are known.
"""

from __future__ import annotations

from ..application import Application
from ..layout import Layout, TagLayout

LAYOUTS = (
    Layout(
        name="github_discussions",
        signs=(b"js-discussion", b"discussioncomment"),
        requires="div[id^=discussion-].discussions-timeline-scroll-target",
        question="div[id^=discussion-].discussions-timeline-scroll-target",
        post="div.js-timeline-item",
        id="a.js-timestamp@href",
        comment=".js-nested-comment-container",
        comment_id="a.js-timestamp@href",
        body=".js-comment-body",
        title="h1 .js-issue-title, .js-issue-title",
        tags=".js-issue-labels .IssueLabel, .discussion-sidebar-item .IssueLabel",
        answers="#discussion-comment-count",
        author=(
            ".timeline-comment-header-text .author, "
            ".timeline-comment-header-text a[data-hovercard-type=user], .author"
        ),
        time=".js-timestamp relative-time, relative-time",
        score="[id^=discussion-upvote-button]@aria-label, .js-upvote-count, .js-default-vote-count",
        accepted=".timeline-chosen-answer, [aria-label='Marked as Answer']",
        closed=".State--closed, .State[title*=losed]",
        dropped=".email-signature-reply, .email-hidden-toggle, .zeroclipboard-container",
        asks=False,
    ),
    Layout(
        name="github_issues",
        signs=(b"issue-body-viewer",),
        question="[data-testid=issue-viewer-issue-container], [data-testid=issue-body]",
        post=".react-issue-comment",
        id="[id^=issuecomment-]@id",
        question_body="[data-testid=issue-body-viewer] .markdown-body",
        body=".markdown-body",
        title="[data-testid=issue-title]",
        tags="[data-testid=sidebar-labels-section] a",
        author="[data-testid=issue-body-header-author], [data-testid=avatar-link]",
        time="relative-time",
        dropped="[data-testid=sidebar-labels-section] button",
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

TAG_LAYOUTS = (
    TagLayout(  # /labels
        name="github_issues",
        signs=(b"js-labels-list-item",),
        unit=".js-labels-list-item",
        tag=".js-label-link",
        blurb=".js-label-link@title",
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
        shown_too=True,
        asks=False,
    ),
)
