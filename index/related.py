"""Questions like a given one, each with its reasons: telling terms, shared tags, links.

The given question becomes a query of its words. The likest question of all (itself, where the archive has it)
lends it the words of its title, tags and answers: pseudo-relevance feedback, after Rocchio and RM3, from one
document. Tags it shares count by their rarity. A link between the two, in either direction, lifts a question
by a fixed part of the best score found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from math import sqrt
from typing import Literal

import numpy as np
from whoosh import query as w

from ..archive.records import LinkKind, Question
from .analysis import Stemmer, words
from .compile import Compiler, Pair
from .fields import LIKENESS
from .function_words import FUNCTION_WORDS
from .queries import AcrossFields, AnyTerm, Weighed
from .ranking import CLOSER, RELATED, Ranking
from .search import PAIR, Candidates, Extra, Share, candidates, closer, named, shares
from .snapshot import Snapshot

TERMS = 64
"""Terms a question is compared by, those that tell most; of longer texts more is noise, and takes time."""

LENT_TERMS = 40
"""Terms that the likest question lends."""

LENT: Mapping[str, float] = {"title": 1.0, "tags": 2.0, "answers": 1.0}
"""What a term counts in each part of the likest question."""

PAIRS = 32
"""Pairs of words that are looked for; the rarest."""

_STEMS = "title"
"""A field of the group of stems, in which all ranked fields are."""

WORDS_READ = 2000
"""Words of a text that are looked at: a page has 500."""

SAME = 0.5
"""The likeness from which a question may be the same as the given one (docs/ranking.md has the precision)."""

REASON_TERMS = 5
"""Terms named as a reason; more than a person reads."""

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


Load = Callable[[str], Question | None]
"""Returns the record of an id."""


def related(
    snapshot: Snapshot,
    question: Question,
    *,
    now: datetime,
    load: Load,
    linked: Iterable[tuple[str, LinkKind]] = (),
    ranking: Ranking = RELATED,
    limit: int = 10,
    offset: int = 0,
) -> RelatedHits:
    """Return the questions most like `question`, never itself.

    `linked` has the (id, kind) of links in either direction; `load` reads a record of the archive. A text
    that is not in the archive is given as a question with that title and an empty id.
    """
    compiler = Compiler(snapshot, "any", now, ranking)
    own_words = list(_words(question))
    given, pairs = telling_terms(compiler, question), _pairs(compiler, own_words)
    likest = question if question.id else _likest(compiler, given, pairs, load)
    lent = lent_terms(compiler, likest, tags=not question.id) if likest else {}
    terms = _with(given, lent, compiler)
    query = _query(compiler, question, terms)
    own = snapshot.number_of(question.id) if question.id else None
    found, extra = closer(
        snapshot, candidates(snapshot, query, max(offset + limit + 1, CLOSER)), pairs, ranking.pairs
    )
    links = _link_scores(snapshot, float(found.scores.max(initial=0.0)) or 1.0, linked)
    lifted = _lifted(snapshot, query, found, links, extra)
    total = lifted.total - (own is not None and snapshot.scored(query, own)[2])
    ranked = [row for row in named(snapshot, lifted, offset + limit + 1) if row[2] != own]
    ranked = ranked[offset : offset + limit]
    told = shares(snapshot, query, [number for _, _, number in ranked], extra)
    as_written = _as_written(compiler, own_words)
    hits = (
        RelatedHit(id, score, tuple(_reasons(told.get(number, ()), links.get(number), as_written)))
        for id, score, number in ranked
    )
    return RelatedHits(total, tuple(hits))


class Likeness:
    """Tells how alike questions are to a given one: the cosine of their words, weighed by rarity."""

    def __init__(self, snapshot: Snapshot, question: Question, stemmer: Stemmer) -> None:
        self._statistics, self._stemmer = snapshot.statistics, stemmer
        self._given = self._weighed(question)

    def of(self, other: Question) -> float:
        """Return 1 where the words of title and body are the same, 0 where none is; answers do not count."""
        weighed = self._weighed(other)
        both = sum(weight * weighed[stem] for stem, weight in self._given.items() if stem in weighed)
        return both / (_length(self._given) * _length(weighed)) if both else 0.0

    def _weighed(self, question: Question) -> dict[str, float]:
        stems = {self._stemmer.stem(term) for term in _words(question) if term not in FUNCTION_WORDS}
        return {stem: self._statistics.idf(_STEMS, stem) for stem in stems}


def _length(weights: Mapping[str, float]) -> float:
    return sqrt(sum(weight * weight for weight in weights.values()))


def _query(compiler: Compiler, question: Question, terms: Mapping[str, float]) -> w.Query:
    boosts = tuple(LIKENESS.items())
    parts: list[w.Query] = [
        AcrossFields(stem, boosts, times, compiler.ranking) for stem, times in terms.items()
    ]
    parts += [
        AnyTerm([tag.name], (("tag", TAG_BOOST * idf),))
        for tag in question.tags
        if (idf := compiler.snapshot.statistics.idf("tag", tag.name)) > 0
    ]
    return Weighed(parts, [1.0] * len(parts), 0.0)


def telling_terms(compiler: Compiler, question: Question) -> dict[str, float]:
    """Return the stems that tell most about a question, most first, with how often each stands there."""
    counts = _stem_counts(compiler, _words(question))
    # What only the question itself holds leads nowhere.
    return _most_telling(compiler, counts, TERMS, 2 if question.id else 1)


def lent_terms(compiler: Compiler, likest: Question, *, tags: bool) -> dict[str, float]:
    """Return the stems that the likest question lends, most telling first, with what each counts.

    In each of its parts a term counts the more the oftener it stands there, up to what the part counts. The
    names of its `tags` only where these do not count as tags.
    """
    texts = {
        "title": likest.title,
        "tags": "\n".join(name for tag in likest.tags for name in (tag.name, *tag.synonyms)) if tags else "",
        "answers": "\n\n".join(answer.body.text for answer in likest.answers),
    }
    counts: dict[str, float] = {}
    for part, text in texts.items():
        seen = _stem_counts(compiler, _some_words(text))
        for stem, times in seen.items():
            counts[stem] = counts.get(stem, 0.0) + LENT[part] * times / (times + 1)
    return _most_telling(compiler, counts, LENT_TERMS, 2)


def _stem_counts(compiler: Compiler, terms: Iterable[str]) -> dict[str, float]:
    """Return how often each stem stands among some terms; a function word counts for less, or not at all."""
    found: dict[str, float] = {}
    for term, times in Counter(terms).items():
        if importance := compiler.importance(term):
            stem = compiler.stemmer.stem(term)
            found[stem] = found.get(stem, 0.0) + times * importance
    return found


def _most_telling(compiler: Compiler, counts: Mapping[str, float], most: int, least: int) -> dict[str, float]:
    """Return those terms that `least` questions hold, the `most` telling of them, by count times rarity."""
    statistics = compiler.snapshot.statistics
    rated = {
        stem: count * statistics.idf(_STEMS, stem)
        for stem, count in counts.items()
        if statistics.holding(_STEMS, stem) >= least
    }
    best = sorted(rated, key=lambda stem: (-rated[stem], stem))[:most]
    return {stem: float(counts[stem]) for stem in best}


def _likest(
    compiler: Compiler, terms: Mapping[str, float], pairs: Sequence[Pair], load: Load
) -> Question | None:
    """Return the question that is most like a text."""
    if not compiler.ranking.feedback:
        return None
    query = _query(compiler, Question("", ""), terms)
    found = candidates(compiler.snapshot, query, CLOSER if pairs else 1)
    found, _ = closer(compiler.snapshot, found, pairs, compiler.ranking.pairs)
    likest = named(compiler.snapshot, found, 1)
    return load(likest[0][0]) if likest else None


def _with(given: Mapping[str, float], lent: Mapping[str, float], compiler: Compiler) -> dict[str, float]:
    """Return terms with those that are lent: these weigh `feedback` of what the given ones weigh together."""
    idf = compiler.snapshot.statistics.idf
    own, other = (sum(n * idf(_STEMS, stem) for stem, n in terms.items()) for terms in (given, lent))
    part = compiler.ranking.feedback * own / other if other else 0.0
    found = dict(given)
    for stem, count in lent.items() if part else ():
        found[stem] = found.get(stem, 0.0) + part * count
    return found


def _pairs(compiler: Compiler, own_words: Sequence[str]) -> Sequence[Pair]:
    if not compiler.ranking.pairs:
        return ()
    pairs = compiler.paired(own_words)
    return sorted(pairs, key=lambda pair: (-pair.rarity, pair))[:PAIRS]


def _words(question: Question) -> Iterator[str]:
    """Yield the words of a question without its answers, as far as they are looked at."""
    yield from _some_words(f"{question.title}\n\n{question.body.text}" if question.body else question.title)


def _some_words(text: str) -> Iterator[str]:
    return (term.text for term in islice(words(text), WORDS_READ))


def _as_written(compiler: Compiler, own_words: Sequence[str]) -> dict[str, str]:
    """Return the words of a question by their stems: the commonest form of each."""
    forms = Counter(own_words).most_common()
    return {compiler.stemmer.stem(term): term for term, _ in reversed(forms)}


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
    found: Candidates,
    links: Mapping[int, tuple[LinkKind, float]],
    extra: Extra,
) -> Candidates:
    """Return the candidates with the linked questions lifted, wherever they were."""
    scores = dict(zip(found.numbers.tolist(), found.scores.tolist(), strict=True))
    total = found.total
    for number, (_, lift) in links.items():
        _, score, matches = snapshot.scored(query, number)
        total += not matches
        scores[number] = score + sum(extra.get(number, {}).values()) + lift
    return Candidates(total, np.array(list(scores), np.int64), np.array(list(scores.values()), np.float64))


def _reasons(
    given: Iterable[Share], link: tuple[LinkKind, float] | None, own_words: Mapping[str, str]
) -> list[Reason]:
    """Return why a document is related; the scores of its reasons add up to what `related` gave it."""
    terms: dict[str, float] = {}
    tags: dict[str, float] = {}
    for share in given:
        if share.field == "tag":
            tags[share.term] = share.score
        else:
            stems = share.term.split(" ") if share.field == PAIR else [share.term]
            for stem in stems:
                terms[stem] = terms.get(stem, 0.0) + share.score / len(stems)
    # What the question itself says is believed; what was lent to it only where there is nothing else.
    named = [stem for stem in _strongest(terms) if stem in own_words] or _strongest(terms)
    words = tuple(own_words.get(stem, stem) for stem in named[:REASON_TERMS])
    reasons = [
        Reason("terms", words, sum(terms.values())),
        Reason("tags", tuple(_strongest(tags)), sum(tags.values())),
    ]
    if link:
        reasons.append(Reason("link", (link[0],), link[1]))
    return sorted((reason for reason in reasons if reason.values), key=lambda reason: -reason.score)


def _strongest(values: Mapping[str, float]) -> list[str]:
    return sorted(values, key=lambda value: (-values[value], value))
