"""The archives that are measured: generated ones of any size, and MedQuAD where it is at hand.

Each is made once under the work directory and used again; `facts.json` beside it says what is in it, and is
written last.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..archive.records import Question
from ..archive.store import Store
from .corpus import SEED, Generator
from .rows import rows_of, text_size

BATCH = 20_000
"""Questions put in one transaction; an archive of a million is filled in about 80 seconds."""

GENERATOR_VERSION = 1
"""Raised when the generator makes other questions, so that older archives are not used again."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """An archive to measure on, in `home`/archive, with what is in it."""

    name: str
    home: Path
    description: str
    questions: int
    text_bytes: int
    """UTF-8 bytes of the texts that all engines index: titles, questions, answers, tags."""
    dated: bool
    """Whether questions have dates and scores, to be filtered and sorted by."""

    @property
    def archive(self) -> Path:
        """Return the archive's directory."""
        return self.home / "archive"

    def directory(self, engine: str) -> Path:
        """Return where an engine keeps its index."""
        return self.archive / "index" if engine == "askive" else self.home / "engines" / engine


def generated(work: Path, size: int) -> Corpus:
    """Return an archive of so many generated questions."""
    name = f"{size // 1000}k" if size % 1000 == 0 else str(size)
    home = work / f"generated-{GENERATOR_VERSION}-{name}"
    description = f"generated, seed {SEED}: bench/corpus.py"
    return _kept(home, name, description, lambda archive: _fill(archive, Generator().questions(size)))


def medquad(work: Path, export: Path) -> Corpus:
    """Return the archive of MedQuAD, from its export in NDJSON."""
    description = "MedQuAD (Ben Abacha and Demner-Fushman 2019), real questions and answers on health"
    return exported(work, "medquad", export, description)


def exported(work: Path, name: str, export: Path, description: str) -> Corpus:
    """Return the archive of an export in NDJSON."""
    return _kept(work / name, name, description, lambda archive: _ingest(archive, export))


def put(store: Store, questions: Iterable[Question]) -> None:
    """Put questions into a store, in large transactions."""
    for batch in _batches(questions):
        with store.write() as writer:
            for question in batch:
                writer.put(question)


def _kept(home: Path, name: str, description: str, make: Callable[[Path], None]) -> Corpus:
    facts = home / "facts.json"
    if not facts.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        make(home / "archive")
        facts.write_text(json.dumps(_count(home / "archive")), encoding="utf-8")
    known = json.loads(facts.read_text(encoding="utf-8"))
    return Corpus(name=name, home=home, description=description, **known)


def _count(archive: Path) -> dict[str, int | bool]:
    questions = size = dated = 0
    for row in rows_of(archive):
        questions += 1
        size += text_size(row)
        dated += row.created is not None
    return {"questions": questions, "text_bytes": size, "dated": dated > questions / 2}


def _fill(archive: Path, questions: Iterable[Question]) -> None:
    with Store.open(archive, create=True) as store:
        put(store, questions)


def _ingest(archive: Path, export: Path) -> None:
    command = [sys.executable, "-m", "askive", "--archive", str(archive), "ingest", "--no-index", str(export)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _batches(questions: Iterable[Question]) -> Iterator[list[Question]]:
    remaining = iter(questions)
    while batch := list(islice(remaining, BATCH)):
        yield batch
