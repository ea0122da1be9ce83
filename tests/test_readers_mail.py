"""The mail reader: one mail, boxes of them, Maildirs, real mail; broken and hostile mail."""

from __future__ import annotations

import base64
import itertools
import json
import mailbox
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from askive.archive.errors import PageRejected
from askive.archive.ingest import ingest
from askive.archive.limits import Limits
from askive.archive.page import Page, Problem
from askive.archive.raw import RawPages
from askive.archive.readers import read_page
from askive.archive.readers.mail import read, sniff
from askive.archive.records import Question, printable
from askive.archive.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st

from .test_readers_mutated import MUTATIONS

REAL = Path(__file__).parents[2] / "shared" / "pages"
RECEIVED = datetime(2024, 7, 1, tzinfo=UTC)
ASKED = datetime(2015, 1, 5, 9, 0, tzinfo=UTC)

needs_real_mail = pytest.mark.skipif(not (REAL / "email").is_dir(), reason="no ../shared/pages/email here")


def page(data: str | bytes, source: str = "mail.eml") -> Page:
    return Page(data if isinstance(data, bytes) else data.encode(), source, RECEIVED)


def question_of(data: str | bytes) -> Question:
    """Return the one question that the reader, found by its sniffing, makes of a page."""
    name, found = read_page(page(data))
    (question,) = found
    assert name == "mail"
    assert isinstance(question, Question)
    return question


def questions_of(data: str | bytes) -> list[Question]:
    return [one for one in read(page(data)) if isinstance(one, Question)]


def mail(
    text: str = "I ask.",
    *,
    id: str | None = "1@example.org",
    subject: str = "Why?",
    sender: str = "Ann Lee <ann@example.org>",
    date: str = "Mon, 05 Jan 2015 10:00:00 +0100",
    refs: str = "",
    more: str = "",
) -> str:
    """Return a mail as it is sent; `more` are fields with their line ends."""
    lines = [f"From: {sender}", f"Date: {date}", f"Subject: {subject}", "To: bob@example.net"]
    lines += [f"Message-ID: <{id}>"] if id else []
    lines += [f"References: {refs}"] if refs else []
    return "\n".join(lines) + f"\n{more}\n{text}\n"


def box(*mails: str) -> str:
    return "".join(f"From ann at example.org  Mon Jan  5 10:00:00 2015\n{one}\n" for one in mails)


QUESTION = mail()
REPLY = mail(
    "Ann wrote:\n> I ask.\n\nI answer.\n-- \nBob",
    id="2@example.net",
    subject="Re: Why?",
    sender="Bob <bob@example.net>",
    date="Mon, 05 Jan 2015 11:00:00 +0100",
    refs="<1@example.org>",
)


def test_a_mail_is_a_question() -> None:
    question = question_of(QUESTION)
    assert question.id == "mid:1@example.org"
    assert question.title == "Why?"
    assert question.body is not None
    assert question.body.text == "I ask."
    assert question.author == "Ann Lee"
    assert question.created == ASKED
    assert question.answers == ()


def test_a_box_is_its_threads() -> None:
    other = mail("Another.", id="3@example.org", subject="How?")
    first, second = questions_of(box(QUESTION, other, REPLY))
    assert (first.title, second.title) == ("Why?", "How?")
    assert [(a.id, a.body.text, a.author) for a in first.answers] == [
        ("mid:2@example.net", "I answer.", "Bob")
    ]
    assert second.answers == ()


def test_a_reply_alone_tells_of_its_question() -> None:
    question = question_of(REPLY)
    assert (question.id, question.title) == ("mid:1@example.org", "Why?")
    assert (question.body, question.author, question.created) == (None, None, None)
    assert [answer.body.text for answer in question.answers] == ["I answer."]


def ingested(tmp_path: Path, *paths: Path) -> list[Question]:
    with Store.open(tmp_path / "archive", create=True) as store:
        for path in paths:
            ingest([path], store, RawPages(tmp_path / "raw"), now=lambda: RECEIVED)
        assert store.check() == []
        return list(store.questions())


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_files_of_a_thread_become_one_question(tmp_path: Path, order: tuple[int, ...]) -> None:
    """Whichever comes first; a reply that renamed the subject does not rename the question."""
    renamed = mail(
        "Me too.", id="4@example.org", subject="Re: Renamed", refs="<1@example.org> <2@example.net>"
    )
    paths = []
    for number, text in enumerate([QUESTION, REPLY, renamed]):
        paths.append(tmp_path / f"{number}.eml")
        paths[-1].write_text(text)
    (question,) = ingested(tmp_path, *(paths[n] for n in order))
    assert (question.id, question.title, question.author) == ("mid:1@example.org", "Why?", "Ann Lee")
    assert {answer.body.text for answer in question.answers} == {"I answer.", "Me too."}


def test_maildir(tmp_path: Path) -> None:
    """As Python's own mailbox writes one: file names without a suffix, in cur, new and tmp."""
    maildir = mailbox.Maildir(tmp_path / "mail", create=True)
    for text in (QUESTION, REPLY):
        maildir.add(text.encode())
    seen = mailbox.MaildirMessage(mail("More.", id="5@example.org", refs="<1@example.org>").encode())
    seen.set_subdir("cur")
    seen.add_flag("S")
    maildir.add(seen)
    (question,) = ingested(tmp_path, tmp_path / "mail")
    assert question.body is not None
    assert {answer.body.text for answer in question.answers} == {"I answer.", "More."}


def test_mbox_of_pythons_mailbox(tmp_path: Path) -> None:
    """It quotes lines that begin with "From "; they come back as they were."""
    made = mailbox.mbox(tmp_path / "box")
    for number in range(3):
        message = EmailMessage()
        message["From"], message["Subject"] = "Ann <ann@example.org>", f"Number {number}"
        message["Date"], message["Message-ID"] = "Mon, 05 Jan 2015 10:00:00 +0100", f"<{number}@example.org>"
        message.set_content("Look:\n\nFrom here it goes on.\n")
        made.add(message)
    made.flush()
    found = questions_of((tmp_path / "box").read_bytes())
    assert [question.title for question in found] == ["Number 0", "Number 1", "Number 2"]
    assert {q.body.text for q in found if q.body} == {"Look:\n\nFrom here it goes on."}


def test_mails_in_other_charsets_and_encodings() -> None:
    text = "Größe, naïveté, “quotes” – 日本語?"
    ways = itertools.product(("utf-8", "utf-7", "gb18030"), ("base64", "quoted-printable"))
    for charset, encoding in [*ways, ("utf-8", "8bit")]:
        message = EmailMessage()
        message.set_content(text, charset=charset, cte=encoding)
        message["From"], message["Subject"] = "Jörg Größe <j@example.org>", text
        message["Date"], message["Message-ID"] = "Mon, 05 Jan 2015 10:00:00 +0100", "<1@example.org>"
        question = question_of(message.as_bytes())
        assert question.body is not None
        assert (question.body.text, question.title, question.author) == (text, text, "Jörg Größe")


def parts(subtype: str, *inside: tuple[str, str], more: str = "") -> str:
    """Return the rest of a mail's header and its parts: each a Content-Type with more fields, and a text."""
    lines = "".join(f"--b\nContent-Type: {kind}\n\n{text}\n" for kind, text in inside)
    return f"MIME-Version: 1.0\nContent-Type: multipart/{subtype}; boundary=b\n{more}\n{lines}--b--\n"


HEADER = "From: a@example.org\nTo: b@example.org\nSubject: s\nMessage-ID: <1@example.org>\n"
PLAIN = "text/plain; charset=utf-8"
BODIES: dict[str, tuple[str | bytes, str]] = {
    "plain": (f"{HEADER}\nI ask.", "I ask."),
    "CRLF": (f"{HEADER}\nOne.\nTwo.\n".replace("\n", "\r\n"), "One.\nTwo."),
    "8-bit without a charset": (f"{HEADER}\nGröße".encode(), "Größe"),
    "Latin-1 without a charset": (f"{HEADER}\nGröße".encode("latin-1"), "Größe"),
    "unknown charset": (f"{HEADER}Content-Type: text/plain; charset=x-who-knows\n\nGröße".encode(), "Größe"),
    "UTF-8 that says Latin-1": (
        f"{HEADER}Content-Type: text/plain; charset=iso-8859-1\n\nGröße".encode(),
        "Größe",
    ),
    "ISO-2022-JP": (
        f"{HEADER}Content-Type: text/plain; charset=ISO-2022-JP\n\n日本語".encode("iso2022_jp"),
        "日本語",
    ),
    "KOI8-R": (f"{HEADER}Content-Type: text/plain; charset=koi8-r\n\nПривет".encode("koi8_r"), "Привет"),
    "windows-31j": (f"{HEADER}Content-Type: text/plain; charset=windows-31j\n\n①".encode("cp932"), "①"),
    "UTF-16": (
        f"{HEADER}Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n".encode()
        + base64.b64encode("日本語?".encode("utf-16")),
        "日本語?",
    ),
    "alternatives": (
        HEADER + parts("alternative", (PLAIN, "I ask."), ("text/html", "<p>I <b>ask</b>.")),
        "I ask.",
    ),
    "an empty alternative": (
        HEADER + parts("alternative", (PLAIN, " "), ("text/html", "<p>I <b>ask</b>.")),
        "I ask.",
    ),
    "attachments": (
        HEADER
        + parts(
            "mixed",
            (PLAIN, "I ask."),
            ("text/plain\nContent-Disposition: attachment", "no"),
            ("text/x-diff; name=a.diff\nContent-Disposition: inline; filename=a.diff", "no"),
            ("image/png\nContent-Transfer-Encoding: base64", "iVBORw0KGgo="),
            ("message/rfc822", "From: c@example.org\nSubject: no\n\nno"),
        ),
        "I ask.",
    ),
    "HTML above a list's footer": (
        HEADER + parts("mixed", ("text/html", "<p>I ask."), (PLAIN, "_" * 40 + "\nA mailing list")),
        "I ask.",
    ),
    "HTML alone": (
        f"{HEADER}Content-Type: text/html\n\n<p>I ask.<pre>x = 1</pre><script>no</script>",
        "I ask.\n\nx = 1",
    ),
    "a signature in HTML": (
        f'{HEADER}Content-Type: text/html\n\n<p>I ask.<div class="gmail_signature">Ann</div>',
        "I ask.",
    ),
    "flowed": (
        f"{HEADER}Content-Type: text/plain; format=flowed\n\nOne line \nof two.\n  set in\n-- \nAnn",
        "One line of two.\n set in",
    ),
    "flowed without its spaces": (
        f"{HEADER}Content-Type: text/plain; format=flowed; delsp=yes\n\nOne wo \nrd.",
        "One word.",
    ),
    "uuencode": (
        f"{HEADER}Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n&22!A<VLN\n`\nend\n",
        "I ask.",
    ),
    "Base64 with a torn end": (f"{HEADER}Content-Transfer-Encoding: base64\n\nSSBhc2su!!!S", "I ask."),
    "parts without a boundary": (f"{HEADER}Content-Type: multipart/mixed\n\nI ask.", "I ask."),
    "parts that never end": (
        f"{HEADER}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nI ask.",
        "I ask.",
    ),
}


@pytest.mark.parametrize(("data", "text"), BODIES.values(), ids=BODIES)
def test_body(data: str | bytes, text: str) -> None:
    question = question_of(data)
    assert question.body is not None
    assert question.body.text == text


HTML_REPLIES: dict[str, str] = {
    "Gmail": '<div>I answer.</div><div class="gmail_quote"><div class="gmail_attr">On Monday Ann wrote:</div>'
    "<blockquote>I ask.</blockquote></div>",
    "Outlook": '<div>I answer.</div><hr><div id="divRplyFwdMsg">From: Ann</div><div>I ask.</div>',
    "Thunderbird": '<div class="moz-cite-prefix">Ann wrote:</div><blockquote type="cite">I ask.</blockquote>'
    "<p>I answer.</p>",
    "Yahoo": '<div>I answer.</div><div class="yahoo_quoted">On Monday Ann wrote: I ask.</div>',
    "no marks": "<p>I answer.</p><p>On Mon, 5 Jan 2015, Ann wrote:</p><blockquote>I ask.</blockquote>",
    "no marks, a header": "<p>I answer.<p>From: Ann<br>Sent: Monday<br>To: Bob<br>Subject: Why?<p>I ask.",
}


@pytest.mark.parametrize("html", HTML_REPLIES.values(), ids=HTML_REPLIES)
def test_reply_in_html(html: str) -> None:
    reply = mail(html, refs="<0@example.org>", more="Content-Type: text/html; charset=utf-8\n")
    (answer,) = question_of(reply).answers
    assert answer.body.text == "I answer."
    assert answer.body.html is None or "I ask." not in answer.body.html


def test_a_list_is_a_tag_and_a_site() -> None:
    more = 'List-Id: "The list" <my-list.example.org>\nArchived-At: <https://example.org/m/1>\n'
    question = question_of(mail(subject="[My-List] [PATCH] Re: Why?", more=more))
    assert question.title == "[PATCH] Why?"
    assert [(tag.name, tag.title) for tag in question.tags] == [("my-list", "My-List")]
    assert question.site == "my-list.example.org"


def test_the_prefix_that_a_box_shares_is_its_lists() -> None:
    subjects = ["[Talk] One", "Re: [Talk] Two", "[Talk] [ANN] Three", "[ANN] Four"]
    mails = [mail(subject=subject, id=f"{n}@example.org") for n, subject in enumerate(subjects)]
    assert [question.title for question in questions_of(box(*mails))] == [
        "One",
        "Two",
        "[ANN] Three",
        "[ANN] Four",
    ]


def test_a_footer_names_the_list() -> None:
    text = "I ask.\n" + "_" * 47 + "\nMl-users mailing list\nMl-users@example.com\n"
    assert question_of(mail(text, subject="[Ml-users] Why?")).title == "Why?"
    assert question_of(mail(subject="[Ml-users] Why?")).title == "[Ml-users] Why?"


REJECTED: dict[str, tuple[str | bytes, str]] = {
    "automatic": (mail(more="Auto-Submitted: auto-replied\n"), "an automatic reply"),
    "bounce": (mail(more="Content-Type: multipart/report; boundary=b\n"), "a report about a mail's delivery"),
    "digest": (mail(subject="Ml Digest, Vol 3, Issue 4"), "a digest"),
    "old digest": (mail(subject="Ml digest, Vol 1 #2 - 5 msgs"), "a digest"),
    "nothing of its own": (mail("> I ask.", refs="<0@example.org>"), "without text of its own"),
    "too deep": (
        HEADER + "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(9999)),
        "may part it|boundaries",
    ),
    "a long Content-Type": (
        mail(refs="<0@x>", more="Content-Type: text/plain; " + "a=b;" * 999 + "\n"),
        "Content-Type",
    ),
    "much text": (mail("word " * 300_000, refs="<0@x>"), "characters"),
}


@pytest.mark.parametrize(("data", "reason"), REJECTED.values(), ids=REJECTED)
def test_rejected(data: str, reason: str) -> None:
    data = data.replace("To: b@example.org", "In-Reply-To: <0@example.org>\nTo: b@example.org")
    with pytest.raises(PageRejected, match=reason):
        list(read(page(data)))


def test_a_large_mail_is_a_problem_and_no_more() -> None:
    notice = mail(more="Auto-Submitted: auto-replied\n")
    large = mail("word " * 1000, id="9@example.org", refs="<8@example.org>")
    first, second = read(page(box(QUESTION, notice, large)), Limits(mail_bytes=2000))
    assert isinstance(first, Question)
    assert isinstance(second, Problem)
    assert second.where == "mail 3"
    assert second.reason.endswith("a mail is read up to 2,000 bytes")


NO_MAIL = {
    "MHTML": "From: <Saved by Blink>\nSnapshot-Content-Location: https://example.org/\nSubject: s\n"
    "Date: Mon, 5 Jan 2015 10:00:00 +0100\nContent-Type: multipart/related; boundary=b\n\n",
    "HTTP": "HTTP/1.1 200 OK\nDate: Mon, 5 Jan 2015 10:00:00 GMT\nContent-Type: text/html\n\n<html>",
    "Markdown": "Title: Why?\nDate: 2015-01-05\nAuthor: Ann\n\nI ask.",
    "prose": "From here on: to whom it may concern\nSubject: none\n\nDate: never",
    "a letter": "From the 10:00 train in 2015\nI write to you.",
    "binary": b"\x00\x01\x02From: a\nTo: b\nDate: c\n",
}


@pytest.mark.parametrize("data", NO_MAIL.values(), ids=NO_MAIL)
def test_no_mail(data: str | bytes) -> None:
    assert sniff(page(data)) == 0
    with pytest.raises(PageRejected):
        next(read(page(data)))


def tortured(chance: random.Random, samples: list[bytes]) -> bytes:
    data = chance.choice(samples)
    for mutation in chance.choices(MUTATIONS, k=chance.randint(1, 3)):
        data = mutation(data, chance)
    return data


SAMPLES = [
    data if isinstance(data, bytes) else data.encode()
    for data in [*(data for data, _ in BODIES.values()), box(QUESTION, REPLY, QUESTION), QUESTION, REPLY]
]


@settings(max_examples=500, deadline=None)
@given(st.randoms(use_true_random=False))
def test_mutated_mail_is_read_or_rejected_with_one_reason(chance: random.Random) -> None:
    check(tortured(chance, SAMPLES))


FRAGMENTS = [line for sample in SAMPLES for line in sample.splitlines(keepends=True)] + [
    b"Content-Type: multipart/mixed; boundary*0*=\"'\n",
    b"Subject: =?utf-8?q?=?= =?x?b?=\n",
    b"From: ((((\n",
    b"Date: 99 Foo 99999999999999 25:61 +99999\n",
    b"Content-Type: text/plain; charset*=utf-8''a%\n",
    b"Content-Transfer-Encoding: base64\n",
    b"\xff\xfe\x00\n",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40))
def test_mail_of_any_lines_is_read_or_rejected_with_one_reason(lines: list[bytes]) -> None:
    check(HEADER.encode() + b"".join(lines))


def check(data: bytes) -> None:
    """Hold what every reader owes: records that can be kept, or a reason on one line."""
    try:
        found = list(read(page(data)))
    except PageRejected as rejection:
        assert rejection.reason == printable(rejection.reason) != ""
        return
    assert any(isinstance(one, Question) for one in found)
    for one in found:
        if isinstance(one, Question):
            assert one.title == printable(one.title) != ""
            assert one.id.startswith(("mid:", "text:"))
        elif isinstance(one, Problem):
            assert one.reason == printable(one.reason) != ""


def gold() -> Iterator[dict[str, object]]:
    if not (REAL / "gold.jsonl").exists():
        return
    for line in (REAL / "gold.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["kind"] == "mail":
            yield row


def letters(text: object) -> str:
    return "".join(sign for sign in str(text).casefold() if sign.isalnum())


@needs_real_mail
@pytest.mark.parametrize("row", list(gold()), ids=lambda row: str(row["file"]))
def test_real_mail(row: dict[str, object]) -> None:
    """What a person reads on it; titles are asked for without the list's prefix, which the gold rows have."""
    question = question_of((REAL / str(row["file"])).read_bytes())
    bodies = [answer.body.text for answer in question.answers]
    title = (
        str(row["title"]).removeprefix("Re: ").replace("[notmuch] ", "").replace("[Metrics-grimoire] ", "")
    )
    assert question.title == title
    if asked := row["question_text_prefix"]:
        assert question.body is not None
        assert letters(question.body.text).startswith(letters(asked)[:48])
    if answered := row.get("reply_text_unquoted_prefix"):
        assert letters(bodies[0]).startswith(letters(answered)[:48])
    if row["n_answers"] is not None:
        assert len(bodies) == row["n_answers"]
    for text in bodies + ([question.body.text] if question.body else []):
        assert not any(line.startswith((">", "____", "-- \n")) for line in text.split("\n"))
    if asked and row["asked_date"]:
        assert question.created is not None
        when = datetime.strptime(str(row["asked_date"]), "%a, %d %b %Y %H:%M:%S %z")
        assert question.created == when


@needs_real_mail
def test_real_mail_in_files_becomes_threads(tmp_path: Path) -> None:
    threads = {question.title: len(question.answers) for question in ingested(tmp_path, REAL / "email")}
    assert threads == {
        "Working with Maildir storage?": 6,
        '"notmuch help" outputs to stderr?': 1,
        "Link to mailing list archives ?": 0,
        "Mac OS X/Darwin compatibility issues": 1,
        "[GrimoireLab] Presenting GrimoireLab": 2,
    }


SLOW: dict[str, Callable[[], str]] = {
    "a chain": lambda: box(*(mail(id=f"{n}@x", refs=f"<{n - 1}@x>") for n in range(20_000))),
    "a loop": lambda: box(*(mail(id=f"{n}@x", refs=f"<{(n + 1) % 3}@x>") for n in range(3))),
    "many quotations": lambda: mail("Ann wrote:\n> x\ny\n" * 30_000, refs="<0@x>"),
    "many signatures": lambda: mail("Sent from my x\n" * 60_000, refs="<0@x>"),
    "words in no charset": lambda: mail(subject="=?u?q?" * 100_000),
    "brackets": lambda: mail(sender="((((" * 5_000 + " <a@b>"),
}


@pytest.mark.parametrize("make", SLOW.values(), ids=SLOW)
def test_what_could_take_long_ends(make: Callable[[], str]) -> None:
    """A reader whose work grows with the square of these takes minutes."""
    (question,) = questions_of(make())
    assert question.title
