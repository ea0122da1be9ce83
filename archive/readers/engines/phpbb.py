"""phpBB 3 (prosilver and its children; what it prints; subsilver2) and 2 (subSilver).

prosilver is from real pages, the others from public templates.
"""

from __future__ import annotations

from ..layout import Layout

# "Code: Select all" above code, and what phpBB adds to a text.
ADDED = ".codebox > p, .codebox dt, .codetitle, .signature, .notice, .attachbox, .back2top, .post-buttons"

LAYOUTS = (
    Layout(
        name="phpbb",
        signs=(b"phpbb", b"phpBB"),
        requires="div.post > .date",
        post="div.post",
        body=".content",
        title="#page-header h2",
        url="#page-header a[href*=viewtopic]@href",
        author=".author strong",
        time=".date strong",
        dropped=ADDED,
        asks=False,
    ),
    Layout(
        name="phpbb",
        signs=(b"phpbb", b"phpBB", b"viewtopic.php"),
        post="div.post[id^=p], article.post[id^=p], div.post.has-profile",
        body=".postbody .content, .content, .postbody",
        title="h2.topic-title, .topic-title, #page-body h2, h2",
        tags=".topic-tags a, .rh_tag",
        author=(
            ".postprofile .username, .postprofile .username-coloured, .author .username,"
            ".author .username-coloured, .author strong"
        ),
        time=".author time, .postdetails@data-posttime, .author",
        skipped=".post.deleted",
        accepted=".accepted_answer, .topicsolved, .bestanswer, .solved",
        dropped=ADDED,
        asks=False,
    ),
    Layout(
        name="phpbb",
        signs=(b"viewtopic.php", b"phpbb", b"phpBB"),
        requires="table.tablebg .postbody",
        post="table.tablebg",
        body=".postbody",
        title="#pageheader h2, h2 .titles, h2",
        author=".postauthor",
        time="last td.gensmall > div, td.gensmall",
        dropped=ADDED,
        quote=".quotetitle, .quotecontent",
        asks=False,
    ),
    Layout(
        name="phpbb",
        signs=(b"viewtopic.php", b"phpbb", b"phpBB"),
        requires=".postbody",
        post="table.forumline > tr, table.forumline > tbody > tr",
        body="last td[colspan='2'], .postbody, td.row1 > .postbody",
        title="a.maintitle, .maintitle, h1, h2",
        author=".name b, .name",
        time="last .postdetails",
        dropped=f"{ADDED}, span.gensmall",
        quote=".quote",
        asks=False,
    ),
)
