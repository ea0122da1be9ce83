"""The arrows of docs/architecture.md: who may import whom, and that no module keeps state."""

from __future__ import annotations

import ast
import re
import sys
import tokenize
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((*ROOT.glob("*.py"), *ROOT.glob("archive/**/*.py"), *ROOT.glob("index/**/*.py")))


Law = Callable[[str, str], Iterator[str]]
"""Name and source of a module to what is wrong with it, a line each."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What the modules of a layer may import, beside the standard library: modules of ours, and others."""

    ours: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


# By the longest beginning of a module's name. A module in the root that is not here has no layer yet.
LAYERS: Mapping[str, Layer] = {
    "askive.__init__": Layer(),
    "askive.__main__": Layer(ours=("askive.cli",)),
    "askive.cli": Layer(ours=("askive",), others=("click", "platformdirs")),
    "askive.library": Layer(ours=("askive.archive", "askive.index", "askive.render")),
    "askive.render": Layer(ours=("askive.archive", "askive.index", "askive.terminal")),
    "askive.terminal": Layer(),
    "askive.archive": Layer(ours=("askive.archive",), others=("backports", "bs4", "lxml", "nh3")),
    # What is opened and what it is; some of it by libraries that need not be installed.
    "askive.archive.containers": Layer(
        ours=("askive.archive",), others=("backports", "brotli", "libzim", "py7zr")
    ),
    # A page as an array of its bytes, and nothing else of the archive.
    "askive.archive.readers.signs": Layer(ours=("askive.archive.page",), others=("numpy",)),
    "askive.archive.errors": Layer(),
    "askive.archive.records": Layer(),
    "askive.index": Layer(
        ours=("askive.index", "askive.archive.records"), others=("Stemmer", "numpy", "whoosh")
    ),
    # Arrays in files: of all the index it knows how errors are told.
    "askive.index.segment": Layer(
        ours=("askive.index.segment", "askive.index.errors"), others=("numpy", "whoosh.util")
    ),
    "askive.index.fields": Layer(ours=("askive.index.grammar",)),
    # Standard library alone: so are the field table, and the records, which say how a tag's name is folded.
    "askive.index.grammar": Layer(ours=("askive.index.fields", "askive.archive.records")),
}

IO_MODULES = frozenset(
    {"io", "logging", "os", "pathlib", "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile"}
)
IO_CALLS = frozenset({"input", "open", "print"})
RUNS_WHAT_IT_READS = frozenset({"copyreg", "dill", "marshal", "pickle", "shelve"})
"""What makes objects of bytes that a stranger may have written."""

STANDARD = sys.stdlib_module_names | {"compression"}
"""`compression` is in the standard library from 3.14 on."""

MUTABLE_CALLS = frozenset(
    {"bytearray", "defaultdict", "deque", "dict", "list", "set", "Counter", "OrderedDict"}
)
MUTABLE_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
READ_ONLY = re.compile(r"(Final\[)?(Mapping|Sequence|Collection|Container|Iterable|AbstractSet|frozenset)\b")
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")


def module_name(path: Path) -> str:
    """Return the dotted name of a file of ours; a package is named by its `__init__`."""
    return ".".join(("askive", *path.relative_to(ROOT).with_suffix("").parts))


MODULES = frozenset(module_name(path) for path in FILES)


def imports(name: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and target of every import, those for type checkers as well: modules, not names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = name.split(".")[: -node.level] if node.level else []
            base = ".".join([*package, *filter(None, [node.module])])
            for alias in node.names:
                target = f"{base}.{alias.name}"
                yield node.lineno, target if MODULES & {target, f"{target}.__init__"} else base


def within(module: str, parents: tuple[str, ...]) -> bool:
    return any(module == parent or module.startswith(f"{parent}.") for parent in parents)


def layer(name: str) -> Layer | None:
    named = [beginning for beginning in LAYERS if within(name, (beginning,))]
    return LAYERS[max(named, key=len)] if named else None


def wrong_arrows(name: str, source: str) -> Iterator[str]:
    """Yield the imports that the module's layer may not make."""
    rules = layer(name)
    if rules is None:
        yield f"{name} has no layer: give it one in tests/test_layers.py and docs/architecture.md"
        return
    for line, target in imports(name, ast.parse(source)):
        if target.split(".")[0] == "askive":
            allowed = target == "askive" or within(
                target, rules.ours
            )  # the root itself holds the version only
        else:
            allowed = within(target, rules.others) or target.split(".")[0] in STANDARD
        if not allowed:
            yield f"{name}:{line} imports {target}"


def absolute_imports(name: str, source: str) -> Iterator[str]:
    """Yield the imports of ours that are not relative: they would bind the checkout to an installed copy."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        yield from (f"{name}:{node.lineno} imports {n}" for n in names if within(n, ("askive",)))


def input_and_output(name: str, source: str) -> Iterator[str]:
    """Yield what a module without I/O may not do."""
    tree = ast.parse(source)
    yield from (
        f"{name}:{line} imports {t}" for line, t in imports(name, tree) if within(t, tuple(IO_MODULES))
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IO_CALLS:
            yield f"{name}:{node.lineno} calls {node.func.id}"


def unexplained_local_imports(name: str, source: str) -> Iterator[str]:
    """Yield the imports inside functions that no comment, beside or above, says the reason of."""
    comments = {
        token.start[0]
        for token in tokenize.generate_tokens(StringIO(source).readline)
        if token.type == tokenize.COMMENT
        and re.search(r"\w", re.sub(r"noqa:? *[A-Z0-9, ]*\b", "", token.string))
    }
    functions = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    local = {n for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)}
    for node in sorted(local, key=lambda node: node.lineno):
        if not comments & {node.lineno - 1, *range(node.lineno, (node.end_lineno or node.lineno) + 1)}:
            yield f"{name}:{node.lineno}"


def state(name: str, source: str) -> Iterator[str]:
    """Yield what a module, or a class in it, could change while it runs.

    A list, a dict or a set may stand there only as a constant that the type checker keeps from changing, by
    an annotation such as Mapping; so may `__all__`. A `global` statement may not stand anywhere.
    """
    tree = ast.parse(source)
    yield from (f"{name}:{n.lineno} global {n.names[0]}" for n in ast.walk(tree) if isinstance(n, ast.Global))
    for target, annotation, value in _assignments(tree):
        if _mutable(value) and target != "__all__":
            if not CONSTANT.fullmatch(target):
                yield f"{name}:{value.lineno} {target} can change"
            elif not READ_ONLY.match(annotation):
                yield f"{name}:{value.lineno} {target} can change: annotate it as Mapping, or wrap it"


def _assignments(tree: ast.AST) -> Iterator[tuple[str, str, ast.expr]]:
    """Yield name, annotation and value of what is assigned outside functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Assign):
            yield from ((ast.unparse(target), "", node.value) for target in node.targets)
        elif isinstance(node, ast.AnnAssign) and node.value:
            yield ast.unparse(node.target), ast.unparse(node.annotation), node.value
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _assignments(node)


def _mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).split(".")[-1] in MUTABLE_CALLS
    return isinstance(value, MUTABLE_DISPLAYS)


def pickles(name: str, source: str) -> Iterator[str]:
    """Yield the imports that turn bytes into whatever objects the bytes ask for."""
    for line, target in imports(name, ast.parse(source)):
        if within(target, tuple(RUNS_WHAT_IT_READS)):
            yield f"{name}:{line} imports {target}"


@pytest.mark.parametrize("path", FILES, ids=module_name)
@pytest.mark.parametrize("law", [wrong_arrows, absolute_imports, unexplained_local_imports, state, pickles])
def test_module_keeps(law: Law, path: Path) -> None:
    assert list(law(module_name(path), path.read_text(encoding="utf-8"))) == []


def test_records_do_no_io() -> None:
    name = "askive.archive.records"
    assert list(input_and_output(name, (ROOT / "archive" / "records.py").read_text(encoding="utf-8"))) == []


def test_every_layer_has_modules() -> None:
    assert [name for name in LAYERS if not any(within(module, (name,)) for module in MODULES)] == []


WRONG_ARROWS = [
    ("askive.archive.store", "from ..index import fields"),
    ("askive.archive.store", "from .. import index"),
    ("askive.archive.store", "from .. import cli"),
    ("askive.archive.store", "from ..render import Shown"),
    ("askive.archive.store", "import whoosh.index"),
    ("askive.archive.store", "from click import echo"),
    ("askive.archive.store", "import requests"),
    ("askive.archive.readers.text", "from ...index.analysis import words"),
    ("askive.archive.readers.__init__", "def f():\n    from ...index import fields  # reason"),
    ("askive.archive.records", "from .errors import ArchiveError"),
    ("askive.archive.errors", "from .records import Question"),
    ("askive.index.build", "from ..archive import store"),
    ("askive.index.build", "from ..archive.store import Store"),
    ("askive.index.build", "if TYPE_CHECKING:\n    from ..archive.store import Store"),
    ("askive.index.build", "import click"),
    ("askive.index.build", "from ..cli import main"),
    ("askive.index.grammar", "import whoosh"),
    ("askive.index.grammar", "from .analysis import words"),
    ("askive.index.fields", "from ..archive.records import Tag"),
    ("askive.render", "from .cli import main"),
    ("askive.render", "import click"),
    ("askive.terminal", "from .archive.records import Tag"),
    ("askive.helpers", "import re"),
]

RIGHT_ARROWS = [
    ("askive.archive.store", "import sqlite3\nfrom .records import Tag\nfrom . import records, errors"),
    ("askive.archive.readers.text", "from ..records import Tag\nfrom ...archive import records\nimport bs4"),
    ("askive.archive.errors", "from pathlib import Path"),
    (
        "askive.index.build",
        "from whoosh import query\nfrom ..archive.records import Tag\nfrom . import fields",
    ),
    ("askive.index.build", "from ..archive import records"),
    ("askive.index.grammar", "import re\nfrom .fields import FIELDS\nfrom . import fields"),
    (
        "askive.cli",
        "import click\nfrom . import __version__\nfrom .index import grammar\nfrom .archive import errors",
    ),
    ("askive.__main__", "from .cli import main"),
]


@pytest.mark.parametrize(("name", "source"), WRONG_ARROWS)
def test_wrong_arrow_is_seen(name: str, source: str) -> None:
    assert len(list(wrong_arrows(name, source))) == 1


@pytest.mark.parametrize(("name", "source"), RIGHT_ARROWS)
def test_right_arrow_is_let_pass(name: str, source: str) -> None:
    assert list(wrong_arrows(name, source)) == []


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("import os", 1),
        ("from pathlib import Path", 1),
        ("def f(path): return open(path)", 1),
        ("import hashlib, re\ndef f(x): return re.sub('a', 'b', x)", 0),
    ],
)
def test_input_and_output_is_seen(source: str, wrong: int) -> None:
    assert len(list(input_and_output("askive.archive.records", source))) == wrong


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("def f():\n    import re", 1),
        ("def f():\n    import re  # noqa: PLC0415", 1),
        ("def f():\n    x = 1  # why x\n\n    import re", 1),
        ("class A:\n    async def f(self):\n        from a import b", 1),
        ("def f():\n    import re  # only `show` needs it", 0),
        ("def f():\n    import re  # noqa: PLC0415 - only `show` needs it", 0),
        ("def f():\n    # only `show` needs it\n    import re", 0),
        ("import re\nif True:\n    import ast", 0),
    ],
)
def test_unexplained_local_import_is_seen(source: str, wrong: int) -> None:
    assert len(list(unexplained_local_imports("m", source))) == wrong


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("cache = {}", 1),
        ("seen: set[str] = set()", 1),
        ("CACHE = {}", 1),
        ("CACHE: dict[str, int] = {}", 1),
        ("NAMES = ['a']", 1),
        ("NAMES = collections.defaultdict(list)", 1),
        ("try:\n    x = {}\nexcept E:\n    x = []", 2),
        ("if a:\n    pass\nelse:\n    x = []", 1),
        ("class A:\n    seen = []", 1),
        ("def f():\n    global n\n    n = 1", 1),
        ("cache: Mapping[str, int] = {}", 1),
        ("NAMES = ('a', 'b')\nOTHERS = frozenset({'a'})\nTABLE = MappingProxyType({'a': 1})", 0),
        ("TABLE: Mapping[str, int] = {'a': 1}\n_TABLE: Final[Mapping[str, int]] = dict(a=1)", 0),
        ("__all__ = ['a']\nPairs = list[tuple[str, str]]", 0),
        ("def f():\n    x = []\n    class A:\n        y = []", 0),
        ("@dataclass\nclass A:\n    x: list[int] = field(default_factory=list)", 0),
    ],
)
def test_state_is_seen(source: str, wrong: int) -> None:
    assert len(list(state("m", source))) == wrong


@pytest.mark.parametrize(
    "source", ["import pickle", "from marshal import loads", "def f():\n    import shelve"]
)
def test_pickle_is_seen(source: str) -> None:
    assert len(list(pickles("m", source))) == 1


def test_absolute_import_is_seen() -> None:
    source = "import askive\nfrom askive.archive import records\nfrom .archive import records\nimport askives"
    assert len(list(absolute_imports("m", source))) == 2
