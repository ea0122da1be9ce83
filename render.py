"""Text and JSON of records and hits, for people and for programs. Pure: lines and items out, no printing.

Every text a page brought is cleaned here, by `one_line` or `harmless`, before it is laid out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .archive.items import FORMAT_VERSION, envelope, question_to_json
from .archive.items import one_line as json_line
from .archive.records import Answer, Body, Link, Question, Tag, accepted_answer, code_lines
from .terminal import Look, Role, breaks, cut, harmless, one_line, pad, text_width, wrap

if TYPE_CHECKING:  # these load what not every command needs
    from .archive.ingest import IngestReport
    from .archive.store import Rejection, Stats, TagCount
    from .index.build import BuildReport
    from .index.related import Reason
    from .index.search import Share
    from .index.snippet import Snippet
    from .index.suggest import Suggestion

INDENT = "    "
NO_BREAK = "\N{NO-BREAK SPACE}"
UNTITLED = "(no title)"
TITLE_LINES = 2
"""Lines a hit's title may take; a longer one is cut. Stack Exchange ends titles at 150 characters."""
SNIPPET_LINES = 3
"""Lines a hit's snippet may take: what web search pages settled on."""
SNIPPET_WIDTH = 240
"""Characters a snippet may have: what `SNIPPET_LINES` hold at 80 columns."""
LINE_LOSS = 6
"""Columns that a line of a passage loses at its end, on average, to a word that moves to the next."""
RELEVANCE_DIGITS = 6
"""Decimals of a relevance in JSON: more than any difference that matters, less than float noise."""
MIN_PROSE = 16
"""Columns that prose keeps, however deep it is set in."""
GAP = 3
"""Columns at least between the left and the right half of a line."""

_BULLET = re.compile(r" *(?:(?:[-*•>]|\d{1,3}[.)]) +)*")


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit ready to be shown: the record, its place in the whole result, and why it is there."""

    question: Question
    rank: int = 1
    relevance: float | None = None
    snippet: Snippet | None = None
    shares: tuple[Share, ...] = ()
    reasons: tuple[Reason, ...] = ()
    likeness: float | None = None
    """How alike it is to the question it is related to, 0 to 1."""
    maybe_duplicate: bool = False
    batch: int | None = None
    """The line of its query in a batch, counted from 1."""


@dataclass(frozen=True, slots=True)
class Page:
    """The hits `shown` out of `total`, from `offset` on; counted facets; words that may have been meant."""

    total: int
    offset: int
    shown: tuple[Shown, ...]
    facets: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    instead: tuple[Suggestion, ...] = ()

    @property
    def has_more(self) -> bool:
        """Whether there are hits behind the last one shown."""
        return self.offset + len(self.shown) < self.total


@dataclass(frozen=True, slots=True)
class Links:
    """The links to a question, `target` being where each comes from, and the titles that are known by id."""

    back: tuple[Link, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TagPage:
    """What is shown of one tag: how many questions carry it, the tags beside it, its best questions."""

    tag: Tag
    count: int
    neighbours: Sequence[tuple[str, int]]
    best: Sequence[Question]


# -- JSON


def json_lines(whole: Mapping[str, Any]) -> Iterator[str]:
    """Yield an envelope as JSON, its items (the last key) one a line."""
    yield json_line({**whole, "items": []}).removesuffix("]}")
    lines = [json_line(part) for part in whole["items"]]
    yield from (line + "," for line in lines[:-1])
    yield from lines[-1:]
    yield "]}"


def listed(found: Iterable[Shown], query: str | None = None) -> dict[str, Any]:
    """Return the envelope of all that was found."""
    items = [item(shown) for shown in found]
    return envelope(query, len(items), False, items)


def item(shown: Shown) -> dict[str, Any]:
    """Return the JSON item of a hit: the whole record, and under `askive` why it was found."""
    record = question_to_json(shown.question)
    extras = record["askive"]
    if shown.relevance is not None:
        extras["relevance"] = round(shown.relevance, RELEVANCE_DIGITS)
    if shown.snippet is not None:
        extras["snippet"] = {
            "text": shown.snippet.text,
            "marks": [list(mark) for mark in shown.snippet.marks],
            "where": shown.snippet.where,
            "answer_id": shown.snippet.answer_id,
        }
    if shown.reasons:
        extras["reasons"] = [_score_last(reason) for reason in shown.reasons]
    if shown.likeness is not None:
        extras["likeness"] = round(shown.likeness, RELEVANCE_DIGITS)
        extras["maybe_duplicate"] = shown.maybe_duplicate
    if shown.shares:
        extras["shares"] = [_score_last(share) for share in shown.shares]
    if shown.batch is not None:
        extras["batch"] = shown.batch
    return record


def page_envelope(query: str, page: Page) -> dict[str, Any]:
    """Return what `--format json` prints for one query."""
    whole = envelope(query, page.total, page.has_more, [])
    if page.facets:
        whole["facets"] = {
            name: [{"value": value, "count": count} for value, count in counts]
            for name, counts in page.facets.items()
        }
    if page.instead:
        whole["did_you_mean"] = [{"word": s.word, "instead": s.instead} for s in page.instead]
    del whole["items"]  # they stay the last key
    return {**whole, "items": [item(shown) for shown in page.shown]}


def tags_listed(pattern: str | None, rows: Sequence[TagCount]) -> dict[str, Any]:
    """Return the envelope of a list of tags."""
    return envelope(pattern, len(rows), False, [tag_item(row.tag, row.count) for row in rows])


def tag_details(page: TagPage) -> dict[str, Any]:
    """Return the envelope of one tag: its best questions, and under `tag` all about it."""
    about = tag_item(page.tag, page.count)
    about["neighbours"] = [{"name": name, "count": count} for name, count in page.neighbours]
    best = [question_to_json(question) for question in page.best]
    whole = envelope(page.tag.name, page.count, len(best) < page.count, [])
    del whole["items"]  # they stay the last key
    return {**whole, "tag": about, "items": best}


def stats_item(numbers: Stats) -> dict[str, Any]:
    """Return the archive in numbers as JSON; times are epoch seconds, sizes bytes."""
    values = asdict(numbers)
    for name in ("first_created", "last_created"):
        values[name] = None if values[name] is None else int(values[name].timestamp())
    values["sites"] = [{"site": site, "questions": count} for site, count in numbers.sites]
    return {"format_version": FORMAT_VERSION, **values}


def check_item(problems: Sequence[str], pages: Sequence[Rejection]) -> dict[str, Any]:
    """Return what a check found as JSON."""
    return {
        "format_version": FORMAT_VERSION,
        "problems": list(problems),
        "rejected": [asdict(page) for page in pages],
    }


def _score_last(part: Reason | Share) -> dict[str, Any]:
    values = asdict(part)
    return {**values, "score": round(values["score"], RELEVANCE_DIGITS)}


def tag_item(record: Tag, count: int) -> dict[str, Any]:
    """Return the JSON item of a tag; `count` is how many questions carry it."""
    return {
        "name": record.name,
        "count": count,
        "title": record.title,
        "blurb": record.blurb,
        "synonyms": list(record.synonyms),
    }


# -- hits


def hits(page: Page, look: Look) -> Iterator[str]:
    """Yield the lines of a page of hits: each hit, the facets, how many there are."""
    for shown in page.shown:
        yield from hit(shown, look)
        yield ""
    if page.shown or page.has_more:
        yield from facets(page.facets, look)
        yield summary(page, look)


def batch(found: Iterable[Shown], look: Look) -> Iterator[str]:
    """Yield the lines of the hits of a batch, those of each query under its number."""
    number = None
    for shown in found:
        if shown.batch != number:
            number = shown.batch
            yield look.paint(f"Query {number}", Role.TITLE)
            yield ""
        yield from hit(shown, look)
        yield ""


def hit(shown: Shown, look: Look) -> Iterator[str]:
    """Yield the lines of one hit: number and title, tags and facts, the passage that answers, the id."""
    lead = f"{shown.rank:>2}  "
    room = look.width - len(lead)
    indent = " " * len(lead)
    for n, line in enumerate(_title(shown.question.title, room)):
        yield (look.paint(lead, Role.FAINT) if n == 0 else indent) + look.paint(line, Role.TITLE)
    yield from (indent + line for line in _tags_and_facts(shown.question, look, room))
    if shown.snippet is not None and shown.snippet.text:
        yield from (indent + line for line in _passage(shown.snippet, look, room))
    if shown.maybe_duplicate:
        yield indent + look.paint("duplicate?", Role.MATCH) + " says much the same"
    yield from (indent + line for line in _reasons(shown.reasons, room))
    if shown.shares:
        yield from (indent + line for line in explanation(shown.shares, shown.relevance, look))
    yield indent + look.paint(one_line(shown.question.id), Role.ID)


def passage_width(look: Look) -> int:
    """Return the characters of the longest passage that a hit has room for."""
    return min(SNIPPET_LINES * (look.width - len(INDENT) - LINE_LOSS), SNIPPET_WIDTH)


def _title(title: str, width: int) -> list[str]:
    """Return the title's lines, the last cut where it is longer than `TITLE_LINES`."""
    title = one_line(title) or UNTITLED
    spans = list(breaks(title, width))
    whole, rest = spans[:TITLE_LINES], spans[TITLE_LINES:]
    lines = [title[start:end].rstrip() for start, end in whole]
    return [*lines[:-1], cut(title[whole[-1][0] :], width)] if rest else lines


def _tags_and_facts(question: Question, look: Look, width: int) -> Iterator[str]:
    """Yield the tags on the left and the facts on the right: in one line where they fit, else in two."""
    tags = cut(" · ".join(one_line(tag.name) for tag in question.tags), width)
    facts = cut(" · ".join(hit_facts(question)), width)
    room = width - text_width(tags) - text_width(facts)
    if tags and facts and room >= GAP:
        yield look.paint(tags, Role.TAG) + " " * room + look.paint(facts, Role.FAINT)
    else:
        yield from (look.paint(text, role) for text, role in ((tags, Role.TAG), (facts, Role.FAINT)) if text)


def hit_facts(question: Question) -> Iterator[str]:
    """Yield what a hit says about its question: answers, score, date, site."""
    if count := answer_count(question):
        accepted = " ✓" if accepted_answer(question) else ""
        yield plural(count, "answer") + accepted
    else:
        yield "no answer"
    if question.score is not None:
        yield f"score {question.score:,}"
    if question.created:
        yield day(question.created)
    if question.site:
        yield one_line(question.site)


def _passage(snippet: Snippet, look: Look, width: int) -> Iterator[str]:
    """Yield the snippet's lines, matches marked where there is colour."""
    text, marks = clean_marks(snippet.text, snippet.marks)
    spans = list(breaks(text, width))
    for start, end in spans[: SNIPPET_LINES - 1]:
        yield marked(text, marks, start, end, look)
    for start, _ in spans[SNIPPET_LINES - 1 : SNIPPET_LINES]:
        more = " …" if len(spans) > SNIPPET_LINES else ""
        _, end = next(breaks(text[start:], width - len(more)))
        yield marked(text, marks, start, start + end, look) + more


def clean_marks(text: str, marks: Iterable[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """Return text and marks made harmless together, piece by piece, so that each mark stays on its word."""
    pieces: list[str] = []
    moved: list[tuple[int, int]] = []
    length = position = 0
    for start, end in [*marks, (len(text), len(text))]:
        for piece, is_mark in ((text[position:start], False), (text[start:end], True)):
            piece = re.sub(r"\s+", " ", harmless(piece))
            if is_mark and piece:
                moved.append((length, length + len(piece)))
            pieces.append(piece)
            length += len(piece)
        position = end
    return "".join(pieces), moved


def marked(text: str, marks: Iterable[tuple[int, int]], start: int, end: int, look: Look) -> str:
    """Return `text[start:end]` with what the marks cover painted as a match."""
    out, position = [], start
    for low, high in marks:
        low, high = max(low, position), min(high, end)
        if low < high:
            out += [text[position:low], look.paint(text[low:high], Role.MATCH)]
            position = high
    return "".join([*out, text[position:end]]).rstrip()


def _reasons(reasons: Iterable[Reason], width: int) -> Iterator[str]:
    for reason in reasons:
        first, *rest = wrap(reason_in_words(reason), width - 2)
        yield "· " + first
        yield from ("  " + line for line in rest)


def reason_in_words(reason: Reason) -> str:
    """Return why a question is related, as one would say it.

    Which of two linked questions names the other makes no difference here.
    """
    values = [one_line(value) for value in reason.values]
    if reason.kind == "link":
        return {"duplicate": "a known duplicate", "linked": "one links to the other"}.get(
            values[0], "named as related"
        )
    noun = {"terms": "word", "tags": "tag"}[reason.kind]
    return f"shares the {noun}{'' if len(values) == 1 else 's'} {', '.join(values)}"


def explanation(shares: Iterable[Share], total: float | None, look: Look) -> Iterator[str]:
    """Yield a tree of what the score is made of: fields, in each its terms; the shares add up to it."""
    groups: dict[str, list[Share]] = {}
    for share in shares:
        groups.setdefault(share.field, []).append(share)
    sums = {name: sum(share.score for share in group) for name, group in groups.items()}
    yield look.paint(f"score {total if total is not None else sum(sums.values()):.2f}", Role.FAINT)
    ordered = sorted(groups, key=lambda name: -sums[name])
    for name in ordered:
        branch = "└─" if name == ordered[-1] else "├─"
        terms = sorted(groups[name], key=lambda share: -share.score)
        detail = " · ".join(f"{one_line(share.term)} {share.score:.2f}" for share in terms)
        yield cut(f"{branch} {name:<9} {sums[name]:>7.2f}  {detail}", look.width - len(INDENT))


def summary(page: Page, look: Look) -> str:
    """Return the line below a page of hits that says how many there are, and how to see the next."""
    if page.offset == 0 and (not page.shown or not page.has_more):
        return look.paint(plural(page.total, "question"), Role.FAINT)
    last = page.offset + len(page.shown)
    more = f"; --offset {last} shows the next" if page.has_more else ""
    return look.paint(f"{page.offset + 1} to {last} of {plural(page.total, 'question')}{more}", Role.FAINT)


def facets(groups: Mapping[str, Sequence[tuple[str, int]]], look: Look) -> Iterator[str]:
    """Yield each facet's name and its commonest values with counts, wrapped; then an empty line."""
    width = max(map(len, groups), default=0)
    for name, counts in groups.items():
        lines = side_by_side((f"{value} {count:,}" for value, count in counts), look.width - width - 2)
        for n, line in enumerate(lines):
            yield look.paint(pad(name if n == 0 else "", width), Role.FAINT) + "  " + line
    if groups:
        yield ""


# -- one question


def wholes(
    found: Iterable[Shown], look: Look, links: Callable[[Question], Links] = lambda _: Links()
) -> Iterator[str]:
    """Yield the lines of whole questions, one below the other."""
    for n, shown in enumerate(found):
        if n:
            yield ""
            yield look.paint("─" * look.width, Role.FAINT)
            yield ""
        yield from question(shown.question, look, links(shown.question))


def question(record: Question, look: Look, links: Links) -> Iterator[str]:
    """Yield the whole question: facts, body, tags with blurbs, answers with comments, links both ways."""
    yield from (
        look.paint(line, Role.TITLE) for line in wrap(one_line(record.title) or "(no title)", look.width)
    )
    yield look.paint(one_line(record.id), Role.ID)
    yield from (look.paint(line, Role.FAINT) for line in side_by_side(question_facts(record), look.width))
    if record.url:
        yield one_line(record.url)
    if record.closed:
        yield look.paint(f"Closed: {one_line(record.closed)}", Role.BAD)
    if record.body is not None:
        yield ""
        yield from paragraphs(record.body, look.width)
    yield from _comments(record.comments, record.comment_count, look, "")
    yield from _tag_list(record.tags, look)
    yield from _answers(record, look)
    yield from _links(record.links, links, look)


def question_facts(record: Question) -> Iterator[str]:
    """Yield who asked a question and when, and its numbers, where they are known."""
    asked = _signed("asked", record.author, record.created)
    if asked != "asked":
        yield asked
    if record.updated and record.updated != record.created:
        yield f"edited {day(record.updated)}"
    if record.score is not None:
        yield f"score {record.score:,}"
    if record.views is not None:
        yield plural(record.views, "view")
    yield plural(answer_count(record), "answer")
    if record.site:
        yield one_line(record.site)


def _signed(what: str, author: str | None, when: datetime | None) -> str:
    by = f" by {one_line(author)}" if author else ""
    return f"{what}{f' {day(when)}' if when else ''}{by}"


def paragraphs(body: Body, width: int) -> Iterator[str]:
    """Yield a body's lines: prose wrapped, lists kept in shape; code left as it is for copying."""
    code = frozenset(map(harmless, code_lines(body)))
    fenced = False
    for line in harmless(_numbered(body)).strip("\n").split("\n"):
        fence = line.lstrip().startswith("```")
        if fence or fenced or line.strip() in code or line.startswith(INDENT):
            fenced ^= fence
            yield line.rstrip()
        else:
            yield from _hanging(line, width)


def _numbered(body: Body) -> str:
    """Return a body's text, the items of ordered lists with the numbers that only its HTML knows."""
    if body.html is None or "<ol" not in body.html:
        return body.text
    from .archive.body import text_of_html  # noqa: PLC0415 - nh3

    return text_of_html(body.html, numbered=True)


def _hanging(line: str, width: int) -> Iterator[str]:
    """Yield a line of prose wrapped, what follows a bullet or a number set in behind it."""
    lead = _BULLET.match(line)[0]  # type: ignore[index]  # it matches nothing too
    text = line[len(lead) :]
    for start, end in breaks(text, max(width - text_width(lead), MIN_PROSE)):
        yield (lead + text[start:end]).rstrip()
        lead = " " * text_width(lead)


def _comments(comments: Sequence[Any], stated: int | None, look: Look, indent: str) -> Iterator[str]:
    for comment in comments:
        yield ""
        bar = indent + look.paint("│ ", Role.FAINT)
        for line in paragraphs(comment.body, look.width - len(indent) - 2):
            yield (bar + line).rstrip()
        score = f", score {comment.score:,}" if comment.score else ""
        signed = _signed("—", comment.author, comment.created) + score
        if signed != "—":
            yield bar + look.paint(signed, Role.FAINT)
    hidden = (stated or 0) - len(comments)
    if hidden > 0:
        yield ""
        yield indent + look.paint(f"({plural(hidden, 'more comment')} on the page's site)", Role.FAINT)


def _tag_list(tags: Sequence[Tag], look: Look) -> Iterator[str]:
    if not tags:
        return
    yield from _heading("Tags", look)
    for tag in tags:
        yield look.paint(one_line(tag.name), Role.TAG)
        yield from _about(tag, look)


def _about(tag: Tag, look: Look) -> Iterator[str]:
    """Yield a tag's blurb, wrapped and indented; its title where it has only that and it says more."""
    about = one_line(tag.blurb or "")
    yield from (INDENT + line for line in (wrap(about, look.width - len(INDENT)) if about else []))


def _answers(record: Question, look: Look) -> Iterator[str]:
    for n, answer in enumerate(best_first(record.answers), start=1):
        head = f"Answer {n} of {len(record.answers)}"
        yield from _heading(head, look, accepted=bool(answer.accepted))
        facts = [_signed("answered", answer.author, answer.created)]
        facts += [f"score {answer.score:,}"] if answer.score is not None else []
        facts = [fact for fact in facts if fact != "answered"] + [f"id {one_line(answer.id)}"]
        yield from (look.paint(line, Role.FAINT) for line in wrap(" · ".join(facts), look.width))
        yield ""
        yield from paragraphs(answer.body, look.width)
        yield from _comments(answer.comments, answer.comment_count, look, INDENT)
    hidden = answer_count(record) - len(record.answers)
    if hidden > 0:
        yield ""
        yield look.paint(f"({plural(hidden, 'more answer')} on the page's site)", Role.FAINT)


def best_first(answers: Iterable[Answer]) -> list[Answer]:
    """Return the answers as they are read: the accepted one, then by score, then as they came."""
    return sorted(answers, key=lambda a: (not a.accepted, -(a.score if a.score is not None else 0)))


def _links(links: Sequence[Link], around: Links, look: Look) -> Iterator[str]:
    words = {"linked": "links to", "duplicate": "duplicate of", "related": "related to"}
    back = {"linked": "linked from", "duplicate": "duplicated by", "related": "related from"}
    rows = [(words[link.kind], link.target) for link in links]
    rows += [(back[link.kind], link.target) for link in around.back]
    if rows:
        yield from _heading("Links", look)
    for kind, target in rows:
        yield f"{kind:<14}" + look.paint(one_line(target), Role.ID)
        if title := around.titles.get(target):
            yield " " * 14 + cut(one_line(title), look.width - 14)


def _heading(text: str, look: Look, accepted: bool = False) -> Iterator[str]:
    yield ""
    yield look.paint(text, Role.TITLE) + (look.paint("  ✓ accepted", Role.GOOD) if accepted else "")


# -- tags


def tags(counts: Sequence[TagCount], look: Look) -> Iterator[str]:
    """Yield a table of tags: name, how many questions carry it, blurb cut to the width."""
    names = [one_line(row.tag.name) for row in counts]
    name_width = min(max(map(text_width, names), default=0), look.width // 2)
    count_width = max((len(f"{row.count:,}") for row in counts), default=0)
    for name, row in zip(names, counts, strict=True):
        about = one_line(row.tag.blurb or row.tag.title or "")
        left = look.paint(pad(name, name_width), Role.TAG) + f"  {row.count:>{count_width},}"
        room = look.width - name_width - count_width - 4
        yield (left + ("  " + cut(about, room) if about and room > 0 else "")).rstrip()


def tag(page: TagPage, look: Look) -> Iterator[str]:
    """Yield one tag: its title and blurb, other names, the tags it comes with, its questions best first."""
    record = page.tag
    name = one_line(record.name)
    yield look.paint(name, Role.TITLE) + f"  {plural(page.count, 'question')}"
    if record.title and one_line(record.title).casefold() != name:
        yield one_line(record.title)
    if record.blurb:
        yield ""
        yield from wrap(one_line(record.blurb), look.width)
    if record.synonyms:
        yield ""
        yield from wrap("Also called " + ", ".join(map(one_line, record.synonyms)), look.width)
    if often := list(side_by_side((f"{name} {count:,}" for name, count in page.neighbours), look.width)):
        yield from _heading("Often with", look)
        yield from (look.paint(line, Role.TAG) for line in often)
    if page.best:
        yield from _heading("Best questions", look)
    for rank, found in enumerate(page.best, start=1):
        yield f"{rank:>2}  {cut(one_line(found.title), look.width - 4)}"
        yield INDENT + look.paint(one_line(found.id), Role.ID)


# -- reports and tables of plain facts


def ingested(report: IngestReport) -> Iterator[str]:
    """Yield what an ingest did: questions added, updated, unchanged; pages rejected."""
    pages = f"pages: {report.pages_read:,} read, {report.pages_unchanged:,} known already"
    rejected = f", {report.rejected_count:,} rejected" if report.rejected_count else ""
    parts = f", {plural(report.problem_count, 'part')} rejected" if report.problem_count else ""
    yield pages + rejected + parts
    yield f"questions: {report.added:,} added, {report.updated:,} updated, {report.unchanged:,} unchanged"


def indexed(report: BuildReport) -> Iterator[str]:
    """Yield what an update of the index did."""
    why = f" (the index was {report.rebuilt})" if report.rebuilt else ""
    yield f"{plural(report.indexed, 'question')} indexed, {report.removed:,} removed{why}"


def stats(numbers: Stats, look: Look) -> Iterator[str]:
    """Yield the archive in numbers, a line each."""
    first, last = numbers.first_created, numbers.last_created
    facts = [
        ("questions", f"{numbers.questions:,}"),
        ("  with an accepted answer", f"{numbers.accepted:,}"),
        ("answers", f"{numbers.answers:,}"),
        ("comments", f"{numbers.comments:,}"),
        ("tags", f"{numbers.tags:,}"),
        ("asked", f"{day(first)} to {day(last)}" if first and last else "no dates known"),
        ("pages", f"{numbers.pages:,}, {size(numbers.page_bytes)} as received"),
        ("  rejected", f"{numbers.rejected:,}"),
        ("raw pages on disk", size(numbers.raw_bytes)),
        ("records on disk", size(numbers.database_bytes)),
        ("revision", f"{numbers.revision:,}"),
    ]
    yield from aligned(facts, look)
    if numbers.sites:
        yield from _heading("Sites", look)
        yield from aligned(((site, f"{count:,}") for site, count in numbers.sites), look)


def checked(problems: Sequence[str], pages: Sequence[Rejection]) -> Iterator[str]:
    """Yield the problems that a check found, a line each, or that there are none."""
    yield from map(one_line, problems)
    if not problems:
        yield "no problems: raw pages, records and index agree"
    if pages:
        yield f"{plural(len(pages), 'page')} rejected: `askive check --rejected` lists them"


def rejections(pages: Sequence[Rejection], look: Look) -> Iterator[str]:
    """Yield the rejected pages, each with its reason and its name in raw/."""
    for page in pages:
        yield f"{one_line(page.source)}: {one_line(page.reason)}"
        yield INDENT + look.paint(page.sha, Role.ID)


def aligned(rows: Iterable[tuple[str, str]], look: Look) -> Iterator[str]:
    """Yield name and value a line, the values in one column."""
    pairs = [(harmless(name), one_line(value)) for name, value in rows]
    width = max((text_width(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        yield f"{look.paint(pad(name, width), Role.FAINT)}  {value}"


def side_by_side(parts: Iterable[str], width: int) -> Iterator[str]:
    """Yield the parts with dots between them, in lines that end at a dot; no lines for no parts."""
    whole = [one_line(part).replace(" ", NO_BREAK) for part in parts]
    for line in wrap(" · ".join(whole), width) if whole else []:
        yield line.replace(NO_BREAK, " ")


def day(when: datetime) -> str:
    """Return a date as hits show it.

    >>> day(datetime(2014, 3, 12))
    '12 Mar 2014'
    """
    return f"{when.day} {when:%b %Y}"


def plural(n: int, noun: str) -> str:
    """Return a count with its noun.

    >>> plural(1, "answer"), plural(1200, "answer")
    ('1 answer', '1,200 answers')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def size(count: int) -> str:
    """Return a number of bytes as people read it.

    >>> size(999), size(1_234_567)
    ('999 B', '1.2 MB')
    """
    amount, units = float(count), ("B", "kB", "MB", "GB", "TB")
    unit = 0
    while amount >= 1000 and unit < len(units) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.1f} {units[unit]}" if unit else f"{count} B"


def answer_count(record: Question) -> int:
    """Return how many answers a question has: those held, or as many as its page says."""
    return max(len(record.answers), record.answer_count or 0)
