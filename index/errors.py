"""Everything index/ raises on purpose, besides `grammar.QueryError`."""

from __future__ import annotations

from pathlib import Path


class IndexProblem(Exception):
    """Root of the errors of index/; `str()` is one line that names the thing and the way out."""


class IndexUnusable(IndexProblem):
    """The index at `directory` cannot answer (missing, torn, foreign, outdated): it must be rebuilt."""

    def __init__(self, directory: Path, reason: str) -> None:
        self.directory, self.reason = directory, reason
        super().__init__(f"the index at {directory} is {reason}: `askive reindex --full` rebuilds it")


class IndexLocked(IndexProblem):
    """Another process kept writing the index at `directory` for longer than `waited` seconds."""

    def __init__(self, directory: Path, waited: float) -> None:
        self.directory, self.waited = directory, waited
        super().__init__(
            f"the index at {directory} is locked by another writer (waited {waited:g} s): try again"
        )


class IndexUnwritable(IndexProblem):
    """The index at `directory` could not be written (read-only, disk full): the state before stands."""

    def __init__(self, directory: Path, problem: str) -> None:
        self.directory, self.problem = directory, problem
        super().__init__(f"cannot write the index at {directory}: {problem}; the records are safe")
