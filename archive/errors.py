"""Everything archive/ raises on purpose: one root, each error carrying the thing it is about."""

from __future__ import annotations

from pathlib import Path


class ArchiveError(Exception):
    """Root of the errors of archive/; `str()` is one line that names the thing and the way out."""


class ArchiveMissing(ArchiveError):
    """There is no archive at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"no archive at {path}: `askive ingest PATH` makes one, --archive DIR names another")


class ArchiveDamaged(ArchiveError):
    """The archive at `path` cannot be trusted or used: `problem` says why, `remedy` what to do."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        self.path, self.problem, self.remedy = path, problem, remedy
        super().__init__(f"{path}: {problem}; {remedy}")


class ArchiveUnwritable(ArchiveError):
    """A write into the archive failed (read-only, disk full, quota): nothing acknowledged is lost."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"cannot write to the archive at {path}: {problem}; what was stored before is safe")


class ArchiveLocked(ArchiveError):
    """Another process kept writing to `path` for longer than `waited` seconds."""

    def __init__(self, path: Path, waited: float) -> None:
        self.path, self.waited = path, waited
        super().__init__(f"{path} is locked by another writer (waited {waited:g} s): try again")


class NoSuchQuestion(ArchiveError):
    """No question's id is or begins with `wanted`."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        super().__init__(f"no question with id {wanted!r}: `askive search --format ids` lists ids")


class AmbiguousId(ArchiveError):
    """Several questions' ids begin with `wanted`; `matches` holds a few of them."""

    def __init__(self, wanted: str, matches: tuple[str, ...]) -> None:
        self.wanted, self.matches = wanted, matches
        super().__init__(f"{wanted!r} begins several ids ({', '.join(matches)}): give more of it")


class NoSuchTag(ArchiveError):
    """No question carries the tag `wanted`; `nearest` is the closest known name, if any is close."""

    def __init__(self, wanted: str, nearest: str | None = None) -> None:
        self.wanted, self.nearest = wanted, nearest
        hint = f"did you mean {nearest!r}?" if nearest else "`askive tags` lists them"
        super().__init__(f"no tag {wanted!r}: {hint}")


class NoSuchSource(ArchiveError):
    """There is nothing at `path` to read pages from."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"no file or folder {str(path)!r}: give a path that exists, or - for standard input")


class ReaderUnusable(ArchiveError):
    """A reader that another package names as `name` cannot be used; `value` is what it named."""

    def __init__(self, name: str, value: str, problem: str) -> None:
        self.name, self.value, self.problem = name, value, problem
        problem = " ".join(problem.split())
        super().__init__(f"the installed reader {name!r} ({value}): {problem}; mend or uninstall its package")


class PageRejected(ArchiveError):
    """A reader cannot make records of a page; `reason` is one line for `askive check --rejected`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def reason_of(error: BaseException) -> str:
    """Return on one line what an error of a library says; its name where it says nothing.

    >>> reason_of(EOFError()), reason_of(ValueError("not\n good"))
    ('EOFError', 'not good')
    """
    return " ".join(str(error).split()) or type(error).__name__
