"""UBB.threads 7 (`table.t_outer`); from pages as they are known."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="ubb",
        signs=(b"ubbthreads", b"subjecttable"),
        requires=".post_inner",
        post="table.t_outer",
        body=".post_inner",
        title=".subjecttable .truncate a, title",
        author=".author-content .username, .username, .author-content a",
        time=".subjecttable .small, .subjecttable",
        dropped=".signature, .post-lastedited",
        quote=".ubbcode-block",
        asks=False,
    ),
)
