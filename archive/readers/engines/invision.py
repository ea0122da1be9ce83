"""Invision Community 4 and 5 (`article.ipsComment`), IP.Board 3 (`.post_block`) and 2 (`.postcolor`).

4 and 3 are from parts of real pages, 5 and 2 from pages as they are known.
"""

from __future__ import annotations

from ..layout import Layout

LAYOUTS = (
    Layout(
        name="invision",
        signs=(b"ipsComment", b"ipsType_pageTitle", b"ips4", b"ipsEntry"),
        post="article.ipsComment, article[id^=elComment_], div.ipsComment, article.ipsEntry",
        skipped=".ipsComment_deleted, .ipsComment_ad, .ipsModerated_hidden",
        body=(
            "[data-role=commentContent], .ipsComment_content .ipsType_richText, .ipsType_richText, "
            ".ipsRichText"
        ),
        title=(
            "h1.ipsType_pageTitle span[title], h1.ipsType_pageTitle .ipsType_break, "
            "h1.ipsType_pageTitle, h1.ipsPageHeader__title, h1"
        ),
        tags=".ipsPageHeader .ipsTags .ipsTag, .ipsTags .ipsTag, .ipsTags__tag, [rel=tag]",
        number="@data-commentnumber",
        id="@data-commentid, @data-commentID",
        author=(
            ".cAuthorPane_author a, .ipsComment_author .ipsType_sectionHead a, .ipsEntry__author a, "
            ".cAuthorPane_author, .ipsUsername"
        ),
        time=".ipsComment_meta time, .ipsEntry__date time, time",
        score=(
            ".ipsReact_reactCount, .cAnswerRate, .ipsReputation_count, [data-role=reactCount], "
            ".ipsQuestion_votes"
        ),
        accepted=(
            ".ipsComment_solved, .cAnswer_best, .ipsBestAnswer, .ipsComment_bestAnswer, .cRatingColumn_on"
        ),
        closed=".ipsMessage_general, .ipsMessage_warning",
        dropped=(
            ".ipsType_pageTitle .ipsBadge, .ipsQuote_citation .ipsJS_show, .ipsComment_edited, "
            ".ipsItemControls, .ipsEdited, [data-excludequote]"
        ),
        quote=".ipsQuote",
        asks=False,
        told_too=True,
    ),
    Layout(
        name="invision",
        signs=(b"post_block", b"ipb_wrapper", b"ipbwrapper"),
        post="div.post_block, div.post_wrap",
        skipped=".hide_post, .moderated",
        body=".post.entry-content, .entry-content, .post_body .post",
        title="h1.ipsType_pagetitle, h1 .main_topic_title, .maintitle .main_topic_title, .maintitle, h1",
        tags=".topic_tags a, .ipsTag",
        number=".post_id a, .post_id",
        author=".author .fn, .author, .post_username .name",
        time=".posted_info abbr.published, abbr.published, .posted_info",
        score=".rep_bar .reputation, .reputation",
        accepted=".post_best_answer, .best_answer, .answered",
        dropped=".signature, .edit, .post_controls, .ipsLikeBar, .snapback",
        quote=".citation, div.blockquote",
        asks=False,
    ),
    Layout(
        name="invision",
        signs=(b"postcolor",),
        post="table.ipbtable, div.tableborder table",
        body=".postcolor",
        title=".maintitle b, title",
        number="last .postdetails a",
        author=".normalname, .unreg",
        time=".postdetails",
        dropped=".signature, .edit, .quotetop a, .codetop, .sqltop, .htmltop",
        quote=".quotetop, .quotemain",
        asks=False,
    ),
)
