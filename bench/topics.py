"""A generated collection, judged by how it was made: for a machine where no real one is at hand.

Every question asks for one aspect of one subject, as questions on health ask for the treatment of a disease.
Subjects and aspects have two names each, in several forms; texts name one or both of them among words that
say nothing, and other subjects in passing. Right is what asks the same; the same subject is worth a little.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from .judged import Asks
from .words import CODAS, FORMS, FUNCTION, ONSETS, VOWELS

# Python's own random numbers: floors are pinned with the hashes of what comes out, and NumPy's may change.
SEED = 20261123

# As MedQuAD's texts name what its titles are about, where nothing else is said. Not chosen by who ranks well.
SUBJECTS, ASPECTS = 60, 6
"""MedQuAD's commonest aspects, symptoms and treatments, stand in 17 % and 15 % of its titles."""

ASPECTS_ASKED, ALIKE = 3, 2
"""Aspects of a subject that are asked for, and questions of each: MedQuAD has 6 titles of a subject."""

BACKGROUND = 600
"""Words that say nothing, beside the function words."""

SAME, SAME_SUBJECT = 4, 2
"""Grades of questions that ask the same, and that ask for something else of the same subject."""

TITLES = (
    "What is the {aspect} of {subject}?",
    "How do you {aspect} {subject}?",
    "{subject}: {aspect} and what to do about it",
    "Is there any {aspect} for my {subject}?",
    "{other} with {subject}, what is its {aspect}?",
)
ASKED = {
    "short": ("{aspect} {subject}", "{subject} {aspect}"),
    "question": (
        "what can one do about the {aspect} of {subject} at home",
        "how would you say that {subject} has a {aspect} when it is {other}",
        "my {other} is fine but why is there {aspect} in {subject}",
    ),
}
"""The forms of queries."""

LENGTH = (4.93, 0.85)
"""Mean and deviation of the logarithm of an answer's words: the median is 139, as MedQuAD's."""

BODY = (10, 40)
"""The least and the most words of a question's body, which MedQuAD has none of."""

ON_TOPIC = 0.04
"""The share of a text's words that name its subject, and as many its aspect."""

NEIGHBOURS, IN_PASSING = (1, 2), 0.02
"""Other subjects that a question names in passing, and the share of its words that do. So not quite half
of the questions that name a subject have it in their title; of MedQuAD's it is 4 of 10."""

COMMON = 0.025
"""The share of words that name any aspect: 4 of 10 texts have a given word for one; of MedQuAD's 2 to 5."""

FUNCTION_SHARE = 0.5


Names = tuple[str, str]
"""Two words for one thing."""


@dataclass(frozen=True, slots=True)
class Topic:
    """An aspect of a subject, by their numbers."""

    subject: int
    aspect: int


class Topics:
    """Makes the collection of one seed."""

    def __init__(self, seed: int = SEED) -> None:
        self._luck = Random(seed)
        words = self._luck.sample(
            ["".join(parts) for parts in product(ONSETS, VOWELS, ONSETS, VOWELS, CODAS)],
            2 * (SUBJECTS + ASPECTS) + BACKGROUND,
        )
        names = [(words.pop(), words.pop()) for _ in range(SUBJECTS + ASPECTS)]
        self.subjects, self.aspects = names[:SUBJECTS], names[SUBJECTS:]
        self._background = words
        self._topics = [
            Topic(subject, aspect)
            for subject in range(SUBJECTS)
            for aspect in sorted(self._luck.sample(range(ASPECTS), ASPECTS_ASKED))
        ]

    def write(self, folder: Path, asks: Asks) -> None:
        """Write a folder as `judged.collection` reads it."""
        folder.mkdir(parents=True)
        items = [self._item(f"made:{n}", topic) for n, topic in enumerate(self._topics * ALIKE)]
        queries = [(f"q{n}-{form}", form, topic) for form in ASKED for n, topic in enumerate(self._topics)]
        about = "generated: bench/topics.py"
        meta = {"kind": asks, "corpus": "corpus.ndjson", "about": about}
        (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
        _write_lines(folder / "corpus.ndjson", map(json.dumps, items))
        asked = ({"id": id, "form": form, "text": self._asked(form, topic)} for id, form, topic in queries)
        _write_lines(folder / "queries.jsonl", map(json.dumps, asked))
        _write_lines(
            folder / "qrels.tsv", (row for id, _, topic in queries for row in self._judged(id, topic))
        )

    def _item(self, id: str, topic: Topic) -> dict[str, Any]:
        neighbours = self._luck.sample(self.subjects, self._luck.randint(*NEIGHBOURS))
        title = self._filled(self._luck.choice(TITLES), topic)
        body = self._text(self._luck.randint(*BODY), topic, neighbours)
        answer = self._text(round(self._luck.lognormvariate(*LENGTH)), topic, neighbours)
        answers = [{"answer_id": f"{id}:a", "body_text": answer}]
        return {"question_id": id, "title": title, "body_text": body, "tags": [], "answers": answers}

    def _asked(self, form: str, topic: Topic) -> str:
        return self._filled(self._luck.choice(ASKED[form]), topic)

    def _judged(self, query: str, topic: Topic) -> Iterator[str]:
        for n, other in enumerate(self._topics * ALIKE):
            if other.subject == topic.subject:
                yield f"{query}\tmade:{n}\t{SAME if other == topic else SAME_SUBJECT}"

    def _filled(self, template: str, topic: Topic) -> str:
        return template.format(
            subject=self._named(self.subjects[topic.subject]),
            aspect=self._named(self.aspects[topic.aspect]),
            other=self._luck.choice(self._background),
        ).capitalize()

    def _named(self, names: Names) -> str:
        return self._luck.choice(names) + self._luck.choice(FORMS)

    def _text(self, length: int, topic: Topic, neighbours: Sequence[Names]) -> str:
        return " ".join(self._word(topic, neighbours) for _ in range(length)) + "."

    def _word(self, topic: Topic, neighbours: Sequence[Names]) -> str:
        kinds = (
            (ON_TOPIC, [self.subjects[topic.subject]]),
            (ON_TOPIC, [self.aspects[topic.aspect]]),
            (IN_PASSING, neighbours),
            (COMMON, self.aspects),
        )
        drawn = self._luck.random()
        for share, named in kinds:
            if drawn < share:
                return self._named(self._luck.choice(named))
            drawn -= share
        return self._luck.choice(FUNCTION if drawn < FUNCTION_SHARE else self._background)


def _write_lines(file: Path, lines: Iterator[str]) -> None:
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
