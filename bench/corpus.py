"""Questions from a generator: as many as asked for, always the same, about as large as real ones.

They come in blocks, each seeded by its number, so that a small archive is the beginning of a large one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, islice

import numpy as np

from ..archive.records import Answer, Body, Question, Tag
from .words import FORMS, Numbers, Vocabulary

SEED = 20260101
BLOCK = 1_000
SITE = "bench.example"

SENTENCE = (2.68, 0.61)
"""Mean and deviation of the logarithm of a sentence's words, as measured of MedQuAD: 18 words, median 15."""
SENTENCE_WORDS = (3, 60)

BODY_SENTENCES = (1, 2)
ANSWER_SENTENCES = 4.0
"""The mean of an answer's sentences. Chosen so that a question has 760 bytes, which is what an archive of
mixed origin has; MedQuAD's questions, one field and one answer each, have 924 in the middle."""
SECOND_ANSWER = 0.4

TOPICS = 4
TOPIC_SHARE = 0.064
"""How many of a text's words are those of its question's title, as measured of MedQuAD's answers."""

TAGS = 5_000
TAG_EXPONENT = 1.02
"""MedQuAD has 4,727 tags, the frequencies of which fall with rank ** -1.02."""
TAG_COUNTS = (0.2, 0.35, 0.3, 0.15)
"""The shares of questions with one to four tags."""

FIRST, LAST = datetime(2010, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC)
SCORE = (0.8, 1.1)
VIEWS = (6.0, 1.6)
"""Mean and deviation of the logarithm: most questions have a few votes and some hundreds of views, a few
have very many."""

TITLES = (
    "What is the {} of {}?",
    "What are the {} of {} and {}?",
    "How do I {} the {} in a {}?",
    "What is the difference between {} and {}?",
    "Is {} {} or is it {}?",
    "How many {} are there in {}?",
    "Why does the {} {} after {}?",
    "Can you {} a {} with {} {}?",
    "What is the best {} to {} with {}?",
    "Who should have {} for {} {}?",
    "When is {} {} about {}?",
    "{} and {} in {}",
)
"""What titles are made of: the words between are a question's topics."""


@dataclass(frozen=True, slots=True)
class _Tag:
    tag: Tag
    word: int
    """The place of its first word in the vocabulary: its questions speak of it."""


class Generator:
    """Makes the questions of one seed."""

    def __init__(self, seed: int = SEED) -> None:
        self._seed = seed
        self._vocabulary = Vocabulary.make(seed)
        self._tags = list(self._make_tags(np.random.default_rng((seed, TAGS))))
        weights = np.arange(1, len(self._tags) + 1) ** -TAG_EXPONENT
        self._tag_reach = np.cumsum(weights / weights.sum())

    def questions(self, size: int) -> Iterator[Question]:
        """Yield the first `size` questions."""
        return islice((question for number in count() for question in self._block(number)), size)

    def _make_tags(self, random: np.random.Generator) -> Iterator[_Tag]:
        """Yield tags of one to three words, no name twice."""
        seen: set[str] = set()
        while len(seen) < TAGS:
            drawn = self._vocabulary.draw(3, random, telling=True) // len(FORMS) * len(FORMS)
            words = drawn[: random.integers(1, 4)]
            name = "-".join(self._spell(words))
            if name not in seen:
                seen.add(name)
                yield _Tag(Tag(name), int(words[0]))

    def _spell(self, words: Numbers) -> list[str]:
        spelled: list[str] = self._vocabulary.spelled[words].tolist()
        return spelled

    def _block(self, number: int) -> Iterator[Question]:
        random = np.random.default_rng((self._seed, number))
        tags = self._draw_tags(random)
        topics = self._vocabulary.draw(BLOCK * TOPICS, random, telling=True).reshape(BLOCK, TOPICS)
        topics[:, 0] = [some[0].word for some in tags]
        answers = 1 + (random.random(BLOCK) < SECOND_ANSWER)
        texts = iter(self._texts(topics, answers, random))
        titles = random.integers(0, len(TITLES), BLOCK).tolist()
        numbers = zip(_created(random), _large(SCORE, random), _large(VIEWS, random), strict=True)
        for n, (created, score, views) in enumerate(numbers):
            yield Question(
                id=f"{SITE}:{number * BLOCK + n}",
                title=_title(TITLES[titles[n]], self._spell(topics[n])),
                body=Body(next(texts)),
                tags=tuple(dict.fromkeys(tag.tag for tag in tags[n])),
                answers=tuple(Answer(str(a), Body(next(texts))) for a in range(answers[n])),
                created=created,
                score=score - 2,
                views=views,
                site=SITE,
            )

    def _draw_tags(self, random: np.random.Generator) -> list[list[_Tag]]:
        counts = np.searchsorted(np.cumsum(TAG_COUNTS), random.random(BLOCK), side="right") + 1
        ranks = np.searchsorted(self._tag_reach, random.random((BLOCK, len(TAG_COUNTS)))).tolist()
        return [
            [self._tags[min(rank, TAGS - 1)] for rank in some[:wanted]]
            for some, wanted in zip(ranks, counts.tolist(), strict=True)
        ]

    def _texts(self, topics: Numbers, answers: Numbers, random: np.random.Generator) -> Iterator[str]:
        """Yield each question's body and answers, one question after the other."""
        owners = np.repeat(np.arange(BLOCK), answers + 1)
        is_body = np.diff(owners, prepend=-1) > 0
        sentences = np.where(
            is_body,
            random.integers(BODY_SENTENCES[0], BODY_SENTENCES[1] + 1, len(owners)),
            1 + random.poisson(ANSWER_SENTENCES - 1, len(owners)),
        )
        lengths = random.lognormal(*SENTENCE, int(sentences.sum())).astype(np.int64).clip(*SENTENCE_WORDS)
        drawn = self._vocabulary.draw(int(lengths.sum()), random)
        speaks_of = np.repeat(np.repeat(owners, sentences), lengths)
        on_topic = np.flatnonzero(random.random(len(drawn)) < TOPIC_SHARE)
        drawn[on_topic] = topics[speaks_of[on_topic], random.integers(0, TOPICS, len(on_topic))]
        return _joined(self._spell(drawn), lengths.tolist(), sentences.tolist())


def _joined(words: Sequence[str], lengths: Sequence[int], sentences: Sequence[int]) -> Iterator[str]:
    """Yield texts of so many sentences of so many words."""
    at, remaining = 0, iter(lengths)
    for wanted in sentences:
        text = []
        for length in islice(remaining, wanted):
            text.append(" ".join(words[at : at + length]).capitalize())
            at += length
        yield ". ".join(text) + "."


def _title(template: str, topics: list[str]) -> str:
    title = template.format(*topics)
    return title[0].upper() + title[1:]


def _created(random: np.random.Generator) -> Iterator[datetime]:
    seconds = random.integers(int(FIRST.timestamp()), int(LAST.timestamp()), BLOCK).tolist()
    return (datetime.fromtimestamp(second, UTC) for second in seconds)


def _large(logarithm: tuple[float, float], random: np.random.Generator) -> list[int]:
    drawn: list[int] = random.lognormal(*logarithm, BLOCK).astype(np.int64).tolist()
    return drawn
