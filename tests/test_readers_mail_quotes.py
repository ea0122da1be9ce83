"""What is left of a mail's text without quotations, signatures and footers: tables of texts."""

from __future__ import annotations

import pytest
from askive.archive.readers.mail_quotes import own_text
from hypothesis import given
from hypothesis import strategies as st

REPLIES: dict[str, tuple[str, str]] = {
    "below": ("On Mon, Ann wrote:\n> Why?\n\nBecause.", "Because."),
    "above": ("Because.\n\nOn Mon, 5 Jan 2015, Ann <ann@example.org> wrote:\n> Why?\n> Ann", "Because."),
    "between": (
        "Ann wrote:\n> Why?\n\nBecause.\n\n> And how?\n\nLike this.\n\nBob",
        "Because.\n\nLike this.\n\nBob",
    ),
    "attribution over lines": (
        "On Mon, Jan 5, 2015 at 10:00 AM, Ann Lee\n<ann@example.org> wrote:\n\n> Why?\nSo.",
        "So.",
    ),
    "text above the attribution": (
        "Hello Ann,\n\n2015-01-05 10:00 Ann <ann@example.org>:\n> Why?\nSo.",
        "Hello Ann,\n\nSo.",
    ),
    "no verb, a date and an address": ("* Ann Lee <ann@example.org> [2015-01-05 10:00]:\n> Why?\nSo.", "So."),
    "an address alone": ("Ann Lee <ann@example.org>:\n> Why?\nSo.", "So."),
    "quoting": ("Quoting Ann Lee (ann at example.org):\n> Why?\nSo.", "So."),
    "German": ("Am 05.01.2015 um 10:00 schrieb Ann Lee:\n> Warum?\nDarum.", "Darum."),
    "French": (
        "Le lun. 5 janv. 2015 à 10:00, Ann Lee\n<ann@example.org> a écrit :\n> Pourquoi ?\nVoilà.",
        "Voilà.",
    ),
    "Spanish": ("El lun, 5 ene 2015, Ann escribió:\n> ¿Por qué?\nPorque sí.", "Porque sí."),
    "Italian": ("Il giorno lun 5 gen 2015 Ann ha scritto:\n> Perché?\nPerché sì.", "Perché sì."),
    "Dutch": ("Op 05-01-15 om 10:00 schreef Ann:\n> Waarom?\nDaarom.", "Daarom."),
    "Russian": ("5 января 2015, 10:00 Ann <ann@example.org> написала:\n> Почему?\nПотому.", "Потому."),
    "Chinese": ("Ann <ann@example.org> 于2015年1月5日周一 上午10:00写道：\n> 为什么？\n因为。", "因为。"),
    "Japanese": ("2015年1月5日(月) 10:00 Ann <ann@example.org>:\n> なぜ？\nこうです。", "こうです。"),
    "a colon that attributes nothing": ("Try this:\n> Why?\nSo.", "Try this:\n\nSo."),
    "Supercite": ("Ann wrote at noon:\n\n AL> Why?\n AL> And how?\n\nSo.\n\n AL> Ann", "So."),
    "prompts are no Supercite": (
        "Type this:\n\nmysql> select 1;\nSQL> select 2;",
        "Type this:\n\nmysql> select 1;\nSQL> select 2;",
    ),
    "bars": ("On Monday Ann wrote:\n| Why?\n| How?\nSo.", "So."),
    "pipes are no bars": ("Run\n  ls\n  | wc -l", "Run\n  ls\n  | wc -l"),
    "Python's prompt": (
        "> Why?\n\nLook:\n\n>>> import this\n>>> x = 1\n\nSo.",
        "Look:\n\n>>> import this\n>>> x = 1\n\nSo.",
    ),
    "quoted three times": ("> > Why?\n\n>>> Why was it that they asked\n\nSo.", "So."),
    "original message": ("Because.\n\n-----Original Message-----\nFrom: Ann\nWhy?", "Because."),
    "ursprüngliche Nachricht": ("Darum.\n\n-----Ursprüngliche Nachricht-----\nVon: Ann\nWarum?", "Darum."),
    "a header": (
        "Because.\n\n____________________\nFrom: Ann Lee\nSent: Monday\nTo: Bob\nSubject: Why\n\nWhy?",
        "Because.",
    ),
    "a header in German": (
        "Darum.\n\nVon: Ann\nGesendet: Montag\nAn: Bob\nBetreff: Warum\n\nWarum?",
        "Darum.",
    ),
    "an example of a header": ("Write\n\nFrom: you\n\nabove it.", "Write\n\nFrom: you\n\nabove it."),
    "a header set in": (
        "Write\n\n    From: you\n    To: them\n    Subject: it\n\nand send it.",
        "Write\n\n    From: you\n    To: them\n    Subject: it\n\nand send it.",
    ),
    "answer below the original": (
        "-----Original Message-----\nWhy?\n\nBecause.",
        "-----Original Message-----\nWhy?\n\nBecause.",
    ),
    "nothing of its own": ("On Mon, Ann wrote:\n> Why?\n", ""),
    "verb at the end": ("Because.\n\nOn Mon, 5 Jan 2015, Ann wrote:\n", "Because."),
}

ALL: dict[str, tuple[str, str]] = {
    "signature": ("Why?\n-- \nAnn\n+1 555", "Why?"),
    "signature without its space": ("Why?\n\n--\nAnn", "Why?"),
    "a comment in code": ("-- the\n--\n" + "x = 1\n" * 20, "-- the\n--\n" + "x = 1\n" * 19 + "x = 1"),
    "nothing but a signature": ("-- \nAnn", "--\nAnn"),
    "telephone": ("Why?\n\nSent from my iPhone", "Why?"),
    "Telefon": ("Warum?\n\nVon meinem iPhone gesendet\n", "Warum?"),
    "Mailman": (
        "Why?\n_______________________________________________\nMl mailing list\nMl@example.org\nhttp://x/listinfo/ml",
        "Why?",
    ),
    "two lists": ("Why?\n" + "_" * 40 + "\nA mailing list\n" + "_" * 40 + "\nB mailing list\n", "Why?"),
    "majordomo": ("Why?\n--\nTo unsubscribe from this list: send a line\nMore at http://x", "Why?"),
    "ezmlm": ("Why?\n\n" + "-" * 60 + "\nTo unsubscribe, e-mail: a@example.org\n", "Why?"),
    "Google Groups": (
        "Why?\n\n-- \nYou received this message because you are subscribed to the Google Groups",
        "Why?",
    ),
    "a heading": (
        "Facts\n-----------\nAsk the mailing list about it.",
        "Facts\n-----------\nAsk the mailing list about it.",
    ),
    "pipermail's attachments": (
        "Why?\n-------------- next part --------------\nA text was scrubbed...\nURL: <x>",
        "Why?",
    ),
    "pipermail in German": ("Warum?\n-------------- nächster Teil --------------\nEin", "Warum?"),
    "OpenPGP": (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nWhy?\n- -- \nAnn\n"
        "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----",
        "Why?",
    ),
    "several blank lines": ("Why?\n\n\n\nHow?\n", "Why?\n\nHow?"),
    "indented code": ("    x = 1\n", "    x = 1"),
}

FIRST_MAILS: dict[str, str] = {
    "quotes a text": "The manual says:\n> Press it.\nWhy?",
    "forwards a mail": (
        "Is this right?\n\n---------- Forwarded message ---------\n"
        "From: Ann\nDate: Monday\nSubject: x\n\nWhy?"
    ),
}


@pytest.mark.parametrize(("text", "own"), REPLIES.values(), ids=REPLIES)
def test_reply(text: str, own: str) -> None:
    assert own_text(text, is_reply=True) == own


@pytest.mark.parametrize("is_reply", [True, False])
@pytest.mark.parametrize(("text", "own"), ALL.values(), ids=ALL)
def test_any_mail(text: str, own: str, is_reply: bool) -> None:
    assert own_text(text, is_reply=is_reply) == own


@pytest.mark.parametrize("text", FIRST_MAILS.values(), ids=FIRST_MAILS)
def test_first_mail_keeps_what_it_quotes(text: str) -> None:
    assert own_text(text, is_reply=False) == text


PIECES = st.sampled_from(
    [line for text, _ in [*REPLIES.values(), *ALL.values()] for line in text.split("\n")]
    + ["", "text", "> q"]
)


@given(st.lists(PIECES, max_size=30).map("\n".join), st.booleans())
def test_nothing_is_made_up(text: str, is_reply: bool) -> None:
    """Whatever a text is made of, what is left are lines of it, in order."""
    left = iter(line.rstrip().removeprefix("- ") for line in text.split("\n"))
    own = own_text(text, is_reply=is_reply)
    assert all(any(line.removeprefix("- ") == one for one in left) for line in own.split("\n") if line)


@given(st.lists(st.sampled_from(["One.", "Two words here.", "", "    x += 1"]), max_size=20).map("\n".join))
def test_plain_text_is_kept(text: str) -> None:
    lines = [line for line in text.split("\n") if line]
    assert [line for line in own_text(text, is_reply=True).split("\n") if line] == lines
