"""Q&A plugins of WordPress: AnsPress 4, and DW Question & Answer; from their public templates."""

from __future__ import annotations

from ..layout import Layout, TagLayout

LAYOUTS = (
    Layout(
        name="anspress",
        signs=(b"anspress", b"ap-question"),
        question="div.ap-question-lr [ap=question], [ap=question], .ap-question-cells, .ap-q",
        post="apitem.answer, [ap=answer], div.answer[id^=post-], .ap-answer",
        body=".ap-q-content, .question-content, .ap-answer-content, .ap-answer-content .entry-content",
        title=".ap-question-title, h1.entry-title, .entry-title, h1",
        tags=".question-tags a, .ap-question-tags a, .ap-taxo-tags a, [rel=tag]",
        views=".ap-display-meta-item.views span, .ap-view-count",
        answers="[ap=answers_count_t], .ap-widget-title [itemprop=answerCount], .ap-tab-title",
        author=".ap-author [itemprop=name], .ap-author, [itemprop=author] [itemprop=name], .ap-user-name",
        time=".ap-post-meta time, time[itemprop=datePublished], time",
        score=".net-vote-count, [ap=votes_net], [itemprop=upvoteCount]",
        accepted=".best-answer, .ap-best-answer, [ap=answer].selected, [itemprop=acceptedAnswer]",
        comment="apcomment, .ap-comment, li.comment",
        comment_body=".comment-content, .ap-comment-content",
        comment_author=".ap-comment-header a, .comment-author, .ap-comment-author",
        comment_time=".ap-comment-header time, .ap-comment-time, time",
        closed=".ap-notice, .ap-question-status, .ap-icon-closed",
        dropped=".ap-post-status, .ap-post-footer, .ap-post-updated",
    ),
    Layout(
        name="dwqa",
        signs=(b"dwqa",),
        question=".dwqa-question-item, article.dwqa-question",
        post=".dwqa-answer-item, article.dwqa-answer",
        body=".dwqa-question-content, .dwqa-answer-content, .dwqa-content",
        title=".dwqa-title, h1.entry-title, .page-title, h1",
        tags=".dwqa-question-tag a, .dwqa-tags a",
        views=".dwqa-question-views, .dwqa-views-count",
        answers=".dwqa-answers-title, .dwqa-headline",
        author=".dwqa-question-meta a[href], .dwqa-answer-meta a[href], .dwqa-author a, .author a",
        time=".dwqa-question-meta, .dwqa-answer-meta, .dwqa-date",
        score=".dwqa-vote-count",
        accepted=".dwqa-best-answer, .best-answer, .dwqa-pick-best-answer.active",
        comment=".dwqa-comment",
        comment_body=".dwqa-comment-content, .dwqa-comment-content-inner",
        comment_author=".dwqa-comment-author a, .dwqa-comment-author, .dwqa-comment-meta a",
        comment_time=".dwqa-comment-time, .dwqa-comment-meta",
        closed=".dwqa-status-closed, .dwqa-question-status",
        dropped=".dwqa-question-actions, .dwqa-answer-actions, .dwqa-comment-actions",
    ),
)

TAG_LAYOUTS = (
    TagLayout(  # the page of one tag
        name="anspress",
        signs=(b"ap-taxo-detail",),
        unit=".ap-taxo-detail",
        heading=".entry-title",
        tag=".entry-title",
        blurb=".ap-taxo-description",
        dropped=".ap-tax-item-count",
    ),
    TagLayout(  # the list of tags
        name="anspress",
        signs=(b"ap-term-title",),
        unit="[class*=tag-item], [class*=tags-item], [class*=term-item]",
        tag=".term-title",
        blurb=".ap-taxo-description",
    ),
)
