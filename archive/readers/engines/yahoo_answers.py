"""Yahoo Answers, closed in 2021: the layouts of 2018 to 2021, of 2013 to 2018, and of 2006 to 2013.

From pages as they are known. The best answer stands before all others, in a box of its own.
"""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="yahoo_answers",
        signs=(b"Question__questionCardContainer", b"Question__", b"AnswersList__"),
        question="[class*=Question__questionCardContainer], [class*=Question__contentContainer]",
        post="[class*=Answer__container], li[class*=Answer__answer], [class*=AnswersList__answersList] > li",
        question_body="[class*=ExpandableContent__content], [class*=Question__content]",
        body="[class*=ExpandableContent__content], [class*=Answer__content]",
        title="h1[class*=Question__title], h1",
        author="[class*=UserProfile__userName], [class*=UserProfile__name]",
        time="[class*=UserProfile__] time, time, [class*=Header__timestamp], [class*=UserProfile__info]",
        answers="[class*=AnswersList__title], [class*=AnswersHeader__title]",
        score="[class*=ThumbUp__count], [class*=thumbUp], [class*=VoteButtons__count]",
        accepted="[class*=favoriteAnswer], [class*=FavoriteAnswer], [class*=Answer__favorite]",
        related="[class*=RelatedQuestions] a[href]",
    ),
    Layout(
        name="yahoo_answers",
        signs=(b"ya-ba", b"ya-q-full-text", b"ya-qn", b"yq-text"),
        question="#ya-question-detail",
        post="#ya-best-answer, #ya-ba, li[id^=ya-an-], ul#ya-qn-answers > li",
        question_body=".ya-q-full-text, .ya-q-text",
        body=".ya-q-full-text, [itemprop=text]",
        title="h1[itemprop=name], #ya-question-detail h1, h1",
        author=".uname, [itemprop=author], .ya-ans-profile",
        time="[itemprop=dateCreated]@content, .ya-localtime@data-ts, .Clr-88, .ya-q-time",
        score=(
            "[itemprop=upvoteCount]@content, [itemprop=upvoteCount], .D-ib.Mstart-23.count, "
            ".ya-vote-up .count"
        ),
        accepted=".ya-ba-title, #ya-ba-title, .ya-best-answer",
        comment=".comment, li[id^=ya-comment]",
        comment_body=".comment-text, .ya-comment-text",
        related="#ya-related-questions a[href], .ya-related a[href]",
        dropped=".ya-q-full-text .Mstart-5",
    ),
    Layout(
        name="yahoo_answers",
        signs=(b"yan-question", b"yan-answers"),
        question="#yan-question",
        post="#yan-best-answer, #yan-answers .answer, #yan-answers li",
        body=".content",
        title="#yan-question h1.subject, h1.subject, h1",
        author=".profile .user, .user .fn, .user a, .user",
        time=".meta abbr, .meta li, .meta",
        score=".rating .positive, .thumbs-up, .up",
        accepted="#yan-best-answer, .best-answer, .best",
        dropped=".reference, .utils",
    ),
)
