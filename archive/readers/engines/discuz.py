"""Discuz! from 6 to X (`#postmessage_…`), and its pages for telephones; from its public templates."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="discuz",
        signs=(b"postmessage_",),
        post="table[id^=pid]",
        body="[id^=postmessage_]",
        title="#thread_subject, #threadtitle h1, .viewthread h1, h1.ts",
        tags=".ptg a",
        views=".hm .xi1",
        answers="last .hm .xi1",
        number="[id^=postnum] em",
        author=".authi .xw1, .authi a, .postauthor cite, .postauthor .postinfo a, .authi",
        time="[id^=authorposton] [title], [id^=authorposton], .postcontent .postinfo",
        comment=".cm .pstl",
        comment_body=".psti",
        comment_author=".psta .xw1",
        comment_time=".psti .xg1",
        dropped=(
            ".pstatus, .attach_nopermission, .attach_tips, .blockcode em, .sign, .aimg_tip, .jammer, "
            "[id^=postmessage_] [style*='display:none']"
        ),
        asks=False,
    ),
    Layout(
        name="discuz",
        signs=(b"Discuz",),
        post="div.plc[id^=pid]",
        body=".message",
        title=".postlist h2, .view_tit, h2, title",
        author=".authi b, .authi a",
        time=".authi .rela, .authi .mtime, .authi",
        dropped=".pstatus, .jammer",
        asks=False,
    ),
)
