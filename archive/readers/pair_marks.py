"""Lines of plain text that mark what follows as a question, an answer, a title or tags. Pure.

    Q: …    2. A: …    [Q] …    **Question 3.** …    FRAGE    Answer by Bo (score 5, accepted): …    Tags: …

A single letter is a mark only with its like: `F:` with `A:` in German, `P:` with `R:` in Spanish. What is in
a fence of code marks nothing, nor does what is set in or quoted where other marks are not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Literal

Kind = Literal["question", "answer", "title", "tags"]

WORDS: Mapping[Kind, str] = {
    "question": "question ques frage pregunta domanda pergunta vraag fråga spørgsmål spørsmål kysymys pytanie"
    " otázka kérdés întrebare soru вопрос питання ερώτηση سؤال שאלה सवाल प्रश्न 问题 问 問題 問 質問 질문 문",
    "answer": "answer ans reply response solution réponse reponse antwort respuesta risposta resposta"
    " antwoord svar vastaus odpowiedź odpověď odpoveď válasz răspuns cevap yanıt ответ відповідь απάντηση"
    " جواب إجابة תשובה जवाब उत्तर 答案 答 回答 답변 답",
    "title": "title subject titel betreff título titulo titre titolo заголовок 标题 標題 タイトル 제목",
    "tags": "tags tag keywords categories category labels schlagwörter etiquetas mots-clés теги 标签 標籤"
    " タグ 태그",
}
"""Words that mark, by what they mark; in small letters."""

LETTERS: Mapping[str, tuple[str, str]] = {
    "English": ("q", "a"),
    "French": ("q", "r"),
    "German": ("f", "a"),
    "Swedish, Danish, Norwegian": ("f", "s"),
    "Spanish, Portuguese": ("p", "r"),
    "Italian": ("d", "r"),
    "Dutch": ("v", "a"),
    "Turkish": ("s", "c"),
    "Russian": ("в", "о"),
}
"""Letters that mark questions and answers together."""

FEWEST_LETTERS = 2
"""Questions at least that are marked by the letters of another language than English, and most of which ask:
letters stand before the words of people in a talk, too."""

TAG_WORDS = 4
"""Words of the longest name of a tag; real ones have up to three, joined or not."""

QUESTION_MARKS = ("?", "？", "؟")
SEPARATOR = re.compile(r"[,;、，]")

SET_IN = 4
"""Columns from which on a line is set in, as Markdown has it."""

_KINDS: Mapping[str, Kind] = {word: kind for kind, words in WORDS.items() for word in words.split()}
_WORD = "|".join(sorted(map(re.escape, _KINDS), key=len, reverse=True))
# Possessive, for of blanks in a row each could be anyone's.
_HEAD = re.compile(
    r"(?P<lead>[ \t]*+(?:>[> \t]*+)?)(?:[-*+•#]{1,6}[ \t]++)?(?:\(?\d{1,4}[.):][ \t]++)?[*_]{0,3}[\[(]?"
    rf"(?:(?P<best>best|accepted|chosen|correct|top)[ \t]++)?(?P<word>{_WORD}|[^\W\d_])(?![^\W\d_])"
    r"[ \t]*+(?:(?:no\.?|nr\.?|№|#)[ \t]*+)?\d{0,5}",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?:[ \t]*+(?:by|von|par|por|от)[ \t]++(?P<author>[^a-z\s:()\[\]*_][^\n:()\[\]*]{0,80}))?"
    r"(?:[ \t]*+[(\[](?P<told>[^\n()\[\]]{1,100})[)\]])?"
)
_END = re.compile(
    r"[ \t]*+[*_]{0,3}[ \t]*+(?P<sign>[:：]|[.)](?![^\s*_])|\][:：]?|[-–—](?=[ \t]))"
    r"[ \t]*+[*_]{0,3}[ \t]*+(?P<text>.*)"
)
_BARE = re.compile(r"[*_]{0,3}[ \t]*+#*[ \t]*+")
_FENCE = re.compile(r"[ \t]*(```+|~~~+)")
_SCORE = re.compile(
    r"(?:score|votes?|points?|likes?)[ \t]*[:=]?[ \t]*([-+−]?\d{1,9})"
    r"|([-+−]?\d{1,9})[ \t]*(?:up)?(?:votes?|points?)",
    re.IGNORECASE,
)
_ACCEPTED = re.compile(r"\b(?:accepted|best|chosen|solution)\b|[✓✔]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a line marks, and what it says behind the mark: the first line of a text, who wrote it."""

    kind: Kind
    text: str
    author: str | None = None
    score: int | None = None
    accepted: bool | None = None
    is_sure: bool = False
    """Whether it can mean nothing else: a word with a capital and a colon, of a line that is not set in."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A line that may be a mark: its word or letter, and how far it is set in."""

    word: str
    depth: int
    mark: Mark


def marks_of(lines: Sequence[str]) -> Mapping[int, Mark]:
    """Return the marks of a text by the number of their line."""
    seen = {number: found for number, line in _prose(lines) if (found := _seen(line))}
    letters = _letters(seen, lines)
    depths: dict[Kind, int] = {}
    marks: dict[int, _Seen] = {}
    for number, one in seen.items():
        if kind := one.mark.kind if one.word in _KINDS else letters.get(one.word):
            marks[number] = replace(one, mark=replace(one.mark, kind=kind))
            depths[kind] = min(one.depth, depths.get(kind, one.depth))
    marks = {number: one for number, one in marks.items() if one.depth <= depths[one.mark.kind]}
    return dict(_kept(marks, lines))


def _kept(marks: Mapping[int, _Seen], lines: Sequence[str]) -> Iterator[tuple[int, Mark]]:
    """Yield the marks, from the last to the first; a title stands before a question, tags end a block."""
    following: Kind | None = None
    for number, one in reversed(list(marks.items())):
        kind = one.mark.kind
        if kind == "title" and following != "question":
            continue
        if kind == "tags" and not (_are_names(one.mark.text) and _ends_block(number, marks, lines)):
            continue
        yield number, one.mark
        following = following if kind == "tags" else kind


def _are_names(text: str) -> bool:
    """Tell whether a text is names of tags: few words between commas."""
    return all(len(name.split()) <= TAG_WORDS for name in SEPARATOR.split(text))


def _ends_block(number: int, marks: Collection[int], lines: Sequence[str]) -> bool:
    return number + 1 >= len(lines) or number + 1 in marks or not lines[number + 1].strip()


def last_question(text: str) -> int:
    """Return where the last marked question of a part of a text begins, or its title; 0 where none does."""
    lines = text.split("\n")
    begin, title = 0, None
    for number, mark in sorted(marks_of(lines).items(), key=itemgetter(0)):
        if mark.kind == "title":
            title = number
        elif mark.kind != "tags":
            begin = (number if title is None else title) if mark.kind == "question" else begin
            title = None
    return sum(len(line) + 1 for line in lines[:begin])


def _prose(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines that are in no fence of code, with their numbers."""
    fence = ""
    for number, line in enumerate(lines):
        if match := _FENCE.match(line):
            fence = "" if fence and match[1].startswith(fence) else fence or match[1]
        elif not fence:
            yield number, line


def _seen(line: str) -> _Seen | None:
    """Return what a line may mark, by its beginning."""
    head = _HEAD.match(line)
    told = head and _TOLD.match(line, head.end())
    if not head or not told:
        return None
    word, facts = head["word"].casefold(), told["told"] or ""
    kind = _KINDS.get(word)
    text = _END.fullmatch(line, told.end())
    if text is None and (kind not in ("question", "answer") or not _BARE.fullmatch(line, told.end())):
        return None
    if told[0].strip() and (kind is None or (text["sign"] not in ":：" if text else line.endswith("."))):
        return None  # "A (few) words", "Answer by Monday. It is", "answer by Monday."
    lead = head["lead"].expandtabs(SET_IN)
    mark = Mark(
        kind or "question",
        text["text"] if text else "",
        author=told["author"].strip() if told["author"] else None,
        score=_score(facts),
        accepted=True if head["best"] or _ACCEPTED.search(facts) else None,
        is_sure=bool(kind and text and text["text"]) and not lead and not head["word"][0].islower(),
    )
    return _Seen(word, SET_IN if ">" in lead or len(lead) >= SET_IN else 0, mark)


def _score(facts: str) -> int | None:
    match = _SCORE.search(facts)
    return int((match[1] or match[2]).replace("−", "-")) if match else None


def _letters(seen: Mapping[int, _Seen], lines: Sequence[str]) -> Mapping[str, Kind]:
    """Return the letters that mark in this text: those of the first language whose letters ask."""
    used = {one.word for one in seen.values()}
    for asks, answers in LETTERS.values():
        if asks in used and answers in used:
            asking = [_asks(one, number, lines) for number, one in seen.items() if one.word == asks]
            if asks == "q" or (len(asking) >= FEWEST_LETTERS and sum(asking) * 2 > len(asking)):
                return {asks: "question", answers: "answer"}
    return {"q": "question", "a": "answer"}


def _asks(one: _Seen, number: int, lines: Sequence[str]) -> bool:
    """Tell whether the line of a mark asks, or, where it holds nothing else, the one below."""
    line = one.mark.text or (lines[number + 1] if number + 1 < len(lines) else "")
    return line.rstrip(" \t*_").endswith(QUESTION_MARKS)
