"""Flarum: what its application shows (`.CommentPost`), and what it sends to those without scripts."""

from __future__ import annotations

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
            "#flarum-content .container > div > div, noscript .container > div > div, .container > div > div"
        ),
        requires=".Post-body",
        body=".Post-body",
        title="#flarum-content h1, #flarum-content h2, .container h1, .container h2, h1, h2",
        author="h3 .username, h3",
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
