"""Zhihu: questions and the answers to them, as rendered since 2017; from pages as they are known."""

from __future__ import annotations

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
)

TAG_LAYOUTS = (
    TagLayout(  # /topic/NUMBER
        name="zhihu",
        signs=(b"TopicMetaCard", b"TopicCard"),
        tag=".TopicMetaCard-title, .TopicCard-titleText, .TopicCard-title",
        blurb=".TopicMetaCard-description, .TopicCard-description",
    ),
)
