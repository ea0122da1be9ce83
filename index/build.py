"""Changes of the archive -> the index: incremental where the index can be trusted, from nothing where not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from ..archive.records import ChangeSet
from .commit import WriteLock, commit, remove_leftovers
from .errors import IndexProblem, IndexUnusable, IndexUnwritable
from .runs import Written, write_runs
from .schema import FORMULA, fingerprint
from .segment.merge import merge
from .segment.segment import Segment
from .snapshot import open_segments, usable_toc
from .toc import SegmentEntry, Toc, latest_generation

REWRITE_SHARE = 0.2
"""A segment with more than this share of deleted documents is rewritten; Lucene allows 0.2 to 0.33."""

MERGE_FACTOR = 8
"""Segments of one size class are merged when there are this many; Lucene's tiers hold 10."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What `update` did: question counts, the revision now held, and why it was `rebuilt`, if it was."""

    indexed: int
    removed: int
    revision: int
    rebuilt: str | None


Progress = Callable[[int, int], None]
"""Called with the number of changes done and their total."""


def update(
    directory: Path,
    archive_id: str,
    changes: Callable[[int], ChangeSet],
    *,
    full: bool = False,
    wait: float = 0.0,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring the index in `directory` up to date with `changes(since revision)`, creating it where needed.

    An index that is missing, torn, foreign or outdated is built anew, as with `full`; readers see the
    state before or the state after, never anything between.
    Raises `IndexLocked` after `wait` seconds, `IndexUnwritable` where the disk refuses.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with WriteLock(directory, wait):
            return _update(directory, archive_id, changes, full, progress)
    except IndexProblem:
        raise
    except OSError as error:
        raise IndexUnwritable(directory, error.strerror or str(error)) from error


def _update(
    directory: Path,
    archive_id: str,
    changes: Callable[[int], ChangeSet],
    full: bool,
    progress: Progress | None,
) -> BuildReport:
    toc, segments, reason = _trusted(directory, archive_id)
    writing = _Writing(directory, archive_id, toc.segments if toc else (), progress)
    if toc and not full:
        change_set = changes(toc.revision)
        if toc.revision == change_set.revision and not change_set.total:
            return BuildReport(0, 0, toc.revision, None)
        if toc.revision <= change_set.revision:
            try:
                return writing.updated(change_set, segments)
            except IndexUnusable as problem:  # met while old segments were read
                reason = problem.reason
        else:
            reason = "ahead of the archive"  # which was restored from a copy
    return writing.rebuilt(changes(0), "asked for" if toc and full else reason)


@dataclass(frozen=True, slots=True)
class _Writing:
    """A new state of the index in `directory`, where the one with the segments `before` stands until then."""

    directory: Path
    archive_id: str
    before: tuple[SegmentEntry, ...]
    progress: Progress | None

    def updated(self, change_set: ChangeSet, segments: Sequence[Segment]) -> BuildReport:
        """Commit the state before, opened as `segments`, with some changes."""
        written = self._commit(change_set, segments)
        removed = written.changed - written.indexed
        return BuildReport(written.indexed, removed, change_set.revision, None)

    def rebuilt(self, change_set: ChangeSet, reason: str) -> BuildReport:
        """Commit a state that is made of changes alone."""
        written = self._commit(change_set, ())
        return BuildReport(written.indexed, 0, change_set.revision, reason)

    def _commit(self, change_set: ChangeSet, segments: Sequence[Segment]) -> Written:
        generation = latest_generation(self.directory)
        runs = self.directory / f"runs-{token_hex(4)}"
        try:
            written = write_runs(runs, change_set, self.progress)
            entries = _entries(self.directory, self.before if segments else (), segments, written)
            new = Toc(self.archive_id, fingerprint(), generation + 1, change_set.revision, entries)
            commit(self.directory, new)
        except BaseException:
            # Whatever stops it, an interrupt included, the state before stands and what was begun goes.
            remove_leftovers(self.directory, generation, (entry.id for entry in self.before))
            raise
        return written


def _trusted(directory: Path, archive_id: str) -> tuple[Toc | None, list[Segment], str]:
    try:
        toc = usable_toc(directory, archive_id)
        return toc, open_segments(directory, toc), ""
    except IndexUnusable as problem:
        return None, [], problem.reason
    except FileNotFoundError:
        return None, [], "torn"


def _entries(
    directory: Path, old: Sequence[SegmentEntry], segments: Sequence[Segment], written: Written
) -> tuple[SegmentEntry, ...]:
    """Write what has changed as a new segment; return the entries of the state that then is.

    Segments of one size class are taken into the new one when there are enough of them, and those with
    many deleted documents.
    """
    now = [Segment(segment.stem, _deleted(segment, written.ids)) for segment in segments]
    runs = [Segment(stem) for stem in written.runs]
    kept, taken = _tiers(now, sum(run.count for run in runs))
    entries = [
        SegmentEntry(entry.id, entry.documents, tuple(segment.deleted.tolist()), entry.marks)
        for entry, segment in zip(old, now, strict=True)
        if segment in kept
    ]
    if sources := [*taken, *runs]:
        id = token_hex(8)
        count = merge(sources, directory / id, FORMULA)
        if count:
            entries.append(SegmentEntry(id, count, (), Segment(directory / id).marks))
    return tuple(entries)


def _deleted(segment: Segment, ids: Sequence[str]) -> list[int]:
    """Return the documents of a segment that are deleted when those of `ids` are."""
    keys = segment.documents.keys("id")
    found = (keys.document(id.encode()) for id in ids)
    return sorted({*segment.deleted.tolist(), *(number for number in found if number is not None)})


def _tiers(segments: Sequence[Segment], new: int) -> tuple[list[Segment], list[Segment]]:
    """Return the segments that stay, and those to be merged with `new` documents, in their order.

    Segments are classed by powers of `MERGE_FACTOR` of their size; a class that is full is merged, and so
    is a segment with many deleted documents.
    """
    live = [segment for segment in segments if len(segment.deleted) < segment.count]
    kept = [segment for segment in live if len(segment.deleted) <= REWRITE_SHARE * segment.count]
    size = new + sum(_live(segment) for segment in live if segment not in kept)
    for tier in range(_tier(max((_live(segment) for segment in kept), default=0)) + 1):
        peers = [segment for segment in kept if _tier(_live(segment)) == tier]
        if len(peers) + (_tier(size) >= tier) >= MERGE_FACTOR:
            kept = [segment for segment in kept if segment not in peers]
            size += sum(map(_live, peers))
    return kept, [segment for segment in live if segment not in kept]


def _live(segment: Segment) -> int:
    return segment.count - len(segment.deleted)


def _tier(documents: int) -> int:
    tier, bound = 0, MERGE_FACTOR
    while documents >= bound:
        tier, bound = tier + 1, bound * MERGE_FACTOR
    return tier
