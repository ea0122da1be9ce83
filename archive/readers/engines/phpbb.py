"""phpBB 3 (prosilver and its children; subsilver2) and 2 (subSilver)."""

from __future__ import annotations

from ..layout import Layout

# "Code: Select all" above code, and what phpBB adds to a text.
ADDED = ".codebox > p, .codetitle, .signature, .notice, .attachbox, .back2top, .post-buttons"

LAYOUTS = (
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
        accepted=".accepted_answer, .topicsolved, .bestanswer, .solved",
        dropped=ADDED,
        asks=False,
    ),
    Layout(
        name="phpbb",
        signs=(b"viewtopic.php", b"phpbb", b"phpBB"),
        post="table.tablebg, table.forumline > tr, table.forumline > tbody > tr",
        body="last td[colspan='2'], .postbody, td.row1 > .postbody",
        title="#pageheader h2, h2 .titles, a.maintitle, .maintitle, h1, h2",
        author="b.postauthor, .postauthor, .name b, .name",
        time=".postsubject, td.gensmall, last .postdetails",
        dropped=f"{ADDED}, .quotetitle, .genmed",
        quote=".quotecontent, .quote",
        asks=False,
    ),
)
