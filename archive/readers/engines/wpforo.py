"""wpForo, a forum for WordPress; from its public templates."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="wpforo",
        signs=(b"wpforo",),
        post="div.post-wrap",
        body=".wpforo-post-content",
        title="#wpforo-title, .wpf-head-bar h1, h1",
        tags=".wpf-topic-tags tag, .wpf-topic-tags a",
        author=".author-name, .wpforo-post-author-name a, .wpforo-post-author-name, .wpf-author-name",
        day_first=True,
        score=".wpf-vote-number",
        time=".wpforo-post-date, .cbleft, .wpf-post-date, .wpforo-post-link",
        dropped=".wpforo-post-signature, .wpf-edit-reason, .wpf-post-button-actions, .wpforo-post-head",
        asks=False,
    ),
)
