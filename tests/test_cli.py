"""The command line in this process: options, formats, exit codes, streams, hostile texts, documentation."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from askive import cli, render
from askive.archive import errors as a
from askive.archive.records import Question
from askive.archive.restore import question_from_json
from askive.cli import ExitCode
from askive.index import errors as i
from askive.index import grammar
from askive.index.compile import Match
from askive.index.search import SORTS
from askive.terminal import Role

from .program import HOSTILE, IOP, QUESTIONS, SOBER, TEA, VECTOR, build, run

ROOT = Path(__file__).parents[1]
COMMAND_LINE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
VERBS = cli.askive.commands
HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What may not reach a terminal, line feeds aside."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = build(tmp_path_factory.mktemp("cli") / "archive")
    assert run("reindex", archive=archive).exit_code == 0
    return archive


# -- the documentation


def params() -> Iterator[tuple[str, str]]:
    """Yield (command, option) of everything that can be given."""
    for name, command in [("", cli.askive), *VERBS.items()]:
        for param in command.params:
            if isinstance(param, click.Option):
                yield from ((name, option) for option in param.opts)


def section(verb: str) -> str:
    """Return what docs/command-line.md says of a command, or of the program."""
    heading = f"## askive {verb}" if verb else "## Global options"
    return COMMAND_LINE.partition(f"{heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("verb", VERBS)
def test_command_is_documented(verb: str) -> None:
    assert f"`askive {verb}" in section(verb)


@pytest.mark.parametrize(("verb", "option"), list(params()))
def test_option_is_documented(verb: str, option: str) -> None:
    assert re.search(rf"`{option}[ `]", section(verb))


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_no_option_is_documented_that_is_not_there(verb: str) -> None:
    rows = "".join(re.findall(r"^\| (`--.*?) \|", section(verb), re.MULTILINE))
    known = {option for name, option in params() if name == verb} | {"--help"}
    assert set(re.findall(r"--[a-z-]+", rows)) <= known


def test_exit_codes_are_documented() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", COMMAND_LINE, re.MULTILINE)
    assert rows == [(str(code.value), code.meaning) for code in ExitCode]


@pytest.mark.parametrize("choices", [cli.RECORD_FORMATS, cli.EXPORT_FORMATS, cli.SORTS, cli.MATCHES])
def test_choices_are_documented(choices: tuple[str, ...]) -> None:
    spelled = "\\|".join(choices)
    assert spelled in COMMAND_LINE


@pytest.mark.parametrize("name", re.findall(r'environ(?:\.get)?[\[(]"(\w+)"', (ROOT / "cli.py").read_text()))
def test_environment_is_documented(name: str) -> None:
    assert f"| `{name}` |" in COMMAND_LINE


@pytest.mark.parametrize("verb", VERBS)
def test_help_opens_with_a_sentence_and_has_an_example(verb: str) -> None:
    text = run(verb, "--help").stdout
    usage, opening, *_ = text.split("\n\n")
    assert usage.startswith(f"Usage: askive {verb} ")
    assert re.fullmatch(r"\s+[A-Z][^.]*\.", opening)
    assert re.search(rf"Example:\n\s+askive {verb}\b", text) or verb == "ingest"
    assert all(len(line) <= 80 for line in text.splitlines())


def test_help_lists_the_commands_whole() -> None:
    listed = run("--help").stdout.partition("Commands:\n")[2]
    assert [line.split()[0] for line in listed.splitlines()] == list(VERBS)
    assert "..." not in listed


def test_choices_are_those_of_the_index() -> None:
    assert cli.SORTS == SORTS
    assert Match.__args__ == cli.MATCHES  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", ["stats", "check"])
def test_json_keys_are_documented(verb: str, archive: Path) -> None:
    printed = json.loads(run(verb, "--format", "json", archive=archive).stdout)
    assert set(printed) <= set(re.findall(r"`(\w+)`", section(verb)))


# -- errors to exit codes


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (a.ArchiveMissing(Path("x")), 3),
        (a.ArchiveDamaged(Path("x"), "p", "r"), 3),
        (a.ArchiveUnwritable(Path("x"), "p"), 3),
        (a.ArchiveLocked(Path("x"), 1), 75),
        (a.NoSuchQuestion("x"), 1),
        (a.AmbiguousId("x", ("xa", "xb")), 2),
        (a.NoSuchTag("x"), 1),
        (a.NoSuchSource(Path("x")), 2),
        (i.IndexUnusable(Path("x"), "torn"), 3),
        (i.IndexLocked(Path("x"), 1), 75),
        (i.IndexUnwritable(Path("x"), "p"), 3),
        (grammar.QueryError("q", 0, "p"), 2),
        (click.UsageError("u"), 2),
        (click.FileError("f"), 2),
        (PermissionError(13, "Permission denied", "f"), 2),
        (click.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("oops"), 70),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_a_code_and_a_line(error: BaseException, code: int) -> None:
    assert cli.exit_code(error) == code
    assert cli.message(error)
    assert "\n" not in cli.message(error)


def test_every_archive_error_is_in_the_table() -> None:
    raised = {
        kind for kind in vars(a).values() if isinstance(kind, type) and issubclass(kind, a.ArchiveError)
    }
    codes = {kind: next(code for kinds, code in cli.FAILURES if issubclass(kind, kinds)) for kind in raised}
    assert ExitCode.DEFECT not in codes.values()


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ('"foo', "unclosed quote at character 1 of '\"foo': close it with \""),
        ("x" * 90 + ' "foo', "unclosed quote at character 92 of '…" + "x" * 29 + ' "foo\': close it with "'),
    ],
)
def test_query_error_shows_the_place(query: str, line: str) -> None:
    with pytest.raises(grammar.QueryError) as caught:
        grammar.parse(query)
    assert cli.message(caught.value) == line


def test_a_defect_is_one_line(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "tags", None)
    result = run("tags", archive=archive, env={"ASKIVE_DEBUG": ""})
    assert result.exit_code == 70
    assert re.fullmatch(
        r"askive: a defect of askive: TypeError: .*; ASKIVE_DEBUG=1 shows where\n", result.stderr
    )
    with pytest.raises(TypeError):
        run("tags", archive=archive)


@pytest.mark.parametrize(
    "args", [["tags"], ["show", "x"], ["search", "x"], ["export"], ["check"], ["reindex"]]
)
def test_missing_archive(args: list[str], tmp_path: Path) -> None:
    result = run(*args, archive=tmp_path / "none")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == f"askive: {a.ArchiveMissing(tmp_path / 'none')}\n"
    assert not (tmp_path / "none").exists()


# -- which archive


def test_archive_is_the_option_then_the_variable(archive: Path, tmp_path: Path) -> None:
    env = {"ASKIVE_ARCHIVE": str(tmp_path / "other")}
    assert run("tags", archive=archive, env=env).exit_code == 0
    assert run("tags", env={"ASKIVE_ARCHIVE": str(archive)}).exit_code == 0
    assert str(tmp_path / "other") in run("tags", env=env).stderr


def test_archive_is_else_in_the_users_data(tmp_path: Path) -> None:
    result = run("tags", env={"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")})
    assert str(tmp_path) in result.stderr


# -- formats


@pytest.mark.parametrize(
    "args",
    [["search", "treatment"], ["related", "text:"], ["show", "example.org:2", "text:"], ["search"]],
    ids=lambda args: args[0],
)
def test_formats_agree(args: list[str], archive: Path) -> None:
    """Every format prints the same records in the same order."""

    def printed(form: str) -> str:
        result = run(*args, "--format", form, archive=archive)
        assert result.exit_code == 0
        return result.stdout

    whole = json.loads(printed("json"))
    assert list(whole)[:4] == ["format_version", "query", "total", "has_more"]
    assert whole["total"] == len(whole["items"]) > 0
    assert [json.loads(line) for line in printed("ndjson").splitlines()] == whole["items"]
    ids = [item["question_id"] for item in whole["items"]]
    assert printed("ids").splitlines() == [re.sub("\x1b\\[31m", "", id) for id in ids]
    assert [row["question_id"] for row in csv.DictReader(io.StringIO(printed("csv")))] == [
        re.sub("\x1b", "", id) for id in ids
    ]
    text = printed("text")
    assert all(id in text for id in ids if "\x1b" not in id)


def test_items_are_the_whole_records(archive: Path) -> None:
    shown = run("show", *(q.id for q in QUESTIONS), "--format", "ndjson", archive=archive)
    records = {q.id: q for q in map(question_from_json, map(json.loads, shown.stdout.splitlines()))}
    assert records[TEA.id] == TEA
    assert records[HOSTILE.id].title == HOSTILE.title
    hit = json.loads(run("search", "茶渋", "--format", "ndjson", archive=archive).stdout)
    assert question_from_json(hit) == TEA


@pytest.mark.parametrize(
    ("form", "stdout", "stderr"),
    [
        ("text", "", "askive: no question matches\n"),
        ("ndjson", "", ""),
        ("ids", "", ""),
    ],
)
def test_nothing_found(form: str, stdout: str, stderr: str, archive: Path) -> None:
    result = run("search", "[vector]", "-c++", "--format", form, archive=archive)
    assert (result.exit_code, result.stdout, result.stderr) == (1, stdout, stderr)


def test_nothing_found_in_json_and_csv(archive: Path) -> None:
    result = run("search", "[nosuch]", "--format", "json", archive=archive)
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "format_version": 1, "query": "[nosuch]", "total": 0, "has_more": False, "items": [],
    }  # fmt: skip
    result = run("search", "[nosuch]", "--format", "csv", archive=archive)
    assert result.stdout.count("\n") == 1
    assert "question_id" in result.stdout


# -- search


def ids(*args: str, archive: Path, stdin: str = "") -> list[str]:
    verb, *rest = args
    result = run(verb, "--format", "ids", *rest, archive=archive, stdin=stdin)
    assert result.stderr == ""
    return result.stdout.splitlines()


@pytest.mark.parametrize(
    ("args", "found"),
    [
        (["[iop]"], [SOBER, IOP]),
        (["[iop]", "-[sober-living]"], [IOP]),
        (["-[iop]", "[c++]"], [VECTOR]),
        (["-treatment", "created:2010..2012"], [VECTOR]),
        (["treatment", "-meetings"], [SOBER]),
        (["--", "-treatment", "[vector]"], [VECTOR]),
        (["outpatient", "--", "--treatment"], [SOBER, IOP]),
        (["--tag", "iop", "--not-tag", "sober-living"], [IOP]),
        (["--tag", "IOP", "--tag", "Drug Addiction"], [IOP]),
        (["--tag=rehab"], [IOP]),
        (["treatment", "--sort", "oldest"], [IOP, SOBER]),
        (["treatment", "--sort", "newest", "--limit", "1"], [SOBER]),
        (["treatment", "--sort", "newest", "--offset", "1"], [IOP]),
        (["C++"], [VECTOR]),
        (["--plain", "c++ (is: [it", "--limit", "1"], [VECTOR]),
        (['"sober living"'], [SOBER]),
        (["sober living", "--limit", "1"], [SOBER]),
        (["--limit", "3"], [TEA, SOBER, IOP]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value[0], str) else "",
)
def test_search(args: list[str], found: list[Question], archive: Path) -> None:
    found_ids = ids("search", *args, archive=archive)
    wanted = [question.id for question in found]
    assert (
        found_ids == wanted if "--sort" in args or "--limit" in args else sorted(found_ids) == sorted(wanted)
    )


@pytest.mark.parametrize(("match", "found"), [("any", [SOBER, IOP]), ("all", [SOBER]), (None, [SOBER, IOP])])
def test_match(match: str | None, found: list[Question], archive: Path) -> None:
    options = ["--match", match] if match else []
    assert set(ids("search", "outpatient", "home", *options, archive=archive)) >= {q.id for q in found[:1]}
    if match == "all":
        assert ids("search", "outpatient", "home", *options, archive=archive) == [SOBER.id]


def test_a_sort_wants_all_words(archive: Path) -> None:
    assert ids("search", "treatment", "son", "--sort", "newest", archive=archive) == [SOBER.id]


def test_hit_in_json_says_why(archive: Path) -> None:
    result = run("search", "boards", "--format", "json", "--explain", "--facets", archive=archive)
    whole = json.loads(result.stdout)
    (item,) = whole["items"]
    extras = item["askive"]
    assert extras["relevance"] == pytest.approx(sum(share["score"] for share in extras["shares"]), abs=1e-4)
    snippet = extras["snippet"]
    assert "boards" in [snippet["text"][start:end].lower() for start, end in snippet["marks"]]
    assert (snippet["where"], snippet["answer_id"]) == ("answer", "a2")
    assert {"value": "iop", "count": 1} in whole["facets"]["tag"]
    assert whole["facets"]["year"] == [{"value": "2014", "count": 1}]


def test_paging_in_json(archive: Path) -> None:
    first, last = (
        json.loads(run("search", "--limit", "3", "--offset", at, "--format", "json", archive=archive).stdout)
        for at in ("0", "3")
    )
    assert [(page["total"], page["has_more"], len(page["items"])) for page in (first, last)] == [
        (5, True, 3),
        (5, False, 2),
    ]
    beyond = run("search", "--offset", "9", archive=archive)
    assert (beyond.exit_code, beyond.stderr) == (1, "askive: --offset 9 is behind the last of 5\n")
    counted = run("search", "--limit", "0", "--format", "json", archive=archive)
    assert (counted.exit_code, json.loads(counted.stdout)["total"]) == (0, 5)


# -- batches


def batch(*args: str, archive: Path, lines: str) -> list[tuple[int, str]]:
    result = run(*args, "--batch", "-", "--format", "ndjson", archive=archive, stdin=lines)
    hits = map(json.loads, result.stdout.splitlines())
    return [(hit["askive"]["batch"], hit["question_id"]) for hit in hits]


def test_batch_of_searches(archive: Path) -> None:
    found = batch("search", archive=archive, lines="vector\n\n[iop] -home\n茶渋\n")
    assert found == [(1, VECTOR.id), (3, IOP.id), (4, TEA.id)]


def test_batch_from_a_file_in_text(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "queries").write_text("vector\n茶渋\n")
    shown = run("search", "--batch", tmp_path / "queries", archive=archive).stdout
    assert re.findall(r"^Query \d$|^ {4}\S+:\d$", shown, re.MULTILINE) == [
        "Query 1", "    example.com:7", "Query 2", "    example.jp:1",
    ]  # fmt: skip


def test_batch_names_a_wrong_query_and_goes_on(archive: Path) -> None:
    result = run("search", "--batch", "-", "--format", "ids", archive=archive, stdin='"oops\nvector\n')
    assert (result.exit_code, result.stdout) == (2, f"{VECTOR.id}\n")
    assert result.stderr.startswith("askive: line 1: unclosed quote at character 1")


def test_plain_batch_takes_any_line(archive: Path) -> None:
    assert batch("search", "--plain", archive=archive, lines='"oops (vector\n') == [(1, VECTOR.id)]


@pytest.mark.parametrize("plain", [[], ["--plain"]])
def test_batch_of_texts(plain: list[str], archive: Path) -> None:
    found = batch("related", *plain, archive=archive, lines="\nerase (a vector [while\n")
    assert found[0] == (2, VECTOR.id)


def test_batch_without_hits(archive: Path) -> None:
    result = run("search", "--batch", "-", archive=archive, stdin="\n\n")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "askive: no question matches\n")


@pytest.mark.parametrize("args", [["vector"], ["--facets"]])
def test_batch_takes_no_other_query(args: list[str], archive: Path) -> None:
    assert run("search", "--batch", "-", *args, archive=archive).exit_code == 2


def test_a_batch_opens_once_and_fetches_what_it_prints(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from askive.archive.store import Store
    from askive.index.snapshot import Snapshot

    opened: list[Path] = []
    fetched: list[int] = []
    real_open, real_get = Snapshot.open, Store.get_many

    def count_open(directory: Path, archive_id: str) -> Snapshot:
        opened.append(directory)
        return real_open(directory, archive_id)

    def count_get(store: Store, wanted: list[str]) -> dict[str, Question]:
        found = real_get(store, wanted)
        fetched.append(len(found))
        return found

    monkeypatch.setattr(Snapshot, "open", count_open)
    monkeypatch.setattr(Store, "get_many", count_get)
    found = batch("search", "--limit", "1", archive=archive, lines="treatment\n" * 50)
    assert len(found) == 50
    assert opened == [archive / "index"]
    assert fetched == [1] * 50


# -- related, show


def test_related_in_json_says_why(archive: Path) -> None:
    result = run("related", "text:", "--format", "json", archive=archive)
    whole = json.loads(result.stdout)
    assert whole["query"] == IOP.id
    assert IOP.id not in [item["question_id"] for item in whole["items"]]
    reasons = {reason["kind"]: reason["values"] for reason in whole["items"][0]["askive"]["reasons"]}
    assert reasons["link"] == ["duplicate"]
    assert reasons["tags"] == ["iop"]


def test_related_to_a_text(archive: Path) -> None:
    result = run("related", "--text", "-is [my] vector erased?", "--format", "ids", archive=archive)
    assert result.stdout.splitlines()[0] == VECTOR.id


def test_show_prints_nothing_where_an_id_is_wrong(archive: Path) -> None:
    result = run("show", "text:", "nowhere", archive=archive)
    assert (result.exit_code, result.stdout) == (1, "")


# -- export


def test_export_restores(tmp_path: Path) -> None:
    out = tmp_path / "all.ndjson"
    assert run("ingest", ROOT / "raw" / "iop.txt", archive=tmp_path / "first").exit_code == 0
    assert run("export", "-o", out, archive=tmp_path / "first").exit_code == 0
    assert run("ingest", out, archive=tmp_path / "second").exit_code == 0
    again = run("export", archive=tmp_path / "second")
    assert again.stdout == out.read_text(encoding="utf-8")
    assert again.stdout.count("\n") == 1


@pytest.mark.parametrize("form", cli.EXPORT_FORMATS)
def test_export_of_a_query(form: str, archive: Path) -> None:
    result = run("export", "-[iop]", "[c++]", "--format", form, archive=archive)
    assert result.exit_code == 0
    assert VECTOR.title in result.stdout
    assert SOBER.title not in result.stdout


def test_export_of_nothing(archive: Path) -> None:
    result = run("export", "[nosuch]", archive=archive)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "askive: no question matches\n")


def test_export_appears_whole_or_not_at_all(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from askive.archive import export

    out = tmp_path / "all.ndjson"
    out.write_text("before")

    def fail(questions: object, file: io.TextIOBase) -> None:
        file.write("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "write_ndjson", fail)
    result = run("export", "-o", out, archive=archive)
    assert (result.exit_code, result.stderr) == (2, "askive: cannot read or write: No space left on device\n")
    assert out.read_text() == "before"
    assert list(tmp_path.iterdir()) == [out]


def test_export_to_a_device(archive: Path) -> None:
    assert run("export", "-o", "/dev/null", archive=archive).exit_code == 0
    assert not Path("/dev/null").is_file()


# -- ingest, read, reindex, check


def test_ingest_says_what_it_did(tmp_path: Path) -> None:
    page, broken = tmp_path / "page.ndjson", tmp_path / "broken\x1b[31m.html"
    page.write_text('{"title": "How is tea made?", "answers": [{"body_text": "Hot."}]}\n')
    broken.write_bytes(b"")
    first = run("ingest", page, broken, archive=tmp_path / "archive")
    assert first.exit_code == 4
    assert first.stdout.splitlines() == [
        "pages: 1 read, 0 known already, 1 rejected",
        "questions: 1 added, 0 updated, 0 unchanged",
    ]
    assert first.stderr == f"askive: rejected {tmp_path}/broken\\x1b[31m.html: empty page\n"
    again = run("ingest", page, archive=tmp_path / "archive")
    assert again.exit_code == 0
    assert again.stdout.splitlines() == [
        "pages: 0 read, 1 known already",
        "questions: 0 added, 0 updated, 0 unchanged",
    ]
    listed = run("check", "--rejected", archive=tmp_path / "archive")
    assert listed.stdout.startswith(f"{tmp_path}/broken\\x1b[31m.html: empty page\n")
    found = run("search", "tea", archive=tmp_path / "archive")
    assert (found.exit_code, found.stderr) == (0, "")


def test_ingest_names_some_parts_of_a_page_that_could_not_be_read_and_counts_the_others(
    tmp_path: Path,
) -> None:
    page = tmp_path / "page.ndjson"
    page.write_text("\n".join(['{"title": "Why?", "body_text": "x"}', *["rubbish"] * 7]), encoding="utf-8")
    result = run("ingest", page, archive=tmp_path / "archive")
    told = [line for line in result.stderr.splitlines() if "rejected in" in line]
    why = "not JSON: Expecting value at column 1"
    assert told == [
        *(f"askive: rejected in {page}: line {n}: {why}" for n in range(2, 7)),
        f"askive: rejected in {page}: 2 parts more",
    ]


def test_ingest_of_standard_input(tmp_path: Path) -> None:
    page = (ROOT / "raw" / "iop.txt").read_bytes()
    result = run("ingest", "-", archive=tmp_path, stdin=page)
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(ids("search", "intensive outpatient", archive=tmp_path)) == 1


def test_ingest_of_what_is_not_there(tmp_path: Path) -> None:
    result = run("ingest", tmp_path / "none", archive=tmp_path / "archive")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "none" in result.stderr


def test_ingest_of_what_is_not_there_makes_no_archive(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    assert run("ingest", tmp_path / "nothing", archive=archive).exit_code == 2
    assert run("ingest", "", archive=archive).exit_code == 2
    assert run("read", "").exit_code == 2
    assert not archive.exists()


def test_an_unknown_tag_is_answered_with_the_nearest(archive: Path) -> None:
    result = run("search", "[addiction-treatmet]", archive=archive)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing holds '[addiction-treatmet]': did you mean '[addiction-treatment]'?" in result.stderr
    narrowed = run("search", "--tag", "addiction-treatmet", archive=archive)
    assert "did you mean '[addiction-treatment]'?" in narrowed.stderr


def test_read_says_that_a_page_tells_of_tags_alone() -> None:
    result = run("read", ROOT / "tests" / "tags" / "question2answer-list.html", archive=ROOT / "none")
    assert (result.exit_code, result.stdout) == (0, "")
    assert re.fullmatch(
        r"askive: no question, but what is said of \d tags: `askive ingest` keeps it\n", result.stderr
    )


def test_read_prints_what_ingest_would_store(tmp_path: Path) -> None:
    seed = ROOT / "raw" / "iop.txt"
    read = run("read", seed, "--format", "json", archive=tmp_path / "archive")
    assert read.exit_code == 0
    assert not (tmp_path / "archive").exists()
    (item,) = json.loads(read.stdout)["items"]
    assert item["askive"]["source"] == str(seed)
    assert item["tags"] == ["drug-addiction", "addiction-treatment", "drug-treatment", "iop"]
    run("ingest", seed, archive=tmp_path / "archive")
    stored = run("export", archive=tmp_path / "archive").stdout
    assert json.loads(stored) == item


def test_read_names_what_is_no_page(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("")
    result = run("read", tmp_path, archive=tmp_path)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr == f"askive: rejected {tmp_path}/a.html: empty page\n"


def test_search_makes_and_mends_the_index(tmp_path: Path) -> None:
    archive = build(tmp_path)
    first = run("search", "vector", "--format", "ids", archive=archive)
    assert (first.stdout, first.stderr) == (f"{VECTOR.id}\n", "askive: the index is missing: rebuilding it\n")
    build(archive, replace(VECTOR, id="example.com:8"))
    second = run("search", "vector", "--format", "ids", archive=archive)
    assert second.stdout.splitlines() == ["example.com:7", "example.com:8"]
    assert second.stderr == "askive: the index was behind the archive: brought up to date\n"
    for file in (archive / "index").iterdir():
        file.write_bytes(b"torn")
    third = run("search", "vector", "--format", "ids", archive=archive)
    assert third.stdout == second.stdout
    assert "rebuilding it" in third.stderr


def test_search_beside_a_writer_uses_what_there_is(tmp_path: Path) -> None:
    from askive.index.commit import WriteLock

    archive = build(tmp_path)
    run("reindex", archive=archive)
    build(archive, replace(VECTOR, id="example.com:8"))
    with WriteLock(archive / "index", 0):
        result = run("search", "vector", "--format", "ids", archive=archive)
    assert (result.exit_code, result.stdout) == (0, "example.com:7\n")
    assert "not in this answer yet" in result.stderr


def test_locked_without_an_index(tmp_path: Path) -> None:
    from askive.index.commit import WriteLock

    archive = build(tmp_path)
    (archive / "index").mkdir(exist_ok=True)
    with WriteLock(archive / "index", 0):
        result = run("search", "vector", archive=archive, env={"ASKIVE_WAIT": "0.1"})
        later = run("ingest", ROOT / "raw" / "iop.txt", archive=archive, env={"ASKIVE_WAIT": "0.1"})
    assert result.exit_code == 75
    assert later.exit_code == 0
    assert "questions: 1 added" in later.stdout
    assert "will be indexed by the next search" in later.stderr


def test_reindex(tmp_path: Path) -> None:
    archive = build(tmp_path)
    assert (
        run("reindex", archive=archive).stdout == "5 questions indexed, 0 removed (the index was missing)\n"
    )
    assert run("reindex", archive=archive).stdout == "0 questions indexed, 0 removed\n"
    assert run("reindex", "--full", archive=archive).stdout.startswith("5 questions indexed")


def test_check(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    run("ingest", ROOT / "raw" / "iop.txt", archive=archive)
    clean = run("check", archive=archive)
    assert (clean.exit_code, clean.stdout) == (0, "no problems: raw pages, records and index agree\n")
    page = next((archive / "raw").rglob("*.zst"))
    page.chmod(0o600)
    page.write_bytes(page.read_bytes()[:-4])
    broken = run("check", "--format", "json", archive=archive)
    assert broken.exit_code == 3
    assert len(json.loads(broken.stdout)["problems"]) == 1


def test_check_names_pages_that_a_killed_ingest_left_unread(tmp_path: Path) -> None:
    from askive.archive.page import Page
    from askive.archive.raw import RawPages

    archive = tmp_path / "archive"
    run("ingest", ROOT / "raw" / "iop.txt", archive=archive)
    RawPages(archive / "raw").add(Page(b"left", "left.txt", datetime(2026, 1, 2, tzinfo=UTC)))
    result = run("check", archive=archive)
    assert result.exit_code == 0
    assert result.stderr == f"askive: raw pages not read yet: 1; `askive ingest {archive}/raw` reads them\n"


def test_check_of_the_index(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from askive.archive.store import Store

    monkeypatch.setattr(Store, "ids", lambda self: iter([q.id for q in QUESTIONS[1:]] + ["new:1"]))
    result = run("check", archive=archive)
    assert result.exit_code == 3
    assert result.stdout.splitlines() == [
        "new:1 is not in the index: `askive reindex --full` rebuilds the index",
        f"{IOP.id} is in the index and not in the records: `askive reindex --full` rebuilds the index",
    ]


# -- what pages say


@pytest.mark.parametrize("color", ["never", "always"])
@pytest.mark.parametrize(
    "args",
    [
        ["search", "hostile"],
        ["search", "hostile", "--explain", "--facets"],
        ["search", "--batch", "-"],
        ["related", "evil"],
        ["related", "--text", "hostile"],
        ["show", "evil"],
        ["show", "evil", "--format", "ids"],
        ["show", "evil", "--format", "json"],
        ["search", "hostile", "--format", "ndjson"],
        ["export", "hostile", "--format", "json"],
        ["tags"],
        ["tags", "--format", "json"],
        ["tag", HOSTILE.tags[0].name],
        ["tag", "\x1b[31mnone"],
        ["show", "\x1b[31mnone"],
        ["search", '"\x1b[31m'],
        ["\x1b[31mverb"],
        ["search", "--\x1b[31moption"],
        ["search", "--sort", "\x1b[31m"],
        ["ingest", "\x1b[31mnone"],
        ["stats"],
        ["check"],
        ["check", "--rejected"],
    ],
    ids=lambda args: repr(" ".join(args)) if isinstance(args, list) else args,
)
def test_nothing_harmful_is_printed(args: list[str], color: str, archive: Path) -> None:
    result = run("--color", color, *args, archive=archive, stdin="hostile\n")
    painted = "|".join([role.value for role in Role] + ["0"])
    plain = re.sub(f"\x1b\\[({painted})m", "", result.output) if color == "always" else result.output
    assert not HARMFUL.search(plain)
    assert result.output or args == ["check", "--rejected"]


def test_color(archive: Path) -> None:
    colored = run("--color", "always", "search", "vector", archive=archive).stdout
    assert "\x1b[33mexample.com:7\x1b[0m" in colored
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == run("search", "vector", archive=archive).stdout


# -- completion


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("askive sea", ["search"]),
        ("askive search --fac", ["--facets"]),
        ("askive search --tag io", ["iop"]),
        ("askive search --not-tag SOB", ["sober-living"]),
        ("askive tag c", ["c++"]),
        ("askive tags v", ["vector"]),
        ("askive search --sort ne", ["newest"]),
        ("askive tag $", []),
        ("askive tag e", []),
    ],
)
def test_completion(words: str, completed: list[str], archive: Path) -> None:
    env = {
        "_ASKIVE_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
        "ASKIVE_ARCHIVE": str(archive),
    }
    result = run(env=env)
    assert [line.partition(",")[2] for line in result.stdout.split()] == completed


def test_completion_without_an_archive_is_silent(tmp_path: Path) -> None:
    env = {"COMP_WORDS": "askive tag i", "COMP_CWORD": "2", "ASKIVE_ARCHIVE": str(tmp_path / "none")}
    result = run(env={"_ASKIVE_COMPLETE": "fish_complete", **env})
    assert (result.stdout.strip(), result.stderr) == ("", "")


@pytest.mark.parametrize("shell", cli.SHELLS)
def test_completion_script(shell: str) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_ASKIVE_COMPLETE" in result.stdout
