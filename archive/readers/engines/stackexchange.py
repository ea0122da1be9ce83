"""Stack Exchange since 2009: comments in tables until 2014, in lists since; `.post-text` until 2020.

Written from pages of Stack Overflow and other sites saved between 2013 and 2026; what is older, from them
as they are known: in 2009 an image marks the accepted answer. Classes tell what is accepted even where the
microdata of a page says otherwise. What is told of tags is from programs that read these pages, and from
sotoki's templates; the head of `/questions/tagged` and the pop-up are from pages as they are known.
"""

from __future__ import annotations

from ..layout import Layout, TagLayout

LAYOUTS = (
    Layout(
        name="stackexchange",
        signs=(b"question-header", b"answers-header", b"question-hyperlink"),
        question="#question, div.question[data-questionid], div.question[id^=question-]",
        post="div.answer[id^=answer-], div.answer[data-answerid]",
        body=".js-post-body, .post-text, .answercell .s-prose, .postcell .s-prose",
        title=(
            "#question-header h1 .question-hyperlink, #question-header h1, h1 .question-hyperlink, "
            "h1[itemprop=name]"
        ),
        tags="#question .post-taglist .post-tag, .question .post-taglist .post-tag",
        views=(
            "#qinfo [title*=iewed]@title, #qinfo [title*=iewed], [itemprop=interactionCount]@content,"
            "[title^=Viewed]@title"
        ),
        answers=(
            "#answers-header [itemprop=answerCount]@content, #answers-header [itemprop=answerCount], "
            "#answers-header h2@data-answercount, #answers-header h2"
        ),
        id="@data-answerid, @data-questionid",
        author=(
            ".post-signature [itemprop=author] [itemprop=name], .user-info [itemprop=author] [itemprop=name],"
            ".owner .user-details a[href*='/users/'], last .user-details a[href*='/users/'], "
            "last .user-details, last .post-signature .s-user-card--link, last .s-user-card--info"
        ),
        time=(
            "last time.s-user-card--time, .owner .relativetime, .user-action-time > .relativetime, "
            ".user-action-time time[itemprop=dateCreated], "
            "time[itemprop=dateCreated]"
        ),
        question_time=(
            "#question .owner .relativetime, #question .user-action-time > .relativetime, "
            "#content time[itemprop=dateCreated], time[itemprop=dateCreated], "
            "#qinfo .label-key@title, #qinfo b@title"
        ),
        updated=".user-action-time a[href*=revisions] .relativetime",
        score=(
            "@data-score, .js-vote-count@data-value, [itemprop=upvoteCount]@content, .js-vote-count, "
            ".vote-count-post"
        ),
        accepted=".accepted-answer, .js-accepted-answer, .vote-accepted-on, img.vote-accepted",
        comment="li.comment, tr.comment, div.comments tr[id^=comment-]",
        comment_body=".comment-copy, .comment-text",
        comment_author=".comment-user",
        comment_time=".relativetime-clean, .comment-date .relativetime, .comment-date",
        comment_score="@data-comment-score, .comment-score span, .comment-score",
        comment_id="@data-comment-id",
        more_comments="[data-remaining-comments-count]@data-remaining-comments-count, .comments-link b",
        closed=".question-status, .js-post-notice, .post-notice, .special-status",
        linked=".sidebar-linked .question-hyperlink, .linked .question-hyperlink",
        related=".sidebar-related .question-hyperlink, .related .question-hyperlink",
        dropped=(
            ".user-details a[href*='/revisions'], .user-details .-flair, "
            ".user-details .reputation-score, .user-details .badgecount, .mod-flair, "
            ".v-visible-sr, .snippet-code .snippet-result"
        ),
    ),
)

TAG_LAYOUTS = (
    TagLayout(  # /tags/NAME/info, and the pages of tags in the ZIM files that sotoki makes
        name="stackexchange",
        signs=(b"wiki-excerpt", b"welovestackoverflow", b"post-text", b"s-prose"),
        address=r"/tags/([^/?#]+)/info(?:[?#]|\Z)",
        heading="#mainbar-full h1",
        tag="#tabs [href$='/info']@href, .s-navigation [href$='/info']@href",
        blurb="#wiki-excerpt, .post-text .welovestackoverflow, .question .welovestackoverflow",
        wiki=".post-text, .js-post-body, .s-prose",
    ),
    TagLayout(  # /questions/tagged/NAME, whose head leads to the info page
        name="stackexchange",
        signs=(b"question-summary", b"s-post-summary"),
        requires="#mainbar [href*='/tags/'][href$='/info']",
        address=r"/(?:questions/tagged|tags)/([^/?#]+)",
        heading="#mainbar h1",
        tag="#mainbar [href*='/tags/'][href$='/info']@href",
        blurb="#mainbar > div > p, #mainbar .mb24 > p",
        dropped="#mainbar p [href$='/info']",
    ),
    TagLayout(  # /tags/NAME/synonyms
        name="stackexchange",
        signs=(b"/synonyms",),
        address=r"/tags/([^/?#]+)/synonyms(?:[?#]|\Z)",
        synonyms="#mainbar table .post-tag, .mainbar table .post-tag, #mainbar table .s-tag",
    ),
    TagLayout(  # /tags
        name="stackexchange",
        signs=(b"js-tag-cell", b"tag-cell"),
        unit=".js-tag-cell, .tag-cell",
        tag=".post-tag, .s-tag",
        blurb=".excerpt, .v-truncate4, .fc-black-500, .fc-medium",
    ),
    TagLayout(  # what came up under the pointer, until 2020
        name="stackexchange",
        signs=(b"tm-description",),
        unit="#tag-menu, .tm-tag",
        address=r"/(?:questions/tagged|tags)/([^/?#]+)",
        tag=".tm-heading .post-tag, .post-tag, [href*='/tagged/']@href, [href*='/tags/']@href",
        blurb=".tm-description",
    ),
)
