"""FluxBB and PunBB 1.2 (`.blockpost`), and PunBB 1.3 and 1.4 (`.main-topic`); from their public templates."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="fluxbb",
        signs=(b"blockpost", b"FluxBB", b"PunBB", b"punviewtopic"),
        post="div.blockpost",
        skipped="#quickpost",
        body=".postmsg",
        title="last .crumbs li strong a, last .crumbs li a, .postright h3, title",
        number="h2 .conr",
        author=".postleft dt strong a, .postleft dt strong, .postleft dt",
        time="h2 a[href*=pid], h2 a[href*='#p'], h2",
        dropped=".postmsg .postedit, .postedit, .postsignature, .postright h3, .postmsg h3",
        asks=False,
    ),
    Layout(
        name="punbb",
        signs=(b"PunBB", b"punbb", b"brd-viewtopic"),
        post=".main-topic > div.post, div.post[id^=p]",
        requires=".entry-content",
        body=".entry-content",
        title=".main-title a, h1.main-title, .main-head .hn, title",
        number=".post-num",
        author=".post-byline strong, .author-ident .username, .username",
        time=".post-link a, .post-link",
        dropped=".sig-content, .post-edit, .lastedit, .sig-line",
        quote=".quotebox",
        asks=False,
    ),
)
