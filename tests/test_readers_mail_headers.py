"""Headers, subjects, boxes and threads of mail: tables, and a box cut anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from askive.archive.readers.mail_boxes import content, end_of_mails, is_box, spans
from askive.archive.readers.mail_headers import Head, author_of, head_of, moment_of
from askive.archive.readers.mail_subjects import Subject, names_of_list, shared_prefixes, subject_of
from askive.archive.readers.mail_threads import Thread, threads
from hypothesis import given
from hypothesis import strategies as st

AUTHORS = {
    "Ann Lee <ann@example.org>": "Ann Lee",
    '"Lee, Ann" <ann@example.org>': "Lee, Ann",
    '"Ann \\"A\\" Lee" <ann@example.org>': 'Ann "A" Lee',
    "ann@example.org (Ann Lee)": "Ann Lee",
    "ann at example.org (Ann Lee)": "Ann Lee",
    "ann at example.org (Ann (A) Lee)": "Ann (A) Lee",
    "ann@example.org": "ann",
    "<ann@example.org>": "ann",
    '"ann@example.org" <ann@example.org>': "ann",
    "ann.lee at example.org": "ann.lee",
    "Ann Lee via List <list@example.org>": "Ann Lee",
    "=?utf-8?q?J=C3=B6rg?= <j@example.org>": "Jörg",
    "=?iso-8859-1?q?J=F6?= =?iso-8859-1?q?rg?= Lee <j@example.org>": "Jörg Lee",
    "=?utf-8?b?SsO2cmc=?= <j@example.org>": "Jörg",
    '"=?utf-8?b?SsO2cmc?=" <j@example.org>': "Jörg",
    "=?who?q?Ann?= <j@example.org>": "Ann",
    "Ann at Work <ann@example.org>": "Ann at Work",
    "Ann\x1b[31m <ann@example.org>": "Ann [31m",
    "": None,
    "<>": None,
}

DATES = {
    "Tue, 17 Nov 2009 14:00:54 -0500": "2009-11-17T19:00:54",
    "Tue, 17 Nov 2009 14:00:54 -0500 (EST)": "2009-11-17T19:00:54",
    "17 Nov 09 14:00 EST": "2009-11-17T19:00:00",
    "Tue, 17 Nov 2009 14:00:60 GMT": "2009-11-17T14:00:59",
    "Tue, 17 Nov 2009 14:00:54": "2009-11-17T14:00:54",
    "Tue Nov 17 14:00:54 2009": "2009-11-17T14:00:54",
    "Thu, 1 Jan 1970 00:00:00 +0000": None,
    "Tue, 37 Nov 2009 14:00:54 +0000": None,
    "Tue, 17 Nov 2009 14:00:54 +9999999": None,
    "today": None,
    "": None,
}

SUBJECTS = {
    "Why?": ("Why?", False, ()),
    "Re: Why?": ("Why?", True, ()),
    "RE: re : Re[2]: Re(3): RE^4: Why?": ("Why?", True, ()),
    "AW: Antw: SV: VS: Odp: RIF: RES: TR: Why?": ("Why?", True, ()),
    "回复：转发: Why?": ("Why?", True, ()),
    "Fwd: WG: Why?": ("Why?", False, ()),
    "Why? (fwd)": ("Why?", False, ()),
    "[ml] Re: [ML] Why?": ("Why?", True, ("ml", "ML")),
    "[ml:123] Why?": ("Why?", False, ("ml",)),
    "[BUG] Re: Why?": ("[BUG] Why?", True, ()),
    "Reasons: why?": ("Reasons: why?", False, ()),
    "R: how to plot?": ("R: how to plot?", False, ()),
    "(no subject)": ("", False, ()),
    "Re:": ("", True, ()),
}

EARLY, LATER, LAST = (datetime(2015, 1, day, tzinfo=UTC) for day in (1, 2, 3))


@pytest.mark.parametrize(("field", "name"), AUTHORS.items())
def test_author(field: str, name: str | None) -> None:
    assert author_of(field) == name


@pytest.mark.parametrize(("text", "moment"), DATES.items())
def test_date(text: str, moment: str | None) -> None:
    found = moment_of(text)
    assert (found.isoformat() if found else None) == (f"{moment}+00:00" if moment else None)


@pytest.mark.parametrize(("line", "apart"), SUBJECTS.items())
def test_subject(line: str, apart: tuple[str, bool, tuple[str, ...]]) -> None:
    assert subject_of(line, {"ml"}) == Subject(*apart)


def test_names_of_lists() -> None:
    assert names_of_list("Python-List") == {"pythonlist", "python"}
    assert shared_prefixes(["[A] x", "Re: [a] y", "[B] z"]) == {"a"}
    assert shared_prefixes(["[A] x", "[A] y"]) == set()


def test_what_a_header_says() -> None:
    head = head_of(
        b"From: Ann <ann@example.org>\r\nSubject: =?utf-8?q?Gr=C3=B6?=\r\n =?utf-8?q?=C3=9Fe?=\r\n"
        b"Message-ID: < 1@example.org >\r\nReferences: <a@x>\r\n <b at example.org>\r\n"
        b"In-Reply-To: <b@example.org> (Bob's of Monday <bob@example.org>)\r\n"
        b"List-Id: My <ml.example.org>\r\n"
        b"Cc: ml-users@example.org\r\nArchived-At: <https://example.org/1>\r\n"
    )
    assert (head.id, head.subject, head.author) == ("1@example.org", "Größe", "Ann")
    assert head.references == ("a@x", "b@example.org")
    assert (head.site, head.url, head.unwanted) == ("ml.example.org", "https://example.org/1", None)
    assert {"ml", "mlusers"} <= head.lists


REFERENCES = {
    "the nearest is last": ("References: <a@x> <b@x>\nIn-Reply-To: <b@x>", ("a@x", "b@x")),
    "MH names the nearest first": ("References: <b@x> <a@x>\nIn-Reply-To: <b@x>", ("a@x", "b@x")),
    "In-Reply-To alone": ("In-Reply-To: <a@x>", ("a@x",)),
    "an address in words": ("In-Reply-To: Your mail of Monday", ()),
    "without brackets": ("In-Reply-To: a@x", ("a@x",)),
    "git send-email's yes": ("References: <yes> <a@x>", ("a@x",)),
    "itself": ("Message-ID: <a@x>\nReferences: <a@x>", ()),
}


@pytest.mark.parametrize(("fields", "references"), REFERENCES.values(), ids=REFERENCES)
def test_references(fields: str, references: tuple[str, ...]) -> None:
    assert head_of(fields.encode()).references == references


MOMENTS = {
    "Date": ("Date: Tue, 17 Nov 2009 14:00:00 +0000\nReceived: x; Wed, 18 Nov 2009 14:00:00 +0000", 17),
    "the first host": (
        "Date: who knows\nReceived: b; Thu, 19 Nov 2009 14:00:00 +0000\n"
        "Received: a; Wed, 18 Nov 2009 14:00:00 +0000",
        18,
    ),
    "the line above": ("Date: who knows", 20),
}


@pytest.mark.parametrize(("fields", "day"), MOMENTS.values(), ids=MOMENTS)
def test_when(fields: str, day: int) -> None:
    head = head_of(fields.encode(), b"From ann@example.org  Fri Nov 20 14:00:00 2009\n")
    assert head.date == datetime(2009, 11, day, 14, tzinfo=UTC)


BOX = (
    b"From ann@example.org Fri Nov 20 14:00:00 2009\nSubject: 1\n\n"
    b"From here to 14:00 in 2009 nothing:\n\n>From us.\n>>From them.\n\n"
    b"From - Fri Nov 20 14:00:00 2009\r\nX-Mozilla-Status: 0001\r\nSubject: 2\r\n\r\nTwo.\r\n"
    b"From 123@xxx Fri Nov 20 14:00:00 +0000 2009\nSubject: 3\n\nThree.\n"
)


def test_mails_of_a_box() -> None:
    mails = [content(BOX, span) for span in spans(BOX)]
    assert [mail.splitlines()[-1] for mail in mails] == [b"", b"Two.", b"Three."]
    assert b"\nFrom here to 14:00 in 2009 nothing:\n\nFrom us.\n>From them.\n" in mails[0]
    assert is_box(BOX)


@given(st.integers(min_value=1, max_value=len(BOX)), st.integers(min_value=0, max_value=len(BOX)))
def test_a_box_cut_into_parts_has_the_same_mails(block: int, least: int) -> None:
    held, parts = bytearray(), []
    for begin in range(0, len(BOX), block):
        held += BOX[begin : begin + block]
        if len(held) > least and (end := end_of_mails(held)):
            parts.append(bytes(held[:end]))
            del held[:end]
    parts.append(bytes(held))
    assert b"".join(parts) == BOX
    assert [content(p, s) for p in parts for s in spans(p)] == [content(BOX, span) for span in spans(BOX)]


def head(id: str | None, *references: str, date: datetime | None = EARLY) -> Head:
    return Head(id, references, "", None, date, None, frozenset(), None, None)


def threaded(heads: Sequence[Head], subjects: Sequence[str] = ()) -> list[Thread]:
    lines = subjects or [f"{n}" for n in range(len(heads))]
    return threads(heads, [subject_of(line, ()) for line in lines])


def test_threads_by_ids() -> None:
    a, b, c, other = head("a"), head("b", "a", date=LAST), head("c", "a", "b", date=LATER), head("o")
    assert threaded([b, other, a, c]) == [Thread("a", 2, (3, 0)), Thread("o", 1, ())]


def test_a_chain_that_names_the_nearest_only() -> None:
    assert threaded([head("a"), head("b", "a"), head("c", "b")]) == [Thread("a", 0, (1, 2))]


def test_the_first_mail_is_missing() -> None:
    assert threaded([head("b", "a"), head("c", "a", "b")]) == [Thread("a", None, (0, 1))]


def test_a_loop_is_a_thread() -> None:
    assert threaded([head("a", "b"), head("b", "a")]) == [Thread("a", 0, (1,))]


def test_a_mail_that_is_there_twice_counts_once() -> None:
    assert threaded([head("a"), head("a"), head(None), head(None)]) == [
        Thread("a", 0, ()),
        Thread(None, 2, ()),
        Thread(None, 3, ()),
    ]


def test_threads_by_subject() -> None:
    """A reply that names no mail goes to the last question of its subject before it."""
    heads = [head("a"), head("b", date=LATER), head("c", date=LAST), head("d", date=LAST)]
    found = threaded(heads, ["Why?", "Why?", "Re: why?", "AW: How?"])
    assert found == [Thread("a", 0, ()), Thread("b", 1, (2,)), Thread("d", None, (3,))]


def test_replies_of_one_subject_without_their_question() -> None:
    found = threaded([head("a"), head("b", date=LATER)], ["Re: Why?", "Re: Why?"])
    assert found == [Thread("a", None, (0, 1))]


IDS = st.sampled_from("abcdef")


@given(st.lists(st.tuples(IDS, st.lists(IDS, max_size=3)), max_size=8))
def test_threads_are_what_can_be_reached(mails: list[tuple[str, list[str]]]) -> None:
    """The oracle walks from mail to mail, along all names in either direction."""
    heads = [head(id, *(r for r in dict.fromkeys(refs) if r != id)) for id, refs in mails]
    firsts = {id: n for n, (id, _) in reversed(list(enumerate(mails)))}
    near: dict[str, set[str]] = {}
    for number in firsts.values():
        for other in heads[number].references:
            near.setdefault(heads[number].id or "", set()).add(other)
            near.setdefault(other, set()).add(heads[number].id or "")
    expected = set()
    for id in firsts:
        reached, ahead = {id}, [id]
        while ahead:
            new = near.get(ahead.pop(), set()) - reached
            reached |= new
            ahead += new
        expected.add(frozenset(firsts[one] for one in reached if one in firsts))
    assert {frozenset(thread.numbers) for thread in threaded(heads)} == expected
