"""Forumotion, also Forumactif and Forumieren, in the markup of each version of its boards."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="forumotion",
        signs=(b"forumotion", b"illiweb.com", b"forumactif", b"forumieren"),
        post="div.post[class*=post--], tr.post[class*=post--]",
        body=".content, .post-entry, .entry-content, td.postbody",
        title="h1.page-title, h1.cattitle, .maintitle h3, .topic-title, h1, title",
        author=".postprofile dt, .postprofile-head strong, .name strong, .name, .author strong",
        time=".author, last .postdetails",
        dropped=".signature_div, .post-signature, .edited-message, .codebox dt",
        asks=False,
    ),
)
