"""Which texts on a page are the blurb of a tag, and which only say what a link to it does.

The tooltip of a tag may hold its blurb (Question2Answer, Discourse, Flarum, GitHub), or a label such as "show
questions tagged 'tea'" (Stack Exchange, AskBot). No engine marks which of the two it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bs4 import Tag as Element

from ..records import normalise
from .finding import Outline, attribute, text_in
from .things import line

TOOLTIPS = (
    "title",
    "data-title",
    "data-original-title",
    "data-bs-original-title",
    "data-tooltip",
    "data-tip",
    "data-tippy-content",
    "data-content",
    "data-bs-content",
    "data-description",
    "aria-description",
    "aria-label",
)
"""Attributes that hold what is shown when the pointer rests on an element: HTML's, and those that Bootstrap,
Tippy and other scripts put in their place."""

POINTERS = ("aria-describedby", "aria-details")
"""Attributes that name the element of a pop-up by its id."""

POPUP_ELEMENTS = 200
"""Elements of the largest pop-up: a paragraph, links and buttons; many tags may name the same one."""

AROUND = 3
"""Elements around a tag's name that are looked at for a tooltip: the link, at most."""

LABEL_LENGTH = 60
"""Characters of the longest label, beside the tag's name; the longest of the tests has 44."""

# What a link does, to what, and that these are tagged: a label says two of the three.
_DOES = re.compile(
    r"\b(?:all|show|see|view|browse|list|find|display|search|filter|click|follow|watch|ignore|subscribe"
    r"|alle|zeigen?|anzeigen|ansehen|voir|afficher|tou(?:s|tes)|ver|mostrar|exibir|tod[ao]s|vedi|mostra|tutt[ei]"
    r"|bekijk|toon|weergeven|visa|vis|pokaż|zobrazit|показать|посмотреть|просмотреть|все)\b"
    r"|查看|浏览|瀏覽|显示|顯示|表示|見る|一覧|보기",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"\b(?:questions?|posts?|topics?|threads?|discussions?|content|articles?|entr(?:y|ies)|results?"
    r"|fragen?|beiträge|themen|diskussionen|inhalte|sujets?|messages?|contenus?|preguntas?|perguntas?|temas?"
    r"|tópicos?|publica\w+|domande|discussioni|vragen|berichten|frågor|pytania|otázky|вопрос\w*|тем[аыу]|сообщения)\b"
    r"|问题|問題|话题|話題|帖子|讨论|討論|文章|質問|トピック|投稿|質疑|질문|게시",
    re.IGNORECASE,
)
_TAGGED = re.compile(
    r"\b(?:tag\w*|label\w*|keyword\w*|getagg\w*|schlagw\w+|stichw\w+|étiquet\w+|mots?[- ]clés?|etiquet\w+"
    r"|etichett\w+|marcad\w+|gelabel\w*|taggade?|oznaczon\w+|štítk\w+|мет(?:ка|кой|ки)|тег\w*)\b"
    r"|标签|標籤|标记|タグ|태그",
    re.IGNORECASE,
)
# What stands where nobody has written a blurb, or a wiki: the paragraphs of Stack Exchange, and others'.
_NOTHING = re.compile(
    r"\W*(?:(?:there(?: i|['’])s |(?:this tag|it) has )?"
    r"no (?:tag |usage )?(?:wiki|guidance|description|excerpt)\b"
    r"|Tag wikis help introduce newcomers|Usage guidance, also known as"
    r"|All registered users may propose new tag|Note that if you have less than [\d,.]+ reputation)",
    re.IGNORECASE,
)
_SENTENCE_END = (".", "!", "?", "…", "。", "！", "？")
_APART = re.compile(r"[-_\s]+")
_NO_WORD = re.compile(r"[\W\d_]+")


def is_blurb(text: str, name: str) -> bool:
    """Tell whether a text says something of the tag of that name.

    >>> [is_blurb(text, "tea") for text in ("Leaves in hot water", "Tea", "see questions tagged 'tea'")]
    [True, False, False]
    """
    if says_nothing(text):
        return False
    rest = _spaced(text[: LABEL_LENGTH + 2 * len(name)]).replace(_spaced(name), " ")
    words = _NO_WORD.sub(" ", rest).split()
    if not words:
        return False
    if len(rest) > LABEL_LENGTH or text.rstrip().endswith(_SENTENCE_END):
        return True
    kinds = sum(kind.search(rest) is not None for kind in (_DOES, _THINGS, _TAGGED))
    return kinds < 2 and not (kinds == 1 and len(words) == 1)


def says_nothing(text: str) -> bool:
    """Tell whether a text is the notice that a tag has no blurb or no wiki yet."""
    return _NOTHING.match(text) is not None


def blurb_among(texts: Iterable[str], name: str) -> str | None:
    """Return the first of the texts that is a blurb of the tag."""
    return next((text for text in texts if is_blurb(text, name)), None)


def tooltips_of(element: Element, outline: Outline, length: int) -> Iterator[str]:
    """Yield what is shown when the pointer rests on a tag: each text as one line of at most `length`."""
    for one in _link_and_inside(element):
        for name in TOOLTIPS:
            if told := attribute(one, name):
                yield line(told[: 2 * length], length)
        for name in POINTERS:
            pointed = outline.with_id(attribute(one, name) or "")
            if pointed is not None and outline.size(pointed) <= POPUP_ELEMENTS:
                yield text_in(outline.first("p", pointed) or pointed, length)


def _spaced(text: str) -> str:
    return _APART.sub(" ", normalise(text))


def _link_and_inside(element: Element) -> Iterator[Element]:
    """Yield an element, and what is around it up to the link that it stands in."""
    around: Element | None = element
    for _ in range(AROUND):
        if around is None:
            return
        if around is element or around.name == "a":
            yield around
        if around.name == "a":
            return
        around = around.parent
