"""What the writer of a mail wrote: its text without quotations, signatures and the list's own lines.

Quotation marks are RFC 3676's, section 4.5, and the initials of Supercite (" LK> "); the signature is what
follows "-- ", section 4.3. What mail programs put above a quotation differs by program and language: the
words below are those of the usual ones, as their users see them.

Libraries for this read the last reply of a conversation in which every answer stands above the quotation; on
lists people answer between the lines (docs/mail.md has what bench/mail_quotes.py counts).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

LONGEST_ATTRIBUTION = 4
"""Lines of what stands above a quotation: programs break it at 72 characters, and names may be long."""

LONGEST_SIGNATURE = 15
"""Lines behind a "--" that lost its space: a signature has four by custom, those of companies ten."""

LONGEST_FOOTER = 12
"""Lines of what a list puts below: the longest usual one, that of Google Groups, has eight."""

_MARK = re.compile(r"[ \t]{0,3}[>＞]")
# Another mark, or initials before it as of Supercite: only where a line above says who is quoted.
_CITED = re.compile(r"[ \t]{0,3}([A-Za-z]{0,12}[>|])(?=[ >|]|\Z)")
_DOCTEST = re.compile(
    r"[ \t]*>>> ?(?:import |from \w\S* import |print\b|(?:for|if|while|with|def|class) .*:\s*\Z|"
    r"[\w.]+\s*[=(\[]|\w+\s*\Z|\Z)"
)

WROTE = """
    wrote|writes|said|schrieb|schreibt|meinte|a écrit|a ecrit|écrivait|escribió|escribio|escreveu|ha scritto|
    scrisse|scrive|schreef|skrev|skriver|kirjoitti|napisał|napisała|pisze|napsal|napsala|napísal|napísala|
    írta|a scris|yazdı|пишет|писал|писала|написал|написала|пише|έγραψε|wrote the following|
    did gyre and gimble|viết|menulis|va escriure|je napisao
"""
_WROTE = "|".join(word.strip() for word in WROTE.split("|"))
_SAYS_WROTE = re.compile(
    rf"(?:^|[\s>\"')\]])(?:{_WROTE})\b[^:：]{{0,100}}[:：]\s*\Z|(?:写道|写到|寫道)[:：]\s*\Z", re.IGNORECASE
)
# Words and figures that such a line begins with, and the date and address it has where it lacks a verb.
_BEGINS = re.compile(
    r"[\s\"*]*(?:(?:On|At|In|Am|Le|El|Em|Il|Op|Den|Dne|Dňa|Dnia|W dniu|Pada|Vào|Στις|В|Quoting|Zitat von|"
    r"Citando|Quoth|Twas|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b|\d{1,4}[-/.年]|[*\"'<\w].{0,60}<)",
    re.IGNORECASE,
)
_QUOTING = re.compile(
    r"\s*(?:Quoting|Zitat von|Citando|Quoth)\b.{3,100}:|[^<>]{0,60}<[^<>\s@]+@[^<>\s@]+>\s*[:：]\s*\Z",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b")
_WHO = re.compile(r"\S(?:@| at )[\w-]+\.|<[^<>]{3,}>")
_COLON = re.compile(r"[:：]\s*\Z")

# Lines that part an answer from the whole mail it answers.
_ORIGINAL = re.compile(
    r"\s*[-_*]{2,}\s*(?:"
    r"original(?:e|nachricht)? (?:message|appointment)|(?:der )?ursprüngliche nachricht|original-?nachricht|"
    r"original ?message|message d['’]origine|message original|mensaje original|mensagem original|"
    r"messaggio originale|oorspronkelijk bericht|original(?:t)? meddelande|ursprungligt meddelande|"
    r"oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|původní zpráva|pôvodná správa|"
    r"wiadomość oryginalna|oryginalna wiadomość|eredeti üzenet|mesaj original|özgün ileti|orijinal mesaj|"
    r"исходное сообщение|пересылаемое сообщение|оригинальное сообщение|αρχικό μήνυμα|"
    r"原始邮件|原始郵件|原邮件|邮件原件|元のメッセージ|원본 메시지|reply (?:message|below)"
    r")\s*[-_*]{2,}\s*\Z",
    re.IGNORECASE,
)
_SENDER = re.compile(
    r"\*?(?:From|Von|De|Da|Van|Från|Fra|Lähettäjä|Od|Kimden|От|Від|Από|Feladó|De la|"
    r"发件人|寄件者|差出人|보낸 사람)\s?\*?\s?[:：]\*?\s*\S",
    re.IGNORECASE,
)
_OTHER_FIELD = re.compile(
    r"\s*\*?(?:Sent|Date|To|Cc|Subject|Reply-To|Gesendet|Datum|An|Betreff|Envoyé|Date|À|A|Objet|Enviado|Enviada|Para|"
    r"Asunto|Assunto|Fecha|Data|Inviato|Oggetto|Verzonden|Aan|Onderwerp|Skickat|Till|Ämne|Sendt|Til|Emne|"
    r"Lähetetty|Vastaanottaja|Aihe|Odesláno|Komu|Předmět|Wysłano|Do|Temat|Elküldve|Címzett|Tárgy|Gönderilme|Kime|Konu|"
    r"Отправлено|Дата|Кому|Тема|Надіслано|发送时间|发送日期|收件人|抄送|主题|寄件日期|收件者|主旨|送信日時|宛先|件名)"
    r"\s?\*?\s?[:：]",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"--[ \t\xa0]\Z|--\Z")
_PHONE = re.compile(
    r"\s*\(?(?:sent from (?:my|a|mobile|yahoo|outlook|mail for|samsung|proton|gmail|the)|get outlook for|"
    r"sent (?:via|with|using) |von meinem \S+ gesendet|"
    r"gesendet (?:von|mit) |envoyé de(?:puis)? mon |enviado desde mi |"
    r"enviado d[oe] meu |inviato da(?:l mio)? |verstuurd vanaf |verzonden (?:vanaf|met) |skickat från min |"
    r"sendt fra min |lähetetty |отправлено (?:с|из) |发自我的|iPhoneから送信)",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*(?:[-_=*~#]{10,}|-+~[-~]{6,}|-|--[ \t]?)\s*\Z")
_OF_LIST = re.compile(
    r".{0,80}mailing lists?(?:\s*(?:--|:|<|\().*)?\s*\Z|.*\bunsubscri|.*\bsubscribed to (?:the|this)\b|"
    r".*mailman\S*/(?:listinfo|options)|.*/listinfo/|"
    r".{0,80}(?:liste de diffusion|mailingliste|lista de correo|lista de discussão|メーリングリスト)\s*\Z",
    re.IGNORECASE,
)
_NEXT_PART = re.compile(r"-{14} [^-]{3,40} -{12,14}\s*\Z")  # "next part" in the list's own language
_PGP_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP_END = "-----BEGIN PGP SIGNATURE-----"

LONGEST_LINE = 1000
"""Characters of a line that are looked at: what parts a mail from another is short."""


def own_text(text: str, *, is_reply: bool) -> str:
    """Return what the writer of a mail wrote, in lines; quotations go where it is a reply.

    A first mail that quotes something tells of it, and one that forwards a mail asks about that.
    """
    lines = _unsigned([line.rstrip("\r") for line in text.split("\n")])
    lines = _without_footer(_before(lines, _NEXT_PART))
    if is_reply:
        lines = _without_original(lines)
    lines = _without_signature(lines)
    if is_reply:
        lines = _without_quotations(lines)
    return "\n".join(_without_blank_runs([line.rstrip() for line in lines])).strip("\n")


def _unsigned(lines: Sequence[str]) -> list[str]:
    """Return the lines that a signature in OpenPGP's clear text wraps (RFC 4880, section 7)."""
    stripped = [line.rstrip() for line in lines]
    if _PGP_BEGIN not in stripped:
        return list(lines)
    begin = stripped.index(_PGP_BEGIN)
    text = next((n + 1 for n in range(begin, len(lines)) if not stripped[n]), len(lines))
    end = next((n for n in range(text, len(lines)) if stripped[n] == _PGP_END), len(lines))
    return [*lines[:begin], *(line.removeprefix("- ") for line in lines[text:end])]


def _before(lines: list[str], mark: re.Pattern[str]) -> list[str]:
    place = next((n for n, line in enumerate(lines) if mark.match(line[:LONGEST_LINE])), len(lines))
    return lines[:place]


def _without_footer(lines: list[str]) -> list[str]:
    """Return the lines without what the list put below them, or several lists did."""
    end = _text_end(lines, len(lines))
    while True:
        behind = range(end - 1, max(-1, end - 1 - LONGEST_FOOTER), -1)
        place = next((n for n in behind if _RULE.match(lines[n]) and _names_list(lines[n + 1 : end])), None)
        if place is None:
            return lines[:end]
        end = _text_end(lines, place)


def _names_list(lines: Sequence[str]) -> bool:
    """Tell whether lines below a rule begin with what lists say about themselves."""
    said = [line for line in lines if line.strip()][:2]
    return any(_OF_LIST.match(line[:LONGEST_LINE]) for line in said)


def _text_end(lines: Sequence[str], end: int) -> int:
    """Return where the last line before `end` ends that has anything in it."""
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _without_original(lines: list[str]) -> list[str]:
    """Return the lines above the mail that is answered, where it stands there as a whole; all if none do."""
    for n, line in enumerate(lines):
        if _ORIGINAL.match(line[:LONGEST_LINE]) or _is_header(lines, n):
            above = lines[: n - 1] if n and _RULE.match(lines[n - 1]) else lines[:n]
            return above if any(line.strip() and not _MARK.match(line) for line in above) else lines
    return lines


def _is_header(lines: Sequence[str], place: int) -> bool:
    """Tell whether a mail's own header is copied here: who sent it, and two more fields behind that.

    It begins a line and a paragraph; set in, it is an example of a header.
    """
    above = lines[place - 1] if place else ""
    if not _SENDER.match(lines[place][:LONGEST_LINE]) or (above.strip() and not _RULE.match(above)):
        return False
    behind = [line for line in lines[place + 1 : place + 8] if line.strip()][:4]
    return sum(1 for line in behind if _OTHER_FIELD.match(line[:LONGEST_LINE])) > 1


def _without_signature(lines: list[str]) -> list[str]:
    """Return the lines above the signature, if there is anything above it."""
    end = _text_end(lines, len(lines))
    for n in range(end):
        is_short = end - n - 1 <= LONGEST_SIGNATURE and end - n > 1
        if _SIGNATURE.match(lines[n]) and (is_short or lines[n] != "--"):
            return lines[:n] if any(line.strip() for line in lines[:n]) else lines
    while end and _PHONE.match(lines[end - 1][:LONGEST_LINE]):
        end = _text_end(lines, end - 1)
    return lines[:end] if end else lines


def _without_quotations(lines: Sequence[str]) -> list[str]:
    """Return the lines that quote nobody, nor say who is quoted."""
    marks = _cited_marks(lines)
    kept: list[str] = []
    for is_quoted, block in groupby(lines, key=lambda line: _is_quoted(line, marks)):
        held = list(block)
        if not is_quoted or _is_session(held, kept):
            kept += held
        else:
            del kept[len(kept) - _attribution(kept) :]
            kept.append("")
    return kept[: len(kept) - _attribution(kept)] if _ends_in_verb(kept) else kept


def _is_session(block: Sequence[str], above: Sequence[str]) -> bool:
    """Tell whether lines that look quoted three times were typed at Python's prompt."""
    return all(_DOCTEST.match(line[:LONGEST_LINE]) for line in block) and not _attribution(above)


def _is_quoted(line: str, marks: frozenset[str]) -> bool:
    if _MARK.match(line):
        return True
    cited = _CITED.match(line) if marks else None
    return cited is not None and cited[1] in marks


def _cited_marks(lines: Sequence[str]) -> frozenset[str]:
    """Return the initials that mark quotations: those that stand on the line below who is quoted.

    Prompts look the same (`mysql> select`), but nobody is said to have written them.
    """
    marks = set()
    above: list[str] = []
    for line in lines:
        cited = _CITED.match(line)
        if cited and cited[1] not in marks and _attribution(above):
            marks.add(cited[1])
        above = [*above[-LONGEST_ATTRIBUTION - 1 :], line]
    return frozenset(marks)


def _attribution(lines: Sequence[str]) -> int:
    """Return how many of the last lines say who is quoted below them, blank lines among them; 0 if none."""
    end = _text_end(lines, len(lines))
    blank = len(lines) - end
    if not end or blank > 2 or not _COLON.search(lines[end - 1][-LONGEST_LINE:]):
        return 0
    begin = end
    while begin and end - begin < LONGEST_ATTRIBUTION and lines[begin - 1].strip():
        begin -= 1
    for first in range(begin, end):
        joined = " ".join(line.strip()[:LONGEST_LINE] for line in lines[first:end])
        if _BEGINS.match(joined) and _says_who(joined):
            return len(lines) - first
    return len(lines) - end + 1 if _SAYS_WROTE.search(lines[end - 1][-LONGEST_LINE:]) else 0


def _says_who(line: str) -> bool:
    if _SAYS_WROTE.search(line) or _QUOTING.match(line):
        return True
    return _DATE.search(line) is not None and _WHO.search(line) is not None


def _ends_in_verb(lines: Sequence[str]) -> bool:
    """Tell whether the last line says who wrote what follows, and nothing does: it followed in HTML."""
    end = _text_end(lines, len(lines))
    return end > 0 and _SAYS_WROTE.search(lines[end - 1][-LONGEST_LINE:]) is not None


def _without_blank_runs(lines: Sequence[str]) -> list[str]:
    """Return the lines with one blank line where quotations left several."""
    return [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
