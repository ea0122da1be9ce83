"""What is asked: queries of each kind, drawn from an archive's own texts so that something is found."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from ..archive.store import Store
from .contract import Kind, Query, Row, listed
from .rows import row_of

SEED = 7

FEWEST, MOST = 6, 12
"""Words of a natural-language question: 8 out of 10 of MedQuAD's titles have so many."""

SPELT_WRONG = 6
"""Letters of the shortest word that is spelt wrong for a fuzzy query."""

COMMON_WORDS = (
    "what is the", "how do i", "what are the", "is it a", "how can you", "who is in the", "which of the",
    "when is it", "why do you have", "are there any", "what do you do", "how to", "is there a", "it is not",
)  # fmt: skip

_PLAIN_WORD = re.compile(r"[a-z0-9]+")
_LONG_WORD = re.compile(r"\b[a-z]{5,}\b")
_FUNCTION_WORDS = frozenset(
    listed(
        """about above after again along among because been before being below between could during either
        every however might often other others people should since someone something still such than their
        them then there these they thing things this those though through under until usually where whether
        which while whose within without would"""
    )
)
_RUN = re.compile(r"(?<![^\s])[a-z]+ [a-z]+(?: [a-z]+)?(?=[\s.,?!])")
"""Two or three words with nothing but a space between, which every engine takes apart alike."""
_SIMPLE_TAG = re.compile(r"[a-z]+(?:-[a-z]+)*")


def queries(archive: Path, kind: Kind, count: int) -> list[Query]:
    """Return `count` distinct queries of a kind, or fewer where there are not as many; always the same."""
    if kind is Kind.COMMON:
        return [Query(kind, listed(text)) for text in COMMON_WORDS[:count]]
    luck = random.Random(f"{SEED} {kind}")
    found: dict[Query, None] = {}
    for row in _some(archive, 4 * count, luck):
        query = _MAKERS[kind](row, luck)
        if query is not None:
            found.setdefault(query)
        if len(found) == count:
            break
    return list(found)


def _some(archive: Path, count: int, luck: random.Random) -> Iterator[Row]:
    """Yield rows of questions drawn by chance."""
    with Store.open(archive) as store:
        ids = list(store.ids())
        drawn = luck.sample(ids, min(count, len(ids)))
        yield from map(row_of, store.get_many(drawn).values())


def _question(row: Row, luck: random.Random) -> Query | None:
    words = _PLAIN_WORD.findall(row.title.lower())
    return Query(Kind.QUESTION, tuple(words)) if FEWEST <= len(words) <= MOST else None


def _phrase(row: Row, luck: random.Random) -> Query | None:
    runs = _RUN.findall(row.answers)
    return Query(Kind.PHRASE, tuple(luck.choice(runs).split())) if runs else None


def _wildcard(row: Row, luck: random.Random) -> Query | None:
    words = _telling(row)
    return Query(Kind.WILDCARD, (luck.choice(words)[: luck.randint(3, 4)],)) if words else None


def _fuzzy(row: Row, luck: random.Random) -> Query | None:
    words = [word for word in _telling(row) if len(word) >= SPELT_WRONG]
    return Query(Kind.FUZZY, (_misspelt(luck.choice(words), luck),)) if words else None


def _filter(row: Row, luck: random.Random) -> Query | None:
    words, tags = _telling(row), [name for name in row.tag_names if _SIMPLE_TAG.fullmatch(name)]
    if not words or not tags:
        return None
    year = 1970 + row.created // 31_556_952 if row.created is not None else None
    return Query(
        Kind.FILTER,
        (luck.choice(words),),
        tag=luck.choice(tags),
        score=row.score - luck.randint(0, 2) if row.score is not None else None,
        years=(year - luck.randint(1, 3), year + luck.randint(1, 3)) if year is not None else None,
    )


def _of_words(kind: Kind, count: int, row: Row, luck: random.Random) -> Query | None:
    words = sorted(set(_telling(row)))
    return Query(kind, tuple(luck.sample(words, count))) if len(words) >= count else None


def _telling(row: Row) -> list[str]:
    words = _LONG_WORD.findall(f"{row.title} {row.answers}".lower())
    return [word for word in words if word not in _FUNCTION_WORDS]


def _misspelt(word: str, luck: random.Random) -> str:
    """Return the word with a letter left out, or two neighbours swapped; the first two letters stay."""
    at = luck.randint(2, len(word) - 2)
    if luck.random() < 0.5:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


_MAKERS: Mapping[Kind, Callable[[Row, random.Random], Query | None]] = {
    Kind.QUESTION: _question,
    Kind.TWO: partial(_of_words, Kind.TWO, 2),
    Kind.BOTH: partial(_of_words, Kind.BOTH, 2),
    Kind.PHRASE: _phrase,
    Kind.WILDCARD: _wildcard,
    Kind.FUZZY: _fuzzy,
    Kind.FILTER: _filter,
    Kind.NEWEST: partial(_of_words, Kind.NEWEST, 1),
    Kind.FACETS: partial(_of_words, Kind.FACETS, 1),
}
"""How a query of each kind is made of a question; None where it does not lend itself to one."""
