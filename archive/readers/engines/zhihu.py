"""Zhihu: since 2017 by the JSON of a page, else as it is rendered; and the markup of 2011 to 2017.

Rendered pages and the old markup from what scrapers of Zhihu tell, with no page of it seen.
"""

from __future__ import annotations

from ..application import Application
from ..layout import Layout, TagLayout

LAYOUTS = (
    Layout(
        name="zhihu",
        signs=(b"QuestionHeader", b"zhihu"),
        requires=".QuestionHeader, .QuestionPage",
        question=".QuestionHeader",
        post=".List-item .AnswerItem, .AnswerCard .AnswerItem, .AnswerItem",
        question_body=".QuestionRichText .RichText, .QuestionHeader-detail .RichText, .RichText",
        body=".RichContent-inner .RichText, .RichText, .RichContent-inner",
        title=".QuestionHeader-title",
        tags=".QuestionHeader-topics .Popover, .QuestionHeader-tags .TopicLink, .QuestionTopic .Popover",
        views="last .QuestionFollowStatus .NumberBoard-itemValue@title",
        answers=".List-headerText, [itemprop=answerCount]@content",
        id="@name",
        author=".AuthorInfo [itemprop=name]@content, .AuthorInfo-name .UserLink-link, .AuthorInfo-name",
        time="[itemprop=dateCreated]@content, .ContentItem-time, .ContentItem-time span",
        updated="[itemprop=dateModified]@content",
        question_time=".QuestionPage > [itemprop=dateCreated]@content",
        score="[itemprop=upvoteCount]@content, .VoteButton--up",
        question_author=".QuestionAuthor .UserLink-link",
        dropped=".RichContent-actions, .QuestionRichText-more, .LinkCard-image",
        related=".SimilarQuestions-list a[href], .SimilarQuestions-item a[href]",
    ),
    Layout(
        name="zhihu",
        signs=(b"zm-item-answer", b"zh-question-title"),
        requires="#zh-question-title",
        question="#zh-question-detail",
        post=".zm-item-answer",
        body=".zm-editable-content",
        title="#zh-question-title .zm-editable-content, #zh-question-title .zm-item-title",
        tags=".zm-tag-editor-labels .zm-item-tag",
        views="meta[itemprop=visitsCount]@content",
        answers="#zh-question-answer-num@data-num, #zh-question-answer-num",
        id="@data-atoken",
        author=".author-link-line .author-link, .author-link, [data-author-name]@data-author-name, .name",
        time="@data-created",
        score="[data-votecount]@data-votecount, .zm-item-vote-count, .zm-votebar .count",
        more_comments=".toggle-comment, a[name=addcomment]",
        dropped=".answer-date-link-wrap, .zh-summary",
    ),
)

APPLICATIONS = (
    Application(
        name="zhihu",
        signs=(b"zhihu", b"entities"),
        where="#js-initialData, #data@data-state",
        question="initialState.entities.questions.*, entities.questions.*",
        answers="initialState.entities.answers.*, entities.answers.*",
        of="question.id",
        id="id",
        title="title",
        question_body="detail, editableDetail",
        body="content, editableContent",
        author="author.name",
        created="created, createdTime",
        updated="updatedTime",
        score="voteupCount",
        tags="topics.*",
        views="visitCount",
        closed="status.isClose",
        answer_count="answerCount",
        comment_count="commentCount",
        url="id",
        home="https://www.zhihu.com/question/",
    ),
)

TAG_LAYOUTS = (
    TagLayout(  # /topic/NUMBER
        name="zhihu",
        signs=(b"TopicMetaCard", b"TopicCard"),
        tag=".TopicMetaCard-title, .TopicCard-titleText, .TopicCard-title",
        blurb=".TopicMetaCard-description, .TopicCard-description",
    ),
)
