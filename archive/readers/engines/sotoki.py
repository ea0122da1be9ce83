"""Sotoki, which makes the ZIM files of Stack Exchange for Kiwix (https://github.com/openzim/sotoki).

Written from its templates, of 2016 and of 2021 on; no ZIM file of it was at hand. Since 2021 they are those
of Stack Exchange but for cards of people, whose times tell the month twice and no day: they are left alone.
"""

from __future__ import annotations

from dataclasses import replace

from ..layout import Layout
from . import stackexchange

LAYOUTS = (
    replace(
        stackexchange.LAYOUTS[0],
        name="sotoki",
        signs=(b"css/sotoki.css",),
        author="last .s-user-card--info",
        time="",
        question_time="#content time[itemprop=dateCreated]@datetime",
        updated=".user-action-time .relativetime@title",
        comment_time=".relativetime-clean@title",
        dropped=".s-user-card--awards",
    ),
    Layout(
        name="sotoki",
        signs=(b"github.com/kiwix/sotoki", b"github.com/openzim/sotoki", b"glyphicon-question-sign"),
        requires="#question .post-container",
        url="#footer a@href",
        question="#question",
        post="#answers > div[id^=a]",
        body=".body",
        title="h2.title",
        tags="#question .tags a",
        author=".author a.profile p, .author p",
        question_time=".metadata .date@title",
        score=".reputation .score",
        accepted=".reputation .accepted",
        comment=".comments .comment",
        comment_body=".text",
        comment_author="a[href*='/user/']",
        comment_time=".date@title",
        comment_score=".score",
        closed=".closed-banner",
    ),
)
