"""Questions as Markdown (CommonMark with tables): headings are ours alone, what a page says is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TextIO

import lxml.html
from lxml.etree import ParserError
from lxml.html import HtmlElement

from .records import Answer, Body, Comment, Question, plain, printable

MAX_DEPTH = 40
"""Nested elements that are laid out; deeper ones give their text only. Real bodies stay under 15."""

UNTITLED = "(no title)"

# Of the elements that archive/body.py lets through.
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ol", "ul"})
_SECTIONS = frozenset({"blockquote", "details", "div", "dl", "figure", "pre", "table"})
_PARAGRAPHS = frozenset({"caption", "dd", "dt", "figcaption", "hr", "li", "p", "summary", "td", "th", "tr"})
_BLOCKS = _HEADINGS | _LISTS | _SECTIONS | _PARAGRAPHS
_STRONG = frozenset({"b", "strong"})
_EMPHASIS = frozenset({"i", "em", "cite", "dfn", "var"})
_CODE = frozenset({"code", "kbd", "samp"})
_UNSEEN = frozenset({"script", "style"})

_INLINE_SIGNS = re.compile(r"[\\`*_\[\]<>&~|]|(?<!\S)#|!\Z")
_LINE_START = re.compile(r"^(?=[-+=#]|:-)|^(\d+)(?=[.)])")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\\]+", re.IGNORECASE)
_BACKTICKS = re.compile("`+")
_INDENTED = re.compile(r"^(?: {4}|\t)")


def write_markdown(questions: Iterable[Question], out: TextIO) -> None:
    """Write the questions as one Markdown document, one heading of the first level a question."""
    for n, question in enumerate(questions):
        if n:
            out.write("\n")
        out.write("\n\n".join(_question(question)) + "\n")


# A question's parts: each a generator of blocks, which blank lines separate


def _question(question: Question) -> Iterator[str]:
    yield f"# {_line(question.title) or UNTITLED}"
    if facts := " · ".join(_question_facts(question)):
        yield facts
    if question.tags:
        yield "Tags: " + ", ".join(code_span(printable(tag.name)) for tag in question.tags)
    if question.body:
        yield from body_blocks(question.body)
    yield from _comments(question.comments)
    for answer in question.answers:
        yield from _answer(answer)


def _question_facts(question: Question) -> Iterator[str]:
    if question.author or question.created:
        yield _signed("asked", question.author, question.created)
    if question.score is not None:
        yield f"score {question.score}"
    if question.views is not None:
        yield f"{question.views} views"
    if question.closed:
        yield f"closed: {_line(question.closed)}"
    if question.url and _WEB_ADDRESS.fullmatch(question.url):
        yield f"<{question.url}>"
    elif question.site:
        yield _line(question.site)


def _answer(answer: Answer) -> Iterator[str]:
    facts = [_signed("Accepted answer" if answer.accepted else "Answer", answer.author, answer.created)]
    if answer.score is not None:
        facts.append(f"score {answer.score}")
    yield f"## {' · '.join(facts)}"
    yield from body_blocks(answer.body)
    yield from _comments(answer.comments)


def _comments(comments: Iterable[Comment]) -> Iterator[str]:
    for comment in comments:
        signed = _signed("Comment", comment.author, comment.created)
        yield _nested("- ", [f"{signed}:", *body_blocks(comment.body)])


def _signed(what: str, author: str | None, time: datetime | None) -> str:
    by = f" by {_line(author)}" if author else ""
    on = f" on {time.date().isoformat()}" if time else ""
    return f"{what}{by}{on}"


# Bodies


def body_blocks(body: Body) -> list[str]:
    """Return a body's Markdown blocks: from its HTML where it has that, else from its text."""
    return blocks_of_html(body.html) if body.html else blocks_of_text(body.text)


def blocks_of_text(text: str) -> list[str]:
    """Return the paragraphs of a text, escaped; one that is indented throughout is code."""
    return [block for part in _paragraphs(plain(text)) if (block := _text_block(part))]


def _paragraphs(text: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.strip():
            lines.append(line)
        elif lines:
            yield lines
            lines = []


def _text_block(lines: list[str]) -> str:
    if all(_INDENTED.match(line) for line in lines):
        return fence("\n".join(_INDENTED.sub("", line) for line in lines))
    return "\n".join(_line_start(escape(line.strip())) for line in lines)


def blocks_of_html(html: str) -> list[str]:
    """Return the Markdown blocks of an HTML fragment."""
    try:
        root = lxml.html.fragment_fromstring(plain(html), create_parent="div")
    except ParserError:  # nothing in it but comments
        return []
    return _blocks(root, 0)


def _blocks(element: HtmlElement, depth: int) -> list[str]:
    """The blocks in an element; what stands between block elements makes paragraphs of its own."""
    blocks: list[str] = []
    run: list[str] = [_inline_text(element.text)]

    def end_run() -> None:
        if paragraph := _paragraph("".join(run)):
            blocks.append(paragraph)
        run.clear()

    for child in element:
        if _is_block(child):
            end_run()
            blocks += _block(child, depth + 1)
        else:
            run.append(_inline(child, depth + 1))
        run.append(_inline_text(child.tail))
    end_run()
    return blocks


def _is_block(element: HtmlElement) -> bool:
    """Whether it lays out blocks: by its name, or as an inline element that holds one."""
    return element.tag in _BLOCKS or (
        element.tag not in _CODE and any(part.tag in _BLOCKS for part in element.iterdescendants())
    )


def _block(element: HtmlElement, depth: int) -> list[str]:
    if depth > MAX_DEPTH:
        return blocks_of_text(str(element.text_content()))
    tag = element.tag
    if tag == "hr":
        return ["* * *"]
    if tag in _UNSEEN:
        return []
    if tag == "pre":
        code = str(element.text_content())
        return [fence(code)] if code.strip() else []
    if tag == "table" and (grid := _grid(element)):
        return [grid]
    blocks = _items(element, depth) if _is_list(element) else _blocks(element, depth)
    if tag in _HEADINGS:
        return [f"**{block}**" if "\n" not in block and "*" not in block else block for block in blocks]
    if tag == "blockquote":
        return [_nested("> ", blocks, "> ")] if blocks else []
    return blocks


def _is_list(element: HtmlElement) -> bool:
    """Whether it is a list with nothing but items in it."""
    between = "".join([element.text or "", *(child.tail or "" for child in element)])
    return element.tag in _LISTS and not between.strip() and all(child.tag == "li" for child in element)


def _items(element: HtmlElement, depth: int) -> list[str]:
    items = [blocks for child in element if (blocks := _blocks(child, depth + 1))]
    marks = (f"{n}. " if element.tag == "ol" else "- " for n in range(1, len(items) + 1))
    nested = [_nested(mark, blocks) for mark, blocks in zip(marks, items, strict=True)]
    return ["\n".join(nested)] if nested else []


def _grid(table: HtmlElement) -> str:
    """The table as Markdown has them, or "" where there is more in it: a caption, a table in a cell."""
    rows = [[str(cell.text_content()) for cell in row.iterchildren("td", "th")] for row in table.iter("tr")]
    held = "".join(text for row in rows for text in row)
    if not held or "".join(held.split()) != "".join(str(table.text_content()).split()):
        return ""
    width = max(len(row) for row in rows)
    lines = [" | ".join([*map(_line, row), *[""] * (width - len(row))]) for row in rows]
    head, *rest = [f"| {line} |" for line in lines]
    return "\n".join([head, "|" + " --- |" * width, *rest])


# Lines


def _inline(element: HtmlElement, depth: int) -> str:
    tag = element.tag
    if not isinstance(tag, str) or tag in _UNSEEN:  # a comment, or what nobody sees
        return ""
    if tag == "br":
        return "\n"
    if depth > MAX_DEPTH or tag in _CODE:
        text = " ".join(str(element.text_content()).split())
        return code_span(text) if tag in _CODE else escape(text)
    if tag == "img":
        return _image(element)
    text = _inline_text(element.text) + "".join(
        _inline(child, depth + 1) + _inline_text(child.tail) for child in element
    )
    if tag == "a":
        return _around(text, lambda inner: _link(inner, element.get("href") or ""))
    if tag in _STRONG:
        return _around(text, lambda inner: f"**{inner}**")
    if tag in _EMPHASIS:
        return _around(text, lambda inner: f"*{inner}*")
    return text


def _around(text: str, mark: Callable[[str], str]) -> str:
    """The text with marks close to its words: Markdown wants no space inside them."""
    inner = text.strip()
    if not inner:
        return text
    start = text.index(inner)
    return text[:start] + mark(inner) + text[start + len(inner) :]


def _link(text: str, address: str) -> str:
    return f"[{text}](<{address}>)" if _WEB_ADDRESS.fullmatch(address) else text


def _image(element: HtmlElement) -> str:
    address, alt = element.get("src") or "", _line(element.get("alt") or "image")
    return f"![{alt}](<{address}>)" if _WEB_ADDRESS.fullmatch(address) else alt


def _inline_text(text: str | None) -> str:
    return re.sub(r"\s+", " ", escape(text)) if text else ""


def _paragraph(run: str) -> str:
    """A run of inline Markdown as a paragraph: a line break in it is a hard one."""
    lines = (" ".join(line.split()) for line in run.split("\n"))
    return "\\\n".join(_line_start(line) for line in lines if line)


def _line(text: str) -> str:
    """Text as one escaped line, where no block can begin."""
    return escape(printable(text))


def escape(text: str) -> str:
    """Return the text with a backslash before every sign that means something within a line."""
    return _INLINE_SIGNS.sub(lambda match: "\\" + match[0], text)


def _line_start(line: str) -> str:
    """The line with a backslash before what would begin a heading, a list, a rule or a table."""
    return _LINE_START.sub(lambda match: f"{match[1] or ''}\\", line)


def code_span(text: str) -> str:
    """Return the text as inline code, in more backticks than it holds in a row."""
    if not text:
        return ""
    marks = "`" * (_longest_run(text) + 1)
    space = " " if text[0] == "`" or text[-1] == "`" or (text[0] == text[-1] == " ") else ""
    return f"{marks}{space}{text}{space}{marks}"


def fence(code: str) -> str:
    """Return the code as a fenced block, in more backticks than it holds in a row, three at least."""
    marks = "`" * max(3, _longest_run(code) + 1)
    return f"{marks}\n{code.strip(chr(10))}\n{marks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)


def _nested(mark: str, blocks: Iterable[str], indent: str | None = None) -> str:
    """The blocks within a list item or a quotation: a mark before the first line, an indent before others."""
    before = " " * len(mark) if indent is None else indent
    lines = "\n\n".join(blocks).split("\n")
    return "\n".join((mark + line if n == 0 else before + line).rstrip() for n, line in enumerate(lines))
