"""Stack Exchange since 2009: comments in tables until 2014, in lists since; `.post-text` until 2020.

Written from pages of Stack Overflow and other sites saved between 2013 and 2026; what is older, from them
as they are known: in 2009 an image marks the accepted answer. Classes tell what is accepted even where the
microdata of a page says otherwise. What Kiwix makes of the sites' dumps is from the templates of its maker,
https://github.com/openzim/sotoki.
"""

from __future__ import annotations

from ..layout import Layout

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
    Layout(
        name="stackexchange",
        # A question in a ZIM file that Kiwix made before 2021; later ones have the markup above.
        signs=(b"glyphicon-question-sign",),
        requires="#question .post-container",
        url="#footer a@href",
        question="#question",
        post="#answers > div[id^=a]",
        body=".post-container .body",
        title="h2.title",
        tags="#question .tags li a",
        author=".author .profile p, .author p",
        question_time=".metadata .date",  # the other posts say the question's time as well
        score=".reputation .score p",
        accepted=".accepted",
        comment=".comment",
        comment_body=".text",
        comment_author="a[href*='/user/']",
        comment_time=".date",
        comment_score=".score",
        closed=".closed-banner",
    ),
)
