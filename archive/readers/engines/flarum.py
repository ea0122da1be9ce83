"""Flarum: what its application starts from, what it shows (`.CommentPost`), what those without scripts see.

From Flarum's public templates and its API (https://docs.flarum.org/rest-api), with no page of it seen. What
is sent to those without scripts has no times.
"""

from __future__ import annotations

from ..application import Application
from ..layout import Layout, TagLayout

LAYOUTS = (
    Layout(
        name="flarum",
        signs=(b"CommentPost", b"PostStream"),
        post="article.CommentPost, .PostStream-item article.Post, article.Post",
        skipped=".EventPost, .Post--hidden, .Post--event",
        body=".Post-body",
        title=".DiscussionHero-title, h1, h2",
        tags=".DiscussionHero .TagLabel-name, .DiscussionHero .TagLabel, .TagsLabel .TagLabel-text",
        number=".PostMeta-number, .Dropdown-menu .PostMeta-number",
        id="@data-id",
        author=".PostUser .username, .PostUser-name, .username",
        time=".PostMeta time, time",
        score=".Post-points, .Post-vote-points, .Post-votes",
        likes=".Post-likedBy a",
        accepted=".Post--bestAnswer, .item-bestAnswer, .item-isBestAnswer, .is-best-answer",
        closed=".item-locked, .DiscussionListItem-locked",
        dropped=(
            ".DiscussionHero-title .Badge, .Post-edited, .Post-quoteButtonContainer, "
            ".PostMention-preview, .item-signature"
        ),
        asks=False,
    ),
    Layout(
        name="flarum",
        signs=(b"flarum-content", b"flarum-loading", b"Post-body"),
        post=(
            "#flarum-content .container > div > article, #flarum-content .container > div > div, "
            "noscript .container > div > div, .container > div > article, .container > div > div"
        ),
        requires=".Post-body",
        body=".Post-body",
        title="#flarum-content h1, #flarum-content h2, .container h1, .container h2, h1, h2",
        author=".PostUser-name, h3 .username, h3",
        time="h3 time, .Post-header time, time",
        asks=False,
    ),
)

TAG_LAYOUTS = (
    TagLayout(  # /tags
        name="flarum",
        signs=(b"TagTile",),
        unit=".TagTile",
        tag=".TagTile-name",
        blurb=".TagTile-description",
    ),
    TagLayout(  # /t/NAME
        name="flarum",
        signs=(b"TagHero",),
        unit=".TagHero",
        tag=".Hero-title",
        blurb=".Hero-subtitle",
    ),
    TagLayout(  # tags with a tooltip, on any page
        name="flarum",
        signs=(b"TagLabel",),
        unit=".TagLabel[title]",
    ),
)

FIRST_POST = "relationships.posts.data.0.&"

APPLICATIONS = (
    Application(
        name="flarum",
        signs=(b"flarum", b'"apiDocument"', b'"discussions"'),
        where="#flarum-json-payload, script",
        behind=r"\A\s*|app\.(?:pre)?load\(\s*",
        resources="apiDocument.included.*",
        question="apiDocument.data.type=discussions",
        answers="apiDocument.included.*.type=posts",
        asking="relationships.posts.data.0.id",
        id="id",
        title="attributes.title",
        question_body=f"{FIRST_POST}.attributes.contentHtml",
        body="attributes.contentHtml",
        author=(
            "relationships.user.data.&.attributes.displayName, "
            "relationships.user.data.&.attributes.username, "
            f"{FIRST_POST}.relationships.user.data.&.attributes.displayName"
        ),
        created="attributes.createdAt",
        updated="attributes.editedAt",
        score=(
            f"attributes.likesCount, relationships.likes.data, {FIRST_POST}.attributes.likesCount, "
            f"{FIRST_POST}.relationships.likes.data"
        ),
        tags="relationships.tags.data.*.&.attributes",
        blurb="description",
        closed="attributes.isLocked",
        accepted="relationships.bestAnswerPost.data.id",
        posts="attributes.commentCount",
        asks=False,
    ),
)
