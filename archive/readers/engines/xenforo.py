"""XenForo 2 (`article.message`) and 1 (`li.message`), with the "question" threads and best answers of 2.2."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="xenforo",
        signs=(b"message-body", b"bbWrapper", b'id="XF"'),
        post="article.message--post, article.message.js-post, div.message--post, article.message",
        skipped=".message--simple, .message--deleted, .message--notice, .message.is-ignored .js-hidden",
        body=".message-body .bbWrapper, .message-userContent .bbWrapper, .message-body",
        title="h1.p-title-value, .p-title h1, h1",
        tags=".js-tagList .tagItem, .p-description .tagItem",
        number=".message-attribution-opposite li, .message-attribution-opposite a",
        author=".message-name [itemprop=name], .message-name .username, .message-name, @data-author",
        time=".message-attribution-main time, .message-attribution time, .message-date time, time",
        score=".message-cell--vote .contentVote-score, .contentVote-score, .js-voteCount",
        accepted=".message--solution, .message-cell--main .message-body--solution, .is-solution",
        closed=".blockStatus-message",
        dropped=(
            ".p-title-value .label, .p-title-value .labelLink, .label-append, .message-signature, "
            ".message-lastEdit, "
            ".bbCodeBlock-expandLink, .bbCodeSpoiler-button, .js-selectToQuoteEnd, .bbMediaWrapper-fallback"
        ),
        asks=False,
        told_too=True,
    ),
    Layout(
        name="xenforo",
        signs=(b'id="messageList"', b"messageList"),
        post="#messageList > li.message, ol.messageList > li.message",
        skipped=".quickReply, .deleted, .placeholder",
        body=".messageText",
        title=".titleBar h1, h1",
        tags=".tagBlock .tag, .tagList .tag",
        number=".postNumber, .hashPermalink",
        author="@data-author, .messageUserBlock .username, .username",
        time=".privateControls .DateTime, .messageMeta .DateTime, .DateTime",
        score=".dark_postrating_positive",
        accepted=".bestAnswer, .best-answer",
        dropped=(
            ".titleBar h1 .prefix, .signature, .editDate, .bbCodeSpoilerButton, .quoteExpand, "
            ".messageTextEndMarker"
        ),
        quote=".bbCodeQuote",
        asks=False,
    ),
)
