"""The command line: composes archive/ and index/, turns every error into a message and an exit code.

Each verb is one short function; its docstring is its help text. What a verb prints comes from render.py.
What only some verbs need is imported inside the function that needs it, so that `askive --help` loads
neither Whoosh nor SQLite, and `askive search` none of the page readers; tests/test_cli_start.py holds that.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from itertools import groupby, takewhile
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TextIO, TypeVar, cast

import click
import platformdirs
from click.shell_completion import CompletionItem, get_completion_class, shell_complete

from . import __version__, render
from .archive import errors as a
from .archive.items import one_line as json_line
from .archive.records import Link, Question, Tag, tag_name
from .index import errors as i
from .index import grammar
from .render import Page, Shown
from .terminal import Harmless, Look, Progress, columns, display, one_line, pager_command, wants_color

if TYPE_CHECKING:  # what these load is imported where it is used
    from .archive.ingest import IngestReport
    from .archive.page import Rejected
    from .archive.store import Store
    from .index.build import BuildReport
    from .index.compile import Match
    from .index.search import Sort
    from .library import Library, Wish

PROGRAM = "askive"
COMPLETE_VARIABLE = "_ASKIVE_COMPLETE"
GLOBAL_OPTIONS = ("--archive", "--color", "--no-pager", "--version")
SHORT: Mapping[str, str] = {"-o": "--output"}
"""What stands for an option of a `QueryVerb` when it is a word of its own."""
NO_HITS = "no question matches"
TAG_NEIGHBOURS = 15
TAG_QUESTIONS = 10
"""How much `askive tag` shows of a tag: what fits a screen."""

WAIT = 60.0
"""Seconds a write waits for another writer before it gives up: longer than one batch of an ingest takes."""

QUERY_EXCERPT = 30
"""Characters of a wrong query shown on either side of the place: with the message, a line of a terminal."""

NAMED_PARTS = 5
"""Parts of one page that an ingest names: what is wrong with one is mostly wrong with the others."""

RECORD_FORMATS = ("text", "json", "ndjson", "csv", "ids")
TABLE_FORMATS = ("text", "json")
EXPORT_FORMATS = ("ndjson", "json", "csv", "md", "qapage")
SHELLS = ("bash", "zsh", "fish")
SHELL_SAFE = re.compile(r"[\w+.@%:,/][\w+.@%:,/#-]*")
"""Names that bash, zsh and fish take as they are; what is completed lands on the command line unquoted."""

# As index.search has them, which is not loaded for --help; tests/test_cli.py compares the two.
SORTS = ("relevance", "newest", "oldest", "active", "score", "views", "answers")
MATCHES = ("any", "most", "all")


class ExitCode(IntEnum):
    """Every exit code of the program, with what it means; docs/command-line.md repeats the table."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> ExitCode:
        """Make a member that is its number and carries its meaning."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    DONE = 0, "done; where something was asked for, it was found"
    NOTHING = 1, "nothing matches: no hits, or no question or tag of that name"
    USAGE = 2, "wrong usage, a wrong query, or output that cannot be written"
    ARCHIVE = 3, "the archive is missing, damaged, or cannot be written"
    REJECTED = 4, "a page was rejected; the rest is in"
    DEFECT = 70, "a defect of askive itself; ASKIVE_DEBUG=1 shows where"
    LOCKED = 75, "another writer held the archive for too long: try again"
    INTERRUPTED = 130, "interrupted from the keyboard"


# The first row an error is an instance of decides.
FAILURES: tuple[tuple[tuple[type[BaseException], ...], ExitCode], ...] = (
    ((a.ArchiveLocked, i.IndexLocked), ExitCode.LOCKED),
    ((a.NoSuchQuestion, a.NoSuchTag), ExitCode.NOTHING),
    ((a.AmbiguousId, a.NoSuchSource, grammar.QueryError, click.ClickException, OSError), ExitCode.USAGE),
    ((a.ArchiveError, i.IndexProblem), ExitCode.ARCHIVE),
    ((KeyboardInterrupt, click.Abort), ExitCode.INTERRUPTED),
    ((Exception,), ExitCode.DEFECT),
)


# -- what every verb works with


@dataclass(frozen=True, slots=True)
class App:
    """The global options, and what a verb reads and writes with."""

    archive: Path
    color: str = "auto"
    paging: bool = True

    def look(self) -> Look:
        """Return how standard output is laid out."""
        return Look(columns(sys.stdout, os.environ), wants_color(self.color, sys.stdout, os.environ))

    def show(self, lines: Iterable[str]) -> None:
        """Print lines of text, through a pager where they are many and standard output is a terminal."""
        paged = self.paging and sys.stdout.isatty()
        display(lines, sys.stdout, pager_command(os.environ) if paged else ())

    def show_data(self, lines: Iterable[str]) -> None:
        """Print lines of data: UTF-8 whatever the locale."""
        data_out()
        self.show(lines)

    @contextlib.contextmanager
    def store(self, *, create: bool = False) -> Iterator[Store]:
        """Open the archive's records."""
        from .archive.store import Store  # noqa: PLC0415 - SQLite

        with Store.open(self.archive, create=create, wait=wait()) as store:
            yield store

    @contextlib.contextmanager
    def library(self) -> Iterator[Library]:
        """Open the records beside an index as new as they are."""
        from .library import open_library  # noqa: PLC0415 - Whoosh

        with self.store() as store, Progress("indexing") as progress:
            where = self.archive / "index"
            with open_library(store, where, wait=wait(), notice=notice, progress=progress) as library:
                progress.clear()
                yield library


def wait() -> float:
    """Return the seconds to wait for another writer."""
    try:
        return float(os.environ.get("ASKIVE_WAIT") or WAIT)
    except ValueError:
        raise click.UsageError("ASKIVE_WAIT is not a number of seconds") from None


def notice(message: str) -> None:
    """Say something beside the data: one harmless line on standard error."""
    click.echo(f"askive: {one_line(message)}", err=True)


def data_out() -> TextIO:
    """Return standard output for data: UTF-8 whatever the locale, and to a terminal nothing but text."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="strict")
    return cast(TextIO, Harmless(sys.stdout)) if sys.stdout.isatty() else sys.stdout


@contextlib.contextmanager
def whole_file(name: str | None) -> Iterator[TextIO]:
    """Open a file that appears when all of it is written; standard output for None and `-`."""
    if name is None or name == "-":
        yield data_out()
        return
    path = Path(name).resolve()
    if path.exists() and not path.is_file():  # a device or a pipe takes what comes
        part = path
    else:
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        if part != path:
            part.replace(path)
    finally:
        if part != path:
            part.unlink(missing_ok=True)


# -- command classes


class Program(click.Group):
    """The group of verbs; an unknown one is answered with the nearest, or with what to do with a file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs as they stand in this file: in the order in which one needs them."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; raises UsageError with a hint where there is none."""
        if args[0] in self.commands or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        raise click.UsageError(f"no command {args[0]!r}: {_instead(args[0], self.commands)}")


def _instead(word: str, verbs: Iterable[str]) -> str:
    if Path(word).exists():
        return f"`askive ingest {word}` reads it into the archive"
    if near := difflib.get_close_matches(word, verbs, n=1):
        return f"did you mean `askive {near[0]}`?"
    return f"`askive search {word}` searches for it, `askive --help` lists the commands"


class QueryVerb(click.Command):
    """A verb whose words may begin with a dash: `-word` and `-[tag]` are query text, `--bogus` a mistake.

    It has no short options that click knows of: click would find their letters in `-word`.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave single dashes to the query; raises NoSuchOption for unknown double ones before a `--`."""
        ctx.ignore_unknown_options = True
        known = {name for param in self.get_params(ctx) for name in (*param.opts, *param.secondary_opts)}
        args = [SHORT[arg] if SHORT.get(arg) in known else arg for arg in args]
        for arg in takewhile(lambda arg: arg != "--", args):
            name = arg.partition("=")[0]
            if name.startswith("--") and name not in known and not ctx.resilient_parsing:
                raise click.NoSuchOption(name, ctx=ctx)
        return super().parse_args(ctx, args)


class TagName(click.types.StringParamType):
    """A tag's name; completed from the archive."""

    name = "tag"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        """Return the tags that begin with what is typed, with their blurbs.

        A name that a shell would act on is left out: what is completed lands on the command line as it is.
        """
        app = ctx.find_root().obj or App(ctx.find_root().params["archive"])
        try:
            with app.store() as store:
                rows = store.tags(f"{tag_name(incomplete)}*")
        except a.ArchiveError:
            return []
        safe = (row.tag for row in rows if SHELL_SAFE.fullmatch(row.tag.name))
        return [CompletionItem(tag.name, help=one_line(tag.blurb or "") or None) for tag in safe]


# -- options that several verbs share

Verb = TypeVar("Verb", bound=Callable[..., Any])


def format_option(formats: Sequence[str]) -> Callable[[Verb], Verb]:
    """Add --format with the given choices, the first of them the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="Output format.",
    )


def page_options(verb: Verb) -> Verb:
    """Add --limit and --offset."""
    count = click.IntRange(min=0)
    limit = click.option(
        "--limit", metavar="N", type=count, default=10, show_default=True, help="Hits to print."
    )
    offset = click.option(
        "--offset", metavar="N", type=count, default=0, help="Hits to skip before the first."
    )
    return limit(offset(verb))


def filter_options(verb: Verb) -> Verb:
    """Add --tag, --not-tag and --match."""
    for option in (
        click.option(
            "--match",
            type=click.Choice(MATCHES),
            help="How many of the words must match: by default "
            "most of them; all in an export, and where --sort is not relevance.",
        ),
        click.option(
            "--not-tag", "not_tags", type=TagName(), multiple=True, help="Without this tag; repeatable."
        ),
        click.option("--tag", "tags", type=TagName(), multiple=True, help="Only with this tag; repeatable."),
    ):
        verb = option(verb)
    return verb


def map_option(verb: Verb) -> Verb:
    """Add --map."""
    return click.option(
        "--map",
        "mapping",
        metavar="ROLE=COLUMN,...",
        default="",
        callback=_checked_map,
        help="The PATHs are tables, and this is what their columns mean: title=Subject,answer=Reply. "
        "Without it, and for other columns, their names tell.",
    )(verb)


def _checked_map(_ctx: click.Context, _parameter: click.Parameter, value: str) -> str:
    from .archive.readers.table_columns import parse_map  # noqa: PLC0415 - the readers

    try:
        parse_map(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return value


def batch_options(verb: Verb) -> Verb:
    """Add --batch and --plain."""
    plain = click.option("--plain", is_flag=True, help="The text is words only, whatever signs it holds.")
    batch = click.option(
        "--batch",
        type=click.File("r", encoding="utf-8", errors="replace"),
        metavar="FILE",
        help="Read one query a line; - is standard input.",
    )
    return plain(batch(verb))


@click.group(cls=Program, context_settings={"help_option_names": ["--help"]})
@click.version_option(__version__, message="askive %(version)s")
@click.option(
    "--archive",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ASKIVE_ARCHIVE",
    show_envvar=True,
    default=lambda: platformdirs.user_data_path("askive", appauthor=False),
    show_default="the user's data directory",
    metavar="DIR",
    help="The archive to work on.",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour text: auto does on a terminal, unless NO_COLOR is set.",
)
@click.option("--no-pager", is_flag=True, help="Print long text as it is, not through $PAGER.")
@click.pass_context
def askive(ctx: click.Context, archive: Path, color: str, no_pager: bool) -> None:
    """Keep questions and answers from raw pages, and find the ones that help.

    \b
    Example:
      askive ingest pages/
      askive search intensive outpatient
      askive search --tag iop --sort newest
    """
    ctx.obj = App(archive, color, paging=not no_pager)


# -- the verbs


@askive.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path())
@click.option("--no-index", is_flag=True, help="Leave the index for later; any search brings it up to date.")
@click.option("--again", is_flag=True, help="Read files that are unchanged since they were last read, too.")
@map_option
@click.pass_obj
def ingest(app: App, paths: tuple[str, ...], no_index: bool, again: bool, mapping: str) -> ExitCode:
    """Read pages into the archive: files, folders, standard input.

    A PATH of - is standard input. Formats are detected; zip, tar, WARC, HAR, MHTML, ZIM and compressed
    files are opened, and what is in them as well. Every page is kept as it came. A page already
    known changes nothing; a newer state of a known question is merged into it. What cannot be read is
    named and kept; the rest goes in.

    \b
    Example:
      askive ingest page.html dumps/
      curl -s https://example.org/questions/1 | askive ingest -
    """
    from .archive.ingest import ingest as take_in  # noqa: PLC0415 - the readers
    from .archive.raw import RawPages  # noqa: PLC0415 - Zstandard
    from .archive.sources import require  # noqa: PLC0415 - Zstandard

    places = _sources(paths)
    require(places)  # before an archive is made for what is not there
    with app.store(create=True) as store:
        with Progress("reading") as progress:
            report = take_in(
                places,
                store,
                RawPages(app.archive / "raw"),
                now=now,
                progress=lambda p: progress(p.bytes_done, p.bytes_total, p.questions),
                stdin=sys.stdin.buffer,
                again=again or bool(mapping),
                columns=mapping,
            )
        _name_rejected(report)
        if not no_index:
            _update_index_if_free(app, store)
    app.show(render.ingested(report))
    return ExitCode.REJECTED if report.rejected_count or report.problem_count else ExitCode.DONE


@askive.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path())
@format_option(RECORD_FORMATS)
@map_option
@click.pass_obj
def read(app: App, paths: tuple[str, ...], form: str, mapping: str) -> ExitCode:
    """Print what pages hold, and store nothing.

    It is what `askive ingest` would take from them, or why it would not.

    \b
    Example:
      askive read page.html
      askive read pages/ --format ndjson
    """
    from .archive.ingest import read_paths  # noqa: PLC0415 - the readers

    rejected: list[str] = []
    found = read_paths(_sources(paths), now=now, stdin=sys.stdin.buffer, columns=mapping)
    emit(app, form, _read(found, rejected), render.wholes)
    return ExitCode.REJECTED if rejected else ExitCode.DONE


@askive.command(cls=QueryVerb)
@click.argument("words", metavar="[QUERY]...", nargs=-1)
@filter_options
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    help="Order of the hits: relevance, or newest where there is no QUERY.",
)
@page_options
@click.option("--facets", is_flag=True, help="Count the hits by tag, site and year.")
@click.option("--explain", is_flag=True, help="Show what each field and term gives to a hit's score.")
@batch_options
@format_option(RECORD_FORMATS)
@click.pass_obj
def search(
    app: App, /, words: tuple[str, ...], batch: TextIO | None, plain: bool, form: str, **options: Any
) -> ExitCode:
    """Find questions, the best answers first.

    The words behind `search` are joined to one query, so a phrase needs quotes of its own: '"exact phrase"'.
    They may begin with a dash. Without any, every question is listed, the newest first.

    \b
    Example:
      askive search intensive outpatient
      askive search '"exact phrase"' -draft '[c++]' created:2012..
      askive search --tag iop --sort score --format json
    """
    if batch and (words or options["facets"]):
        raise click.UsageError("--batch takes the queries from its file, without QUERY and --facets")
    text = " ".join(words)
    if form == "text":
        options["passage"] = render.passage_width(app.look())
    wish = _wish(text or batch, **options)
    parse = grammar.plain if plain else grammar.parse
    if batch:
        return _answer_batch(app, form, batch, lambda library, line: library.search(parse(line), wish))
    node = parse(text)
    with app.library() as library:
        return _answer(app, form, text, library.search(node, wish, suggestions=True))


@askive.command(cls=QueryVerb)
@click.argument("words", metavar="[ID]", nargs=-1)
@click.option("--text", help="Any text instead of an ID: was this asked before?")
@page_options
@batch_options
@format_option(RECORD_FORMATS)
@click.pass_obj
def related(
    app: App,
    /,
    words: tuple[str, ...],
    text: str | None,
    batch: TextIO | None,
    plain: bool,
    form: str,
    **options: Any,
) -> ExitCode:
    """Find questions like one of the archive or like any text.

    Each comes with its reasons: words and tags that both have, links between them. An ID may be cut short
    as long as it is unique. A text is always plain words, with or without --plain.

    \b
    Example:
      askive related stackoverflow.com:11227809
      askive related --text "is intensive outpatient the same as outpatient?"
    """
    if len(words) + (text is not None) + (batch is not None) != 1:
        raise click.UsageError("give one ID, or --text, or --batch")
    wish = _wish(True, **options)
    if batch:
        return _answer_batch(app, form, batch, lambda library, line: library.related_to_text(line, wish))
    with app.library() as library:
        if text is not None:
            return _answer(app, form, text, library.related_to_text(text, wish))
        wanted = library.store.resolve(words[0])
        return _answer(app, form, wanted, library.related(wanted, wish))


@askive.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@format_option(RECORD_FORMATS)
@click.pass_obj
def show(app: App, ids: tuple[str, ...], form: str) -> ExitCode:
    """Print whole questions, their tags' blurbs and their links.

    An ID may be cut short as long as it is unique.

    \b
    Example:
      askive show stackoverflow.com:11227809
      askive show text:1a2b --format json
    """
    with app.store() as store:
        full = [store.resolve(wanted) for wanted in ids]
        found = (Shown(question) for question in store.get_many(full).values())
        emit(app, form, found, lambda shown, look: render.wholes(shown, look, lambda q: _links(store, q)))
    return ExitCode.DONE


@askive.command()
@click.argument("pattern", metavar="[GLOB]", required=False, type=TagName())
@format_option(TABLE_FORMATS)
@click.pass_obj
def tags(app: App, pattern: str | None, form: str) -> ExitCode:
    """List tags with their counts and blurbs, the commonest first.

    \b
    Example:
      askive tags
      askive tags 'drug*'
    """
    with app.store() as store:
        rows = store.tags(pattern)
    if form == "json":
        app.show_data(render.json_lines(render.tags_listed(pattern, rows)))
    else:
        app.show(render.tags(rows, app.look()))
    return found_or_not(rows, f"no tag is like {pattern!r}" if pattern else "no question has a tag")


@askive.command()
@click.argument("name", metavar="NAME", type=TagName())
@format_option(TABLE_FORMATS)
@click.pass_obj
def tag(app: App, name: str, form: str) -> ExitCode:
    """Show one tag: blurb, other names, neighbours, best questions.

    \b
    Example:
      askive tag iop
    """
    with app.store() as store:
        page = _tag_page(store, store.tag(name))
    if form == "json":
        app.show_data(render.json_lines(render.tag_details(page)))
    else:
        app.show(render.tag(page, app.look()))
    return ExitCode.DONE


@askive.command(cls=QueryVerb)
@click.argument("words", metavar="[QUERY]...", nargs=-1)
@filter_options
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(),
    help="Write to FILE, which appears whole or not at all; also -o.",
)
@format_option(EXPORT_FORMATS)
@click.pass_obj
def export(app: App, /, words: tuple[str, ...], output: str | None, form: str, **options: Any) -> ExitCode:
    """Write the questions that match, or all, for other programs.

    `askive ingest` of an NDJSON export restores identical records. All words of a QUERY must match.

    \b
    Example:
      askive export -o everything.ndjson
      askive export --tag iop --format csv
    """
    from .archive import export as to  # noqa: PLC0415 - csv and the like

    text = " ".join(words)
    node = grammar.parse(text)
    with app.library() as library, whole_file(output) as file:
        ids = sorted(library.ids(node, _wish(False, **options)))
        questions = library.store.questions(ids)
        match form:
            case "json":
                to.write_json(questions, file, total=len(ids), query=text or None)
            case "csv":
                to.write_csv(questions, file)
            case "md":
                to.write_markdown(questions, file)
            case "qapage":
                to.write_qapage(questions, file)
            case _:
                to.write_ndjson(questions, file)
    return found_or_not(ids, NO_HITS)


@askive.command()
@click.option("--full", is_flag=True, help="Rebuild it from nothing.")
@click.pass_obj
def reindex(app: App, full: bool) -> ExitCode:
    """Bring the index up to date with the archive.

    \b
    Example:
      askive reindex
      askive reindex --full
    """
    with app.store() as store:
        report = _update_index(app, store, full=full)
    app.show(render.indexed(report))
    return ExitCode.DONE


@askive.command()
@format_option(TABLE_FORMATS)
@click.pass_obj
def stats(app: App, form: str) -> ExitCode:
    """Print what the archive holds: counts, sizes, dates.

    \b
    Example:
      askive stats
    """
    with app.store() as store:
        numbers = store.stats()
    if form == "json":
        app.show_data([json_line(render.stats_item(numbers))])
    else:
        app.show(render.stats(numbers, app.look()))
    return ExitCode.DONE


@askive.command()
@click.option("--rejected", is_flag=True, help="Only list the pages that could not be read, and why.")
@format_option(TABLE_FORMATS)
@click.pass_obj
def check(app: App, rejected: bool, form: str) -> ExitCode:
    """Verify raw pages, records and index against one another.

    \b
    Example:
      askive check
      askive check --rejected
    """
    with app.store() as store:
        pages = store.rejected()
        problems = [] if rejected else list(_problems(app, store))
    if form == "json":
        app.show_data([json_line(render.check_item(problems, pages))])
    else:
        app.show(render.rejections(pages, app.look()) if rejected else render.checked(problems, pages))
    return ExitCode.ARCHIVE if problems else ExitCode.DONE


@askive.command()
@click.argument("shell", metavar="|".join(SHELLS), type=click.Choice(SHELLS))
def completion(shell: str) -> ExitCode:
    """Print a shell's completion script; it completes tags too.

    \b
    Example:
      askive completion bash > ~/.local/share/bash-completion/completions/askive
      askive completion zsh > ~/.zfunc/_askive
      askive completion fish > ~/.config/fish/completions/askive.fish
    """
    script = get_completion_class(shell)
    assert script is not None  # click knows all of SHELLS
    sys.stdout.write(script(askive, {}, PROGRAM, COMPLETE_VARIABLE).source())
    return ExitCode.DONE


# -- from what was found to what is printed


def emit(
    app: App,
    form: str,
    found: Iterable[Shown],
    text: Callable[[Iterable[Shown], Look], Iterable[str]],
    envelope: Callable[[], dict[str, Any]] | None = None,
) -> bool:
    """Print what was found in a format of `RECORD_FORMATS`; return whether it was anything."""
    seen = Counted(found)
    if form == "text":
        app.show(text(seen, app.look()))
    elif form == "csv":
        from .archive.export import write_csv  # noqa: PLC0415 - csv

        write_csv((shown.question for shown in seen), data_out())
    elif form == "json":
        app.show_data(render.json_lines(envelope() if envelope else render.listed(seen)))
    elif form == "ndjson":
        app.show_data(json_line(render.item(shown)) for shown in seen)
    else:
        app.show_data(one_line(shown.question.id) for shown in seen)
    return seen.count > 0


class Counted:
    """Passes on what it is given, and counts it."""

    def __init__(self, things: Iterable[Shown]) -> None:
        self.things, self.count = things, 0

    def __iter__(self) -> Iterator[Shown]:
        for thing in self.things:
            self.count += 1
            yield thing


def _answer(app: App, form: str, query: str, page: Page) -> ExitCode:
    """Print one page of hits, or say on standard error that there are none."""
    for suggestion in page.instead:
        holding = "hardly anything" if suggestion.known else "nothing"
        notice(f"{holding} holds {suggestion.word!r}: did you mean {suggestion.instead!r}?")
    emit(
        app,
        form,
        page.shown,
        lambda _, look: render.hits(page, look),
        lambda: render.page_envelope(query, page),
    )
    if page.shown or page.has_more:
        return ExitCode.DONE
    if form == "text":
        notice(f"--offset {page.offset} is behind the last of {page.total}" if page.total else NO_HITS)
    return ExitCode.NOTHING


Ask = Callable[["Library", str], Page]


def _answer_batch(app: App, form: str, lines: Iterable[str], ask: Ask) -> ExitCode:
    """Print the hits of every line's query; a wrong query is named, and the next goes on."""
    wrong: list[int] = []
    with app.library() as library:
        found = emit(app, form, _batch(library, lines, ask, wrong), render.batch)
    if form == "text" and not found:
        notice(NO_HITS)
    return ExitCode.USAGE if wrong else ExitCode.DONE if found else ExitCode.NOTHING


def _batch(library: Library, lines: Iterable[str], ask: Ask, wrong: list[int]) -> Iterator[Shown]:
    """Yield the hits of the lines, each with the number of its line; note the lines that are `wrong`."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            page = ask(library, line.rstrip("\n"))
        except grammar.QueryError as error:
            notice(f"line {number}: {message(error)}")
            wrong.append(number)
        else:
            yield from (replace(shown, batch=number) for shown in page.shown)


def _wish(ranked: object, *, sort: Sort | None = None, match: Match | None = None, **options: Any) -> Wish:
    """Return the options of a search, what is left open filled in; `ranked`: there are words to rank by."""
    from .library import Wish  # noqa: PLC0415 - Whoosh

    sort = sort or ("relevance" if ranked else "newest")
    match = match or ("most" if sort == "relevance" else "all")
    return Wish(now=now().replace(microsecond=0), sort=sort, match=match, **options)


def now() -> datetime:
    """Return the time in UTC; to the microsecond, so that pages of two runs keep their order."""
    return datetime.now(UTC)


def found_or_not(found: Sized, otherwise: str) -> ExitCode:
    """Return the exit code for what was found; where that is nothing, say so."""
    if found:
        return ExitCode.DONE
    notice(otherwise)
    return ExitCode.NOTHING


def _sources(paths: Sequence[str]) -> list[Path | Literal["-"]]:
    if "" in paths:
        raise click.UsageError("a PATH is empty: name a file or a folder, . for this one")
    return ["-" if path == "-" else Path(path) for path in paths]


def _read(found: Iterable[Question | Tag | Rejected], rejected: list[str]) -> Iterator[Shown]:
    """Yield the questions; name what was rejected, and note where it came from; tags alone are counted."""
    questions = tags = 0
    for one in found:
        if isinstance(one, Question):
            questions += 1
            yield Shown(one)
        elif isinstance(one, Tag):
            tags += 1
        else:
            notice(f"rejected {one.source}: {one.reason}")
            rejected.append(one.source)
    if tags and not questions:
        notice(f"no question, but what is said of {tags:,} tags: `askive ingest` keeps it")


def _name_rejected(report: IngestReport) -> None:
    """Say which pages, and which parts of pages, could not be read and why."""
    for rejected in report.rejected:
        notice(f"rejected {rejected.source}: {rejected.reason}")
    if unnamed := report.rejected_count - len(report.rejected):
        notice(f"rejected as well: {unnamed:,} pages; `askive check --rejected` names those that are kept")
    for source, problems in groupby(report.problems, key=attrgetter("source")):
        reasons = [problem.reason for problem in problems]
        for reason in reasons[:NAMED_PARTS]:
            notice(f"rejected in {source}: {reason}")
        if len(reasons) > NAMED_PARTS:
            notice(f"rejected in {source}: {len(reasons) - NAMED_PARTS:,} parts more")
    if hidden := report.problem_count - len(report.problems):
        notice(f"rejected in these pages: {hidden:,} parts more")


def _links(store: Store, question: Question) -> render.Links:
    """Return the links from and to a question, with the titles of those questions that are in the archive."""
    back = tuple(Link(source, kind) for source, kind in store.links_to(question.id))
    known = store.get_many(link.target for link in (*question.links, *back))
    return render.Links(back, {id: other.title for id, other in known.items()})


def _tag_page(store: Store, tag: Tag) -> render.TagPage:
    """Return what is shown of one tag."""
    count = next(row.count for row in store.tags(tag.name) if row.tag.name == tag.name)
    best = store.get_many(store.questions_with_tag(tag.name, TAG_QUESTIONS))
    return render.TagPage(tag, count, store.tag_neighbours(tag.name, TAG_NEIGHBOURS), tuple(best.values()))


def _problems(app: App, store: Store) -> Iterator[str]:
    """Yield what is wrong with raw pages, records and index, and between them."""
    from .archive.raw import RawPages  # noqa: PLC0415 - Zstandard
    from .library import index_problems  # noqa: PLC0415 - Whoosh

    raw = RawPages(app.archive / "raw")
    yield from raw.check()
    yield from store.check(raw.shas())
    if unread := len(store.unread(raw.shas())):
        notice(f"raw pages not read yet: {unread:,}; `askive ingest {raw.directory}` reads them")
    yield from index_problems(store, app.archive / "index")


def _update_index_if_free(app: App, store: Store) -> None:
    """Bring the index up to date, unless another writer keeps it: every search catches up anyway."""
    try:
        _update_index(app, store)
    except i.IndexLocked as error:
        notice(f"what was ingested is safe, and will be indexed by the next search: {error}")


def _update_index(app: App, store: Store, *, full: bool = False) -> BuildReport:
    """Bring the index up to date with the store."""
    from .index import build  # noqa: PLC0415 - Whoosh

    with Progress("indexing") as progress:
        return build.update(
            app.archive / "index", store.archive_id, store.changes, full=full, wait=wait(), progress=progress
        )


# -- the way out


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the program and exit: the one place where an error becomes a message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a locale that lacks a sign is no reason to stop
    code = _run(sys.argv[1:] if args is None else args)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = _output_failed(error, code)
    sys.exit(code)


def _run(args: Sequence[str]) -> int:
    """Return the exit code of a run. Not click's own `main`: that takes a closed pipe for a failure."""
    try:
        if instruction := os.environ.get(COMPLETE_VARIABLE):
            return shell_complete(askive, {}, PROGRAM, COMPLETE_VARIABLE, instruction)
        with askive.make_context(PROGRAM, list(args)) as ctx:
            return int(askive.invoke(ctx))
    except click.exceptions.Exit as done:  # --help and --version
        return done.exit_code
    except BrokenPipeError:
        return ExitCode.DONE  # whoever read our output has seen enough
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return ExitCode.USAGE
    except (Exception, KeyboardInterrupt) as error:  # the outermost: nothing may fall through as a traceback
        code = exit_code(error)
        if code is ExitCode.DEFECT and os.environ.get("ASKIVE_DEBUG"):
            raise
        notice(message(error))
        return code


def _output_failed(error: OSError, code: int) -> int:
    """Give up standard output, so that Python does not try it again at its end; return the exit code."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return code
    notice(message(error))
    return ExitCode.USAGE


def _of_query(error: grammar.QueryError) -> str:
    """Return what is wrong with a query, the place shown in as much of its text as helps to find it."""
    start = max(0, error.position - QUERY_EXCERPT)
    end = error.position + QUERY_EXCERPT
    excerpt = f"{'…' * (start > 0)}{error.text[start:end]}{'…' * (end < len(error.text))}"
    hint = f": {error.hint}" if error.hint else ""
    return f"{error.problem} at character {error.position + 1} of {excerpt!r}{hint}"


def _instead_of_option(name: str, ctx: click.Context) -> str:
    if name in GLOBAL_OPTIONS:
        return f"it stands before the command, `askive {name} … {ctx.info_name}`"
    known = [option for param in ctx.command.get_params(ctx) for option in param.opts if option[0] == "-"]
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"`{ctx.command_path} --help` lists them"


def exit_code(error: BaseException) -> ExitCode:
    """Return the exit code for an error."""
    return next(code for kinds, code in FAILURES if isinstance(error, kinds))


def message(error: BaseException) -> str:
    """Return what is said of an error: one line that names the thing and the way out."""
    match error:
        case click.NoSuchOption(option_name=name, ctx=click.Context() as ctx):
            return f"no option {name}: {_instead_of_option(name, ctx)}"
        case click.UsageError():
            more = f" (`{error.ctx.command_path} --help` says more)" if error.ctx else ""
            text = error.format_message()
            return text[:1].lower() + text[1:].rstrip(".") + more
        case click.ClickException():
            return error.format_message()
        case grammar.QueryError():
            return _of_query(error)
        case OSError(filename=None):
            return f"cannot read or write: {error.strerror or error}"
        case OSError():
            return f"{error.filename}: {error.strerror}"
        case KeyboardInterrupt() | click.Abort():
            return "interrupted"
        case _ if exit_code(error) is ExitCode.DEFECT:
            return f"a defect of askive: {type(error).__name__}: {error}; ASKIVE_DEBUG=1 shows where"
        case _:
            return str(error)
