"""The header of a mail: who wrote it, when, about what, in answer to which mail, on which list.

Header fields are taken as they stand and read by the rules below rather than by the email package's own
`policy.default`, which for broken fields raises what its documentation does not name, and for deeply nested
comments runs into Python's recursion limit. Sources: RFC 5322 (fields), RFC 2047 (words in other charsets),
RFC 2919 (List-Id), RFC 5064 (Archived-At), and jwz's "Message Threading" on what In-Reply-To holds.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parsedate_tz

from ..limits import LIMITS, Limits
from ..records import printable
from .decoding import decode, decode_as
from .mail_subjects import names_of_list
from .things import is_web_address

MAX_FIELD = 20_000
"""Characters of a field that are looked at; real lines of References and To reach 5,000."""

MAX_REFERENCES = 100
"""Mails that a mail is said to follow: the first is the thread's, the last are nearest."""

MAX_ID = 250
"""Characters of a Message-ID. RFC 5322 ends lines at 998; real ones reach 150."""

_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)  # what is said to be older is a clock that was never set

_ID = re.compile(rf"<\s*([^<>\s]{{1,{MAX_ID}}}(?: at [^<>\s]{{1,{MAX_ID}}})?)\s*>")
_BARE_ID = re.compile(r"\s*([^<>\s\"@]{1,200}@[^<>\s\"@]{1,200})\s*")
_FOLD = re.compile(r"\r?\n(?=[ \t])")
# A word in another charset; white space between two of them is none.
_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]{0,40})?\?([bq])\?([^?]*)\?=", re.IGNORECASE)
_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_ADDRESS = re.compile(
    r"[^\s<>()\[\]\"',;:@]{1,128}(?:@[^\s<>()\[\]\"',;:@]{1,255}| at [\w-]{1,63}(?:\.[\w-]{1,63})+)"
)
_ANGLE = re.compile(r"<[^<>]*>?")
_COMMENT = re.compile(r"\(((?:[^()]|\([^()]*\))*)\)\s*\Z")
_VIA = re.compile(r"\s+(?:via|par l'intermédiaire de|über)\s+\S.*\Z", re.IGNORECASE)
_ASCTIME = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b.*")
_LIST_ID = re.compile(r"<\s*([\w.+-]{1,200})\s*>|\A\s*([\w-]+(?:\.[\w-]+)+)\s*\Z")
_AUTOMATIC = re.compile(r"\s*auto-replied", re.IGNORECASE)
_DIGEST = re.compile(
    r"(?!re\s?:).{0,200} digest, vol(?:ume)?\.? \d+(?:, issue \d+| #\d+ - \d+ msgs?)\s*\Z", re.IGNORECASE
)
_DIGEST_TYPE = re.compile(r"\s*multipart/digest", re.IGNORECASE)
_REPORT = re.compile(r"\s*multipart/report", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """What a header says. `references` are the ids of earlier mails, the thread's first one first."""

    id: str | None
    references: tuple[str, ...]
    subject: str
    author: str | None
    date: datetime | None
    site: str | None
    """The list's own id, or the first newsgroup."""
    lists: frozenset[str]
    """What lists and recipients are called, folded: names that a prefix of the subject may be."""
    url: str | None
    unwanted: str | None
    """Why this neither asks nor answers: a machine replied, or a list sent many mails in one."""


def head_of(header: bytes, envelope: bytes = b"", limits: Limits = LIMITS) -> Head:
    """Return what the bytes of a header say; `envelope` is the "From " line that stood above them."""
    fields = _fields(header)
    lists = _lists(fields)
    return Head(
        id=next(iter(_ids(_first(fields, "message-id"))), None),
        references=_references(fields),
        subject=_line(_first(fields, "subject"))[: limits.title_length],
        author=author_of(_first(fields, "from") or _first(fields, "sender"), limits),
        date=_date(fields, envelope),
        site=_site(fields),
        lists=lists,
        url=_archived_at(fields),
        unwanted=_unwanted(fields),
    )


def _unwanted(fields: Mapping[str, Sequence[str]]) -> str | None:
    if _AUTOMATIC.match(_first(fields, "auto-submitted")):
        return "an automatic reply"
    if _REPORT.match(_first(fields, "content-type")):
        return "a report about a mail's delivery"
    is_digest = _DIGEST.match(_first(fields, "subject")) or _DIGEST_TYPE.match(_first(fields, "content-type"))
    return "a digest: the mails in it are not read" if is_digest else None


def author_of(field: str, limits: Limits = LIMITS) -> str | None:
    """Return the name in a From field, never an address: the part before the @ where there is no name.

    >>> author_of('"Ann Lee" <ann@example.org>'), author_of("bob at example.org (Bob Ray)")
    ('Ann Lee', 'Bob Ray')
    >>> author_of("ann.lee@example.org")
    'ann.lee'
    """
    field = field[:MAX_FIELD]
    comment = _COMMENT.search(field)
    name = _unquoted(_ANGLE.sub(" ", field.split("<", 1)[0] if "<" in field else ""))
    if not name and comment:
        name = _unquoted(comment[1])
    if not name:
        name = _ANGLE.sub(lambda match: match[0].strip("<> "), field)
    name = _VIA.sub("", _ADDRESS.sub(lambda match: re.split("@| at ", match[0])[0], _line(name)))
    return name.strip(" '\"")[: limits.name_length].strip() or None


def _unquoted(name: str) -> str:
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name


def _fields(header: bytes) -> Mapping[str, Sequence[str]]:
    """Return the fields as they stand, their lines joined, under their names in small letters."""
    message = BytesHeaderParser(policy=compat32).parsebytes(header)
    fields: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        fields.setdefault(name.lower(), []).append(_FOLD.sub("", str(value)[:MAX_FIELD]))
    return fields


def _first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return next((value for value in fields.get(name, ()) if value.strip()), "")


def _line(value: str) -> str:
    """Return a field's text as one line; words in other charsets and bytes that are not ASCII decoded."""
    if not value.isascii():
        value = decode(value.encode("utf-8", "surrogateescape"))
    return printable(_decoded_words(value) if "=?" in value else value)


def _decoded_words(value: str) -> str:
    """Decode the words of RFC 2047; neighbours are one text, for programs cut letters in two."""
    pieces: list[str] = []
    held: tuple[str, bytes] | None = None  # the charset and bytes of the words just read
    place = 0
    for match in _WORD.finditer(value):
        between = value[place : match.start()]
        charset, data = match[1].lower(), _word_bytes(match[2], match[3])
        if held and held[0] == charset and not between.strip():
            held = (charset, held[1] + data)
        else:
            pieces.append(_end_of_words(held, between))
            held = (charset, data)
        place = match.end()
    return "".join([*pieces, decode_as(held[1], held[0]) if held else "", value[place:]])


def _end_of_words(held: tuple[str, bytes] | None, between: str) -> str:
    if held is None:
        return between
    return decode_as(held[1], held[0]) + (between if between.strip() else "")


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return quopri.decodestring(data, header=True)
    return base64_bytes(data)


def base64_bytes(data: bytes) -> bytes:
    """Return what Base64 holds, as much of it as there is: signs that are none are passed over."""
    data = _BASE64.sub(b"", data)
    if len(data) % 4 == 1:
        data = data[:-1]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def _ids(field: str) -> list[str]:
    """Return the message ids in a field; one that stands alone may lack its brackets."""
    found = [match[1].replace(" at ", "@") for match in _ID.finditer(field)]
    bare = _BARE_ID.fullmatch(field) if not found else None
    return [printable(id) for id in ([bare[1]] if bare else found)]


def _references(fields: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the mails that this one follows, the one it replies to last, wherever References has that.

    In-Reply-To may hold an address behind its first id. `<yes>`, which is no id, is what people told
    git send-email when it asked for one.
    """
    own = _ids(_first(fields, "message-id"))[:1]
    nearest = _ids(_first(fields, "in-reply-to"))[:1]
    earlier = [id for id in _ids(" ".join(fields.get("references", ()))) if id not in nearest]
    followed = [id for id in dict.fromkeys(earlier + nearest) if id not in own and "@" in id]
    return tuple(followed[:1] + followed[1:][-MAX_REFERENCES:])


def _date(fields: Mapping[str, Sequence[str]], envelope: bytes) -> datetime | None:
    """Return when the mail was written, else when the first host got it, else what stands above it."""
    first_hop = [value.rpartition(";")[2] for value in reversed(fields.get("received", ()))]
    above = _ASCTIME.search(envelope.decode("ascii", "replace"))
    told = [*fields.get("date", ()), *first_hop, above[0] if above else ""]
    return next((time for text in told if (time := moment_of(text))), None)


def moment_of(text: str) -> datetime | None:
    """Return the time that a date of mail tells, in UTC; None where it tells none.

    >>> moment_of("Tue, 17 Nov 2009 14:00:54 -0500").isoformat()
    '2009-11-17T19:00:54+00:00'
    """
    try:
        parts = parsedate_tz(text[:200])
        if parts is None:
            return None
        zone = timezone(timedelta(seconds=parts[9] or 0))
        time = datetime(*parts[:5], min(parts[5], 59), tzinfo=zone).astimezone(UTC)  # a leap second has 60
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return time if time > _EARLIEST else None


def _lists(fields: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the names of the list that a mail came through, and of whom it went to."""
    addresses = " ".join(
        value
        for name in ("to", "cc", "sender", "list-post", "x-beenthere", "x-mailing-list", "mailing-list")
        for value in fields.get(name, ())
    )
    names = [re.split("@| at ", match[0])[0] for match in _ADDRESS.finditer(addresses[:MAX_FIELD])]
    names = [name.removeprefix("mailto:").removesuffix("-bounces").removesuffix("-owner") for name in names]
    if site := _list_id(fields):
        names.append(site.split(".", 1)[0])
    return frozenset(form for name in names for form in names_of_list(name))


def _site(fields: Mapping[str, Sequence[str]]) -> str | None:
    groups = [group.strip() for group in _first(fields, "newsgroups").split(",")]
    return _list_id(fields) or printable(groups[0])[:200] or None


def _list_id(fields: Mapping[str, Sequence[str]]) -> str | None:
    match = _LIST_ID.search(_first(fields, "list-id"))
    return (match[1] or match[2]).lower() if match else None


def _archived_at(fields: Mapping[str, Sequence[str]]) -> str | None:
    address = re.sub(r"\s+", "", _first(fields, "archived-at")).strip("<>")
    return address if is_web_address(address) else None
