"""WoltLab Burning Board 4 to 6 (`article.wbbPost`), and 3 (`#postRow…`); from pages as they are known."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="woltlab",
        signs=(b"wbbPost",),
        post="article.wbbPost",
        skipped=".wbbPostDeleted, .messageReduced",
        body=".messageText",
        title="h1.contentTitle, .contentTitle, .wbbThread h1, h1",
        tags=".tagList .tag",
        number=".jsButtonShare, .messageQuickOptions a, .messageCounter",
        author=".messageAuthor .username, .username, .messageAuthor [itemprop=name]",
        time=(
            ".messageHeader time, .messageHeader woltlab-core-date-time@date, "
            "woltlab-core-date-time@date, time"
        ),
        dropped=".messageSignature, .messageFooterNote, .quoteBoxIcon, .codeBoxHeader",
        asks=False,
        told_too=True,
    ),
    Layout(
        name="woltlab",
        signs=(b"postRow",),
        post="div.message[id^=postRow]",
        body="[id^=postText]",
        title=".mainHeadline h2 a, .mainHeadline h2, .mainHeadline h1",
        number=".messageNumber",
        author=".userName",
        time=".messageHeader .containerContent, .messageHeader .smallFont",
        dropped=".editNote, .signature, .codeHeader",
        asks=False,
    ),
)
