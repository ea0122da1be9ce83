"""Quora: pages of 2013 to 2017, whose answers are `.Answer`; since 2019 JSON, and what scripts make of it.

The names of classes since 2019 are those that Quora itself tests by, as scrapers of it tell; answers to
related questions stand among the others, and have a title. No page since 2017 was seen.
"""

from __future__ import annotations

from ..application import Application
from ..layout import Layout

LAYOUTS = (
    Layout(
        name="quora",
        signs=(b"question_text_edit", b"pagedlist_item", b"QuestionArea", b"AnswerHeader"),
        question=".grid_page_center_col .header, .QuestionArea, .question_main, .QuestionPageHeader",
        post=".Answer, .AnswerBase, .answer_standalone",
        question_body=".question_details_text, .question_details .rendered_qtext, .question_details",
        body=".ExpandedAnswer, .ExpandedContent, .answer_content, .AnswerPageContent",
        title=(
            ".question_text_edit h1, .header h1 .link_text, .QuestionArea h1 .rendered_qtext, "
            ".QuestionArea h1, "
            ".question_main h1, .header h1"
        ),
        tags=(
            ".QuestionTopicList .topic_name, .QuestionTopicListItem .name_text, "
            ".QuestionTopicListItem .TopicName"
        ),
        answers=".answer_count",
        author=".author_info .user, .answer_user .user, .feed_item_answer_user .user, a.user",
        time=".answer_permalink, .datetime",
        score=".add_upvote .count, .answer_voters span, .rating_value, .numbers",
        closed=".question_locked",
        related=".question_related .question_link, .related_question a[href]",
        dropped=".ContentFooter, .hover_menu, .hidden, .question_text_icons, .container_boundary, .more_link",
    ),
    Layout(
        name="quora",
        signs=(b"puppeteer_test_answer_content", b"dom_annotate_question_answer_item"),
        requires=".puppeteer_test_question_title",
        question=".puppeteer_test_question_main, .puppeteer_test_question_title",
        post="[class*=dom_annotate_question_answer_item]",
        foreign=".puppeteer_test_question_title",
        body=".puppeteer_test_answer_content",
        title=(
            ".puppeteer_test_question_main .puppeteer_test_question_title, "
            "h1 .puppeteer_test_question_title, .puppeteer_test_question_title"
        ),
        tags=".puppeteer_test_question_main a[href*='/topic/']",
        author="a[href*='/profile/']",
        time="a.answer_timestamp",
        score=".puppeteer_test_votable_upvote_button",
        dropped=".qt_read_more, .puppeteer_test_read_more_button",
    ),
)

APPLICATIONS = (
    Application(
        name="quora",
        signs=(b"ansFrontendGlobals", b"inlineQueryResults"),
        where="script",
        behind=r"\.push\(\s*|inlineQueryResults\.results\[[^\]]{1,80}\]\s*=\s*",
        question="~.data.**.__typename=Question, data.**.__typename=Question",
        answers="~.data.**.__typename=Answer, data.**.__typename=Answer",
        of="question.qid",
        id="aid, qid",
        title="title",
        question_body="content, details",
        body="content",
        author="author.name, author.names.*",
        created="creationTime",
        updated="updatedTime",
        score="numUpvotes",
        tags="topics.*",
        answer_count="answerCount, numAnswers",
        comment_count="numDisplayComments",
        url="url",
        home="https://www.quora.com/",
        shown_too=True,
    ),
)
