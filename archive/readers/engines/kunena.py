"""Kunena, for Joomla: 4 to 6 (`.kmessage`), and 1.6 to 3 (`table.kmsg`); from its public templates."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="kunena",
        signs=(b"kmsgtext",),
        post="table.kmsg",
        body=".kmsgtext",
        title=".kmsgtitle, .kheader h2, h1",
        author=".kpost-username",
        time=".kmsgdate",
        dropped=".kmsgsignature, .kmsgattach",
        asks=False,
    ),
    Layout(
        name="kunena",
        signs=(b"kmessage", b"kmsg"),
        post="div.message",
        body=".kmessage, .kmsg",
        title="#kunena h1, h1",
        author="[class*=kwho-], .profilebox strong",
        time=".kdate",
        dropped=".ksig, .ksignature, .kattach, .alert",
        asks=False,
    ),
)
