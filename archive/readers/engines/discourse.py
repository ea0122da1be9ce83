"""Discourse: what it sends to crawlers and to browsers without scripts, and what its application shows.

The accepted answer stands only in the JSON-LD of the former, which until 2018 marked each post as a posting
of its own; the application tells its number in the first post. Small actions ("closed this topic") are not
answers; what `system` says in a post is one, as the page has nothing to tell it by.
"""

from __future__ import annotations

from ..layout import Layout, TagLayout

# What the editor puts around pictures and links, and numbers of clicks.
ADDED = ".lightbox .meta, .badge-notification.clicks, .quote-controls, .codeblock-button-wrapper"

LAYOUTS = (
    Layout(
        name="discourse",
        signs=(b"crawler-post", b'content="Discourse'),
        post="div.crawler-post",
        body=".post, [itemprop=articleBody], [itemprop=text]",
        title="#topic-title h1 a, #topic-title h1, .crawler-topic-title a, .crawler-topic-title, h1 a, h1",
        tags="#topic-title .discourse-tags .discourse-tag, .topic-category .discourse-tag",
        number=".crawler-post-infos [itemprop=position], [itemprop=position]",
        author=".creator [itemprop=name], .creator a, .creator",
        time="[itemprop=datePublished]@content, .crawler-post-infos time, time",
        updated="[itemprop=dateModified]@content",
        score=".post-likes, [itemprop=interactionStatistic] [itemprop=userInteractionCount]@content",
        linked=".crawler-linkback-list a[href]",
        related=(
            "#related-topics a.raw-topic-link, #suggested-topics a.raw-topic-link, .suggested-topics a.title"
        ),
        dropped=ADDED,
        asks=False,
        told_too=True,
    ),
    Layout(
        name="discourse",
        signs=(b"UserComments:",),
        requires="[itemtype$=DiscussionForumPosting] > .creator",
        post="div[itemtype$=DiscussionForumPosting]",
        body=".post",
        title="h1 a, h1",
        number=".creator [itemprop=position]",
        author=".creator [itemprop=author], .creator b, .creator a",
        time=".creator time",
        score="[itemprop=interactionCount][content^=UserLikes]@content",
        dropped=ADDED,
        asks=False,
    ),
    Layout(
        name="discourse",
        signs=(b"topic-post", b"post-stream"),
        post=".post-stream article[data-post-id], article[data-post-id]",
        skipped=".small-action, .deleted, .moderator-action",
        body=".cooked",
        title="#topic-title h1 .fancy-title, .fancy-title, #topic-title h1, h1",
        tags="#topic-title .discourse-tag, .topic-category .discourse-tag",
        number="@data-post-number, @id",
        id="@data-post-id",
        author=(
            ".topic-meta-data .names .username a@data-user-card, "
            ".topic-meta-data .names a@data-user-card, .names .username"
        ),
        time=".post-date .relative-date, .relative-date",
        score=".like-count, .likes",
        accepted_number="aside.accepted-answer@data-post",
        accepted=".accepted-answer-button-wrapper, .extra-buttons .accepted, .post-menu-area .accepted",
        related=".suggested-topics a.title, #suggested-topics a.title",
        dropped=ADDED,
        asks=False,
        told_too=True,
    ),
    Layout(
        name="discourse",
        signs=(b'content="Discourse', b"data-discourse", b"discourse-assets"),
        # A page saved before its application had run: the heads of posts are all that it holds.
        requires="meta[property='article:published_time']",
        question="head",
        post="article[data-post-id]",
        question_body="meta[property='og:description']@content",
        body=".cooked",
        title="meta[property='og:title']@content",
        question_time="meta[property='article:published_time']@content",
        asks=False,
    ),
)

TAG_LAYOUTS = (
    TagLayout(  # /tag/NAME, where "about this tag" is open
        name="discourse",
        signs=(b"tag-info",),
        unit=".tag-info",
        tag=".tag-name-wrapper .discourse-tag, .tag-name .discourse-tag",
        blurb=".tag-description-wrapper",
        synonyms=".synonyms-list .discourse-tag",
    ),
    TagLayout(  # tags with a tooltip, on any page
        name="discourse",
        signs=(b"discourse-tag",),
        unit=".discourse-tag[title]",
    ),
)
