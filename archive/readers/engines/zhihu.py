"""Zhihu: questions and the answers to them since 2017, by the JSON of a page, else as it is rendered."""

from __future__ import annotations

from ..application import Application
from ..layout import Layout

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
)

APPLICATIONS = (
    Application(
        name="zhihu",
        signs=(b"zhihu", b'"entities'),
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
