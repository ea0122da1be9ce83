"""Khoros Communities, once Lithium (`.lia-message-view`), with accepted solutions.

From parts of real pages and pages as they are known: its templates are not public.
"""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="khoros",
        signs=(b"lia-message", b"lia-component", b"lithium"),
        requires=".lia-message-body-content, .lia-message-body",
        question=(
            ".lia-component-topic-message .lia-panel-message, "
            ".lia-component-forums-widget-topic-message .lia-panel-message"
        ),
        post=(
            ".lia-panel-message, .lia-message-view-wrapper, .lia-message-view-display, "
            ".lia-linear-display-message-view, .lia-message-view"
        ),
        skipped=(
            ".lia-message-view-type-compact, .lia-component-solutions-widget, .lia-accepted-solution-preview"
        ),
        body=".lia-message-body-content, .lia-message-body",
        title=(
            ".lia-message-subject-banner, .lia-message-subject .lia-link-navigation, "
            ".lia-message-subject h1, .lia-message-subject h2, h1"
        ),
        tags=".lia-component-tags .lia-tag, .TagList .lia-tag, #tagsList .lia-tag, .label-link",
        views=".lia-component-message-view-widget-views .lia-message-stats-count, .lia-view-count",
        id="[data-lia-message-uid]@data-lia-message-uid",
        author=(
            ".lia-message-author-username .lia-user-name-link, .lia-user-name-link, .UserName, "
            ".lia-message-author-username"
        ),
        time=(
            ".lia-message-dates .DateTime [title], .lia-message-dates .DateTime, .DateTime, "
            ".lia-message-dates time, time"
        ),
        score=(
            ".MessageKudosCount, .lia-kudos-count, .kudos-count, "
            ".lia-component-kudos-widget-message-kudos-count"
        ),
        accepted=(
            ".lia-accepted-solution, .lia-component-solution-info .solution, .lia-solution-accepted, "
            ".lia-list-row-thread-solved-msg"
        ),
        closed=".lia-info-feedback, .lia-thread-locked",
        dropped=(
            ".lia-message-signature, .UserSignature, .lia-message-edited, .lia-attachments, "
            ".lia-message-body-accepted-solution-checkmark"
        ),
        quote=".lia-quote, .quote-text",
        asks=False,
        told_too=True,
    ),
)
