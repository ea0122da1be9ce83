"""Vanilla Forums 2 to 4 (`.ItemDiscussion`, `.ItemComment`) and its plugin Q&A; from public templates."""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="vanilla",
        signs=(b"ItemDiscussion", b"ItemComment", b"MessageList"),
        requires=".MessageList, .ItemDiscussion",
        question=".MessageList.Discussion, .ItemDiscussion, #Discussion_Body .Discussion",
        post="li.ItemComment, .ItemComment, .CommentPanel .Comment, .ItemAnswer",
        skipped=".DeletedComment",
        body=".Message.userContent, .userContent, .Message",
        title=".PageTitle h1, .Discussion h1, h1.itemTitle, h1, h2.PageTitle",
        tags=".InlineTags a, .DiscussionTags a, .TagCloud a[rel=tag], .tagList a",
        answers=".CommentHeading .Count, .DataBox-Answers .CommentHeading .HCount",
        author=".Author .Username, .AuthorWrap .Username, .Username",
        time=".MItem.DateCreated time, .DateCreated time, .DateCreated, time",
        score=".Voter .Score, .Reactions .ReactButton-Like .Count, .ScoreWrap",
        accepted=".QnA-Tag-Accepted, .AcceptedAnswer, .DataBox-AcceptedAnswers .ItemComment, .ItemAccepted",
        closed=".Tag-Closed, .DismissMessage.Closed",
        dropped=".Signature, .UserSignature, .PageTitle .Options, h1 .Tag, .Meta .Tag-Announcement",
        quote=".UserQuote",
        asks=False,
        told_too=True,
    ),
)
