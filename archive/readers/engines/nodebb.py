"""NodeBB, with the markup of its themes Persona and Harmony; from their public templates."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="nodebb",
        signs=(b'component="post"', b"component='post'", b"component=post", b"nodebb", b"NodeBB"),
        post="[component=post]",
        skipped=".deleted, .necro-post, .topic-event, [component='topic/event']",
        body="[component='post/content'], .content[itemprop=text]",
        title="[component='topic/title'], .topic-title, h1",
        tags="[component='topic/tags'] .tag, .tags.tag-list .tag, [component='topic/tags'] a",
        views="[component='topic/view-count'], [title='Views']",
        posts="[component='topic/post-count'], [itemprop=commentCount]@content",
        number=".post-index",
        id="@data-pid",
        author="[data-username]@data-username, [itemprop=author] [itemprop=name]@content, @data-username",
        time="[component='post/timestamp'], .timeago, @data-timestamp",
        score="[component='post/vote-count']@data-votes, [component='post/vote-count'], .votes .count",
        accepted=".best-answer, .topic-solved, [component='post/best-answer'], .isSolved",
        dropped=(
            "[component='post/signature'], [component='post/footer'], .post-signature, "
            ".tag-topic-count, .topic-title .label"
        ),
        asks=False,
        told_too=True,
    ),
)
