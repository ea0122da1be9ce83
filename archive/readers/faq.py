"""Questions and their answers on an FAQ page that marks them in no way for machines, by its structure.

What asks looks alike: elements of one name and the same classes, most of which end in a question mark. Behind
each of them, before the next, stands its answer. That alone would take an article whose headings ask for an
FAQ, so the page must say that it is one, or be made to open and close its answers, as FAQ pages are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from bs4 import Tag as Element
from bs4.element import NavigableString

from .faq_answers import HEADINGS, MOST_PARTS, Pair, is_answered, opened
from .faq_names import LARGEST_NAME, LONGEST_QUESTION, ends_asking, has_mark, is_question, name_of
from .finding import Outline, attribute, classes_of, has_plain_name, text_in

FEWEST_STATED = 2
"""Pairs that `details`, `dl`, or a page called an FAQ must have: two questions in such are no accident."""

FEWEST_OPENED = 3
"""Pairs that all else must have."""

ASKING_SHARE = 0.6
"""Share of the names that must ask. Of nine marked-up FAQ pages all but one have more than nine tenths."""

ASKING_SHARE_STATED = 0.25
"""The share where a page called an FAQ opens and closes its answers: "Returns" is a question then, too."""

LEADING_SHARE = 0.5
"""Share of the names that lead elsewhere from which they are a list of questions."""

MANY_INDEXED = 10
"""Questions among the headings from which an index of them shows an FAQ by itself; articles ask up to 6."""

MOST_PAIRS = 1_000
"""Questions that one page opens: the longest real FAQ seen has 80."""

MOST_KINDS = 60
"""Kinds of elements that are looked at, those that ask most first. Real FAQ pages have up to 12."""

MOST_WRAPPERS = 6
"""Elements around one another that may hold the same question: `div`, `h3`, `button`, `span`."""

_SAYS_FAQ = re.compile(
    r"\bfaqs?\b|frequently[- ]asked|common questions"
    r"|häufige fragen|häufig gestellte|foire aux questions|questions fréquentes"
    r"|preguntas frecuentes|domande frequenti|perguntas frequentes|veelgestelde|vanliga frågor"
    r"|najczęściej zadawane|часто задаваемые|よくある|常见问题|常見問題|자주 묻는",
    re.IGNORECASE,
)
# What whole sites of questions are called as well, so that it must stand in a heading.
_SAYS_QA = re.compile(
    r"questions (?:and|&) answers|\bq ?& ?a\b(?! with\b|:)|fragen und antworten|questions et réponses",
    re.IGNORECASE,
)
_REMARK = re.compile(r"comment|reply|review|testimonial", re.IGNORECASE)
_OPENS = re.compile(r"accordion|faq|toggle|collaps|expand|disclosure", re.IGNORECASE)
_OPENING = (
    "aria-expanded",
    "aria-controls",
    "data-toggle",
    "data-bs-toggle",
    "data-target",
    "data-bs-target",
)
_INLINE = frozenset({"a", "b", "em", "font", "i", "span", "strong", "u", "label"})
_BREAKS = frozenset({"br", "hr", "p", "div", "ul", "ol", "table", "pre", "blockquote", *HEADINGS})
_NO_NAMES = "head *, script, option, textarea, nav *, footer *"
_SEARCH = re.compile(r"\bsearch results\b|[-|] (?:\w+ )?search\Z|[-|] bing\Z|\bduckduckgo\Z", re.IGNORECASE)
_CALLED = "h1, h2, h3, h4, [class*=title], [class*=heading], [class*=header]"


class Kind(NamedTuple):
    """Elements that look alike: their selector, and those of them that ask, in the order of the page."""

    selector: str
    has_class: bool
    asking: list[Element]


class _Called(NamedTuple):
    """Whether the page is called an FAQ or from which place on it is one, and what links in it lead to."""

    wholly: bool
    begin: int | None
    anchors: frozenset[str]
    indexed: frozenset[str]


def pairs_in(outline: Outline, kinds: list[Kind]) -> list[Pair]:
    """Return the pairs of the page, of the kind that gives most; none where it is no FAQ page."""
    if _is_search(outline):  # what people also ask stands there in excerpts
        return []
    called = _called(outline)
    best: list[Pair] = []
    paragraphs: list[Pair] = []
    for kind in kinds:
        pairs = _pairs(outline, kind, called)
        if kind.selector == "p":
            paragraphs = pairs
        elif len(pairs) > len(best):
            best = pairs
    return best or paragraphs


def lists_questions(outline: Outline, kinds: list[Kind]) -> bool:
    """Tell whether the page lists questions that are answered elsewhere."""
    anchors = _anchors(outline)
    return any(
        len(kind.asking) >= FEWEST_OPENED and _lead_elsewhere(outline, kind.asking, anchors) for kind in kinds
    )


def kinds_in(outline: Outline) -> list[Kind]:
    """Return the kinds of elements that ask, those that ask most first."""
    kinds: dict[str, Kind] = {}
    silent = {id(element) for element in outline.find(_NO_NAMES)}
    for element in outline.find("*"):
        if not _asks_itself(element) or id(element) in silent or _is_remark(element):
            continue
        for wrapper in _wrappers(outline, element):
            for selector, has_class in _selectors(wrapper):
                kind = kinds.setdefault(selector, Kind(selector, has_class, []))
                if not kind.asking or kind.asking[-1] is not wrapper:
                    kind.asking.append(wrapper)
    return sorted(kinds.values(), key=lambda kind: -len(kind.asking))[:MOST_KINDS]


def _asks_itself(element: Element) -> bool:
    return any(type(part) is NavigableString and has_mark(part) for part in element.contents)


def _is_remark(element: Element) -> bool:
    """Tell whether something stands in a comment or a review, where people ask each other."""
    around = (element, *islice(element.parents, MOST_WRAPPERS))
    return any(_REMARK.search(" ".join(classes_of(wrapper))) for wrapper in around)


def _wrappers(outline: Outline, element: Element) -> Iterator[Element]:
    """Yield the elements that hold a question and hardly more, from the inside out."""
    wrapper: Element | None = element
    for _ in range(MOST_WRAPPERS):
        if wrapper is None or outline.size(wrapper) > LARGEST_NAME or not ends_asking(name_of(wrapper)):
            return
        yield wrapper
        wrapper = wrapper.parent


def _selectors(element: Element) -> Iterator[tuple[str, bool]]:
    if not has_plain_name(element):
        return
    classes = [name for name in classes_of(element) if re.fullmatch(r"[\w-]+", name)]
    if classes:
        yield element.name + "".join(f".{name}" for name in classes), True
    if not classes or element.name in (*HEADINGS, "summary", "dt"):
        yield element.name, element.name in (*HEADINGS, "summary", "dt")


def _pairs(outline: Outline, kind: Kind, called: _Called) -> list[Pair]:
    """Return the pairs that elements of one kind open; none where they are no questions with answers."""
    is_stated = kind.selector.partition(".")[0] in ("summary", "dt")
    opens = is_stated or any(_opens(element) for element in kind.asking[:FEWEST_OPENED])
    begin = 0 if opens or _is_indexed(kind, called) else called.begin
    if begin is None or (kind.selector == "p" and not called.wholly):
        return []
    asking = [element for element in kind.asking if outline.place(element) >= begin]
    fewest = FEWEST_STATED if is_stated or called.wholly else FEWEST_OPENED
    if len(asking) < fewest or _lead_elsewhere(outline, asking, called.anchors):
        return []
    if kind.selector == "p":
        return _asking_enough(list(opened(outline, asking[:MOST_PAIRS])), fewest, ASKING_SHARE)
    members = _members(outline, kind, asking)
    if called.wholly and not opens:
        indexed = [element for element in members if name_of(element) in called.indexed]
        opens, members = (True, indexed) if len(indexed) >= ASKING_SHARE * len(members) else (opens, members)
    share = ASKING_SHARE_STATED if called.wholly and opens else ASKING_SHARE
    pairs = _asking_enough(list(opened(outline, members)), fewest, share)
    return pairs if opens else [pair for pair in pairs if is_question(pair.question)]


def _is_indexed(kind: Kind, called: _Called) -> bool:
    return sum(name_of(element) in called.indexed for element in kind.asking) >= MANY_INDEXED


def _members(outline: Outline, kind: Kind, asking: list[Element]) -> list[Element]:
    """Return all elements of a kind beside those that ask, each that may be a name."""
    home = _home(outline, asking[0], asking[-1])
    silent = {id(element) for element in outline.find(_NO_NAMES)}
    begin = all(_begins(element) for element in asking)
    members: list[Element] = []
    for element in outline.find(kind.selector, home):
        if id(element) in silent or (members and outline.is_in(element, members[-1])):
            continue
        if not kind.has_class and (classes_of(element) or (begin and not _begins(element))):
            continue
        if _may_ask(outline, element):
            members.append(element)
        if len(members) == MOST_PAIRS:
            break
    return members


def _begins(element: Element) -> bool:
    """Tell whether an element is the first in its parent, as questions are in tables."""
    return not any(isinstance(before, Element) for before in islice(element.previous_siblings, MOST_PARTS))


def _may_ask(outline: Outline, element: Element) -> bool:
    if outline.size(element) > LARGEST_NAME or not _leads(element):
        return False
    name = name_of(element)
    return len(name) <= LONGEST_QUESTION and any(sign.isalpha() for sign in name)


def _home(outline: Outline, first: Element, last: Element) -> Element | None:
    """Return the innermost element that holds both."""
    home: Element | None = first
    while home is not None and not outline.is_in(last, home):
        home = home.parent
    return home


def _leads(element: Element) -> bool:
    """Tell whether words in bold begin a line, but for its number."""
    if element.name not in _INLINE:
        return True
    for before in islice(element.previous_siblings, MOST_PARTS):
        if isinstance(before, Element) and before.name in _BREAKS:
            return True
        text = text_in(before, 20) if isinstance(before, Element) else str(before)
        if type(before) in (NavigableString, Element) and re.search(r"[^\W\d_]{2}", text):
            return False
    return True


def _opens(element: Element) -> bool:
    """Tell whether something is made to be opened: it says so, or what it stands in."""
    for wrapper in (element, *islice(element.parents, MOST_WRAPPERS)):
        if any(wrapper.has_attr(name) for name in _OPENING):
            return True
        if wrapper.name != "body" and _OPENS.search(
            " ".join([*classes_of(wrapper), attribute(wrapper, "id") or ""])
        ):
            return True
    return False


def _lead_elsewhere(outline: Outline, asking: list[Element], anchors: frozenset[str]) -> bool:
    leading = sum(_leads_elsewhere(outline, element, anchors) for element in asking)
    return leading > LEADING_SHARE * len(asking)


def _leads_elsewhere(outline: Outline, element: Element, anchors: frozenset[str]) -> bool:
    """Tell whether a name is a link to another page."""
    name = name_of(element)
    around = element.parent if element.parent is not None and element.parent.name == "a" else element
    for link in (around, *outline.find("a[href]", element)):
        target = (attribute(link, "href") or "").strip() if link.name == "a" else ""
        page, _, fragment = target.partition("#")
        leads = page != "" and fragment not in anchors and not page.lower().startswith("javascript:")
        if leads and name_of(link) == name:
            return not any(link.has_attr(opening) for opening in _OPENING)
    return False


def _asking_enough(pairs: list[Pair], fewest: int, share: float) -> list[Pair]:
    """Return the pairs where enough of the names ask, different things, and are answered; else none."""
    answered = {pair.question for pair in pairs if is_answered(pair)}
    asking = [name for name in answered if is_question(name)]
    return pairs if len(asking) >= max(fewest, share * len(pairs)) else []


def _called(outline: Outline) -> _Called:
    anchors = _anchors(outline)
    links = (link for link in outline.find("a[href]") if _fragment(link) in anchors)
    index = frozenset(
        name_of(link) for link in islice(links, MOST_PAIRS) if outline.size(link) <= LARGEST_NAME
    )
    titles = [text_in(element, 200) for element in outline.find("title, h1")[:10]]
    for link in outline.find("link[rel=canonical], link[rel=up], link[rel=home], link[rel=start]")[:4]:
        titles += [re.sub(r"[-_/]", " ", attribute(link, "href") or ""), attribute(link, "title") or ""]
    if any(map(_SAYS_FAQ.search, titles)):
        return _Called(True, 0, anchors, index)
    for element in outline.find(_CALLED):
        name = text_in(element, 80) if outline.size(element) <= LARGEST_NAME else ""
        if _SAYS_FAQ.search(name) or _SAYS_QA.search(name):
            return _Called(False, outline.place(element), anchors, index)
    return _Called(False, None, anchors, index)


def _is_search(outline: Outline) -> bool:
    return any(_SEARCH.search(text_in(element, 200)) for element in outline.find("title")[:1])


def _anchors(outline: Outline) -> frozenset[str]:
    """Return the names of places in the page that links can lead to."""
    names = (
        attribute(element, "id") or attribute(element, "name") for element in outline.find("[id], a[name]")
    )
    return frozenset(name for name in names if name)


def _fragment(link: Element) -> str:
    return (attribute(link, "href") or "").partition("#")[2]
