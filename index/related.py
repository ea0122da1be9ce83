"""Questions like a given one, each with its reasons: telling terms, shared tags, links.

The given question becomes a query of its most telling terms: those that stand often in it and seldom in the
archive, as in Whoosh's and Lucene's "more like this". Tags it shares count by their rarity. A link between
the two, in either direction, lifts a question by a fixed part of the best score found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import log
from typing import Literal

from whoosh import query as w
from whoosh.lang.stopwords import stoplists

from ..archive.records import LinkKind, Question
from .analysis import fold, words
from .compile import Compiler
from .fields import RANKED
from .queries import AnyTerm, Weighed
from .search import Ranked, Share, best, shares
from .snapshot import Snapshot

TERMS = 40
"""Telling terms a question is compared by; Lucene's "more like this" takes 25, for single fields."""

COMMON_SHARE, COMMON_COUNT = 0.25, 2
"""A term in more than this share of all questions, and in more of them than this, tells nothing: what is
left out so are "the", "what" and "how", in any language, without a list of them."""

REASON_TERMS = 5
"""Terms named as a reason; more than a person reads."""

FUNCTION_WORDS: frozenset[str] = frozenset(fold(word).replace("'", "") for word in stoplists["en"])
"""English words that nobody takes for a reason, however rare a small archive makes them seem: Snowball's
stop list. They still rank: leaving them out there costs 0.008 nDCG@10 on four Stack Exchange sites."""

PART_WEIGHT: Mapping[str, float] = {"title": 3.0, "question": 1.0, "answer": 0.3}
"""What a term's standing in each part of the given question counts: the title says what it is about."""

FIELDS = tuple(field for field in RANKED if field.name in ("title", "question", "answer", "tagwords"))
"""Where the terms are looked up; comments and blurbs add more noise than likeness."""

TAG_BOOST = 0.5
"""What a shared tag counts beside a shared term of the same rarity in an average text."""

LINK_LIFT: Mapping[LinkKind, float] = {"duplicate": 1.0, "linked": 0.5, "related": 0.5}
"""By how much of the best score a link lifts: a known duplicate comes before all that is merely like it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a question is related: the `terms` or `tags` shared, strongest first, or the `link`'s kind."""

    kind: Literal["terms", "tags", "link"]
    values: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class RelatedHit:
    """A related question; its `reasons` come strongest first."""

    id: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class RelatedHits:
    """The `hits` asked for out of `total`."""

    total: int
    hits: tuple[RelatedHit, ...]


def related(
    snapshot: Snapshot,
    question: Question,
    *,
    now: datetime,
    linked: Iterable[tuple[str, LinkKind]] = (),
    limit: int = 10,
    offset: int = 0,
) -> RelatedHits:
    """Return the questions most like `question`, never itself.

    `linked` has the (id, kind) of links in either direction. A text that is not in the archive is given as
    a question with that title and an empty id.
    """
    compiler = Compiler(snapshot, "any", now)
    terms = telling_terms(compiler, question)
    query = _query(compiler, question, terms)
    own = snapshot.number_of(question.id) if question.id else None
    total, found = best(snapshot, query, offset + limit + 1)
    links = _link_scores(snapshot, found[0][1] if found else 1.0, linked)
    total, found = _lifted(snapshot, query, total, found, links)
    if own is not None:
        total -= snapshot.scored(query, own)[2]
    found = [row for row in found if row[2] != own][offset : offset + limit]
    as_written = {compiler.stemmer.stem(term): term for term, _ in terms}
    given = shares(snapshot, query, [number for _, _, number in found])
    hits = (
        RelatedHit(question_id, score, tuple(_reasons(given.get(number, ()), links.get(number), as_written)))
        for question_id, score, number in found
    )
    return RelatedHits(total, tuple(hits))


def _query(compiler: Compiler, question: Question, terms: Iterable[tuple[str, float]]) -> w.Query:
    parts = [compiler.term(term, FIELDS, weight) for term, weight in terms]
    parts += [
        AnyTerm([tag.name], (("tag", TAG_BOOST * idf),))
        for tag in question.tags
        if (idf := compiler.snapshot.statistics.idf("tag", tag.name)) > 0
    ]
    return Weighed(parts, [1.0] * len(parts), 0.0)


def telling_terms(compiler: Compiler, question: Question) -> list[tuple[str, float]]:
    """Return the (term, weight) that tell most about a question, most first; weights are at most 1.

    A term's weight is what its standing in the question counts, 1 + log of its frequency in each part;
    it is chosen by that times its rarity in the archive. Words of one stem are one term: the commonest.
    """
    counts: dict[str, float] = {}
    places: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = {}
    for part, text in _parts(question):
        seen = Counter(term for term, *_ in words(text))
        for term, times in seen.items():
            stem = compiler.stemmer.stem(term)
            counts[stem] = counts.get(stem, 0.0) + PART_WEIGHT[part] * (1 + log(times))
            forms.setdefault(stem, Counter())[term] += times
        places.update({compiler.stemmer.stem(term) for term in seen})
    chosen = {stem: min(forms[stem], key=lambda term: (-forms[stem][term], term)) for stem in counts}
    common = max(COMMON_COUNT, COMMON_SHARE * compiler.snapshot.count())
    rated = []
    for stem, term in chosen.items():
        frequencies = compiler.frequencies(term, FIELDS)
        own = places[stem] if question.id else 0  # what only the question itself holds leads nowhere
        if sum(frequencies) > own and max(frequencies) <= common:
            rated.append((counts[stem] * compiler.weight(term, FIELDS), term, counts[stem]))
    best = sorted(rated, key=lambda row: (-row[0], row[1]))[:TERMS]
    most = max((count for _, _, count in best), default=1.0)
    return [(term, count / most) for _, term, count in best]


def _parts(question: Question) -> Iterator[tuple[str, str]]:
    yield "title", question.title
    if question.body:
        yield "question", question.body.text
    if question.answers:
        yield "answer", "\n\n".join(answer.body.text for answer in question.answers)


def _link_scores(
    snapshot: Snapshot, best_score: float, linked: Iterable[tuple[str, LinkKind]]
) -> dict[int, tuple[LinkKind, float]]:
    """Return the (kind, lift) of each linked document; of several links the strongest counts."""
    found: dict[int, tuple[LinkKind, float]] = {}
    for question_id, kind in linked:
        number, lift = snapshot.number_of(question_id), LINK_LIFT[kind] * best_score
        if number is not None and (number not in found or lift > found[number][1]):
            found[number] = (kind, lift)
    return found


def _lifted(
    snapshot: Snapshot,
    query: w.Query,
    total: int,
    found: list[Ranked],
    links: Mapping[int, tuple[LinkKind, float]],
) -> tuple[int, list[Ranked]]:
    """Return as `best`, with the linked questions lifted, wherever they were."""
    rows = {number: (question_id, score) for question_id, score, number in found}
    for number, (_, lift) in links.items():
        question_id, score, matches = snapshot.scored(query, number)
        total += not matches
        rows[number] = question_id, score + lift
    ranked = sorted((-score, question_id, number) for number, (question_id, score) in rows.items())
    return total, [(question_id, -negative, number) for negative, question_id, number in ranked]


def _reasons(
    given: Iterable[Share], link: tuple[LinkKind, float] | None, as_written: Mapping[str, str]
) -> list[Reason]:
    """Return why a document is related; the scores of its reasons add up to what `related` gave it."""
    terms: dict[str, float] = {}
    tags: dict[str, float] = {}
    for share in given:
        if share.field == "tag":
            tags[share.term] = share.score
        else:
            word = as_written.get(share.term, share.term)
            terms[word] = terms.get(word, 0.0) + share.score
    reasons = [_ranked("terms", terms), _ranked("tags", tags)]
    if link:
        reasons.append(Reason("link", (link[0],), link[1]))
    return sorted((reason for reason in reasons if reason.values), key=lambda reason: -reason.score)


def _ranked(kind: Literal["terms", "tags"], values: Mapping[str, float]) -> Reason:
    best = sorted(values, key=lambda value: (-values[value], value))
    if kind == "terms":
        best = [term for term in best if term not in FUNCTION_WORDS][:REASON_TERMS] or best[:1]
    return Reason(kind, tuple(best), sum(values.values()))
