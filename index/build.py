"""Changes of the archive -> the index: incremental where the index can be trusted, from nothing where not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from whoosh.codec.whoosh3 import W3Segment
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from ..archive.records import Change, ChangeSet
from .commit import TocIndex, TocWriter, WriteLock
from .errors import IndexProblem, IndexUnusable, IndexUnwritable
from .schema import document
from .snapshot import usable_toc
from .toc import Toc

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
    toc, reason = _trusted(directory, archive_id)
    if full and toc:
        toc, reason = None, "asked for"
    change_set = changes(toc.revision if toc else 0)
    if toc and toc.revision > change_set.revision:
        # The archive is older than its index: it was restored from a copy.
        toc, reason, change_set = None, "ahead of the archive", changes(0)
    if toc and not change_set.total:
        return BuildReport(0, 0, toc.revision, None)
    writer = TocWriter(TocIndex(directory, toc), archive_id)
    try:
        indexed, removed = _apply(writer, change_set, fresh=toc is None, progress=progress)
        writer.revision = change_set.revision
        writer.commit(mergetype=_merge_tiers)
    except BaseException:
        # Whatever stops it, an interrupt included, the state before stands and the temporary files go.
        if not writer.is_closed:
            writer.cancel()
        raise
    return BuildReport(indexed, removed, change_set.revision, None if toc else reason)


def _trusted(directory: Path, archive_id: str) -> tuple[Toc | None, str]:
    try:
        return usable_toc(directory, archive_id), ""
    except IndexUnusable as problem:
        return None, problem.reason
    except FileNotFoundError:
        return None, "torn"


def _apply(
    writer: TocWriter, change_set: ChangeSet, *, fresh: bool, progress: Progress | None
) -> tuple[int, int]:
    indexed = removed = 0
    for change in change_set.changes:
        indexed, removed = _apply_one(writer, change, indexed, removed, fresh)
        if progress:
            progress(indexed + removed, change_set.total)
    return indexed, removed


def _apply_one(writer: TocWriter, change: Change, indexed: int, removed: int, fresh: bool) -> tuple[int, int]:
    if not fresh:
        writer.delete_by_term("id", change.id)
    if change.question is None:
        return indexed, removed + (not fresh)
    writer.add_document(**document(change.question))
    return indexed + 1, removed


def _merge_tiers(writer: SegmentWriter, segments: list[W3Segment]) -> list[W3Segment]:
    """Merge so that segments stay few and large ones are seldom rewritten; return those left as they are.

    Segments are classed by powers of `MERGE_FACTOR` of their size; a class that is full is merged into the
    segment being written, and so is a segment with many deleted documents.
    """
    kept: list[W3Segment] = []
    for segment in segments:
        if segment.doc_count() and segment.deleted_count() <= REWRITE_SHARE * segment.doc_count_all():
            kept.append(segment)
        elif segment.doc_count():
            _merge(writer, segment)
    for tier in sorted({_tier(segment) for segment in kept}):
        peers = [segment for segment in kept if _tier(segment) == tier]
        if len(peers) >= MERGE_FACTOR - 1:
            kept = [segment for segment in kept if segment not in peers]
            for segment in peers:
                _merge(writer, segment)
    return kept


def _tier(segment: W3Segment) -> int:
    tier, bound = 0, MERGE_FACTOR
    while segment.doc_count_all() >= bound:
        tier, bound = tier + 1, bound * MERGE_FACTOR
    return tier


def _merge(writer: SegmentWriter, segment: W3Segment) -> None:
    reader = SegmentReader(writer.storage, writer.schema, segment)
    try:
        writer.add_reader(reader)
    finally:
        reader.close()
