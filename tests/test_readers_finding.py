"""Selectors: what `finding.py` finds is what bs4 finds, over generated pages and selectors."""

from __future__ import annotations

import pytest
from askive.archive.errors import PageRejected
from askive.archive.limits import Limits
from askive.archive.readers.finding import Outline, text_in
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

NAMES = ("div", "p", "b")
CLASSES = ("a", "b-c", "d")
IDS = ("x1", "y")

attributes = st.fixed_dictionaries(
    {},
    optional={
        "class": st.lists(st.sampled_from(CLASSES), max_size=3).map(" ".join),
        "id": st.sampled_from(IDS),
        "data-n": st.sampled_from(["1", "12", "a b"]),
    },
)


def markup(name: str, told: dict[str, str], inside: list[str]) -> str:
    said = "".join(f' {key}="{value}"' for key, value in told.items())
    return f"<{name}{said}>{''.join(inside)}</{name}>"


elements = st.recursive(
    st.just("text"),
    lambda inner: st.builds(markup, st.sampled_from(["div", "b"]), attributes, st.lists(inner, max_size=4)),
    max_leaves=20,
)
compounds = st.builds(
    "{}{}".format,
    st.sampled_from(["", *NAMES]),
    st.sampled_from(["", ".a", ".b-c.d", "#x1", "[data-n]", "[data-n='1']", "[data-n^='1']", "[data-n$='2']"])
    | st.sampled_from(["[data-n*='1']", "[data-n~=b]", "[id=y].a"]),
).filter(bool)
selectors = st.lists(
    st.lists(compounds, min_size=1, max_size=3).flatmap(
        lambda steps: st.sampled_from([" ", " > "]).map(lambda sign: sign.join(steps))
    ),
    min_size=1,
    max_size=3,
).map(", ".join)


@given(st.lists(elements, max_size=4), selectors)
def test_it_finds_what_bs4_finds(inside: list[str], selector: str) -> None:
    soup = BeautifulSoup(f"<html><body>{''.join(inside)}</body></html>", "lxml")
    found = [id(element) for element in Outline(soup).find(selector)]
    assert found == [id(element) for element in soup.select(selector)]


@given(st.lists(elements, min_size=1, max_size=3), selectors)
def test_within_an_element_all_of_it_is_inside(inside: list[str], selector: str) -> None:
    soup = BeautifulSoup(f"<html><body><div id=top>{''.join(inside)}</div></body></html>", "lxml")
    top = soup.find(id="top")
    assert top is not None
    alone = BeautifulSoup(str(top), "lxml")
    within = [str(element) for element in Outline(soup).find(selector, top)]
    assert within == [str(e) for e in alone.select(selector) if e.name not in ("html", "body")]


@pytest.mark.parametrize("selector", ["a + b", "a:first-child", "", "..a", "a ~ b"])
def test_what_is_not_understood_is_refused(selector: str) -> None:
    outline = Outline(BeautifulSoup("<p>x", "lxml"))
    if not selector:
        assert outline.find(selector) == []
        return
    with pytest.raises(ValueError, match="no selector"):
        outline.find(selector)


def test_silenced_elements_say_nothing() -> None:
    soup = BeautifulSoup("<p>one <b class=x>two</b> three<script>four</script></p>", "lxml")
    outline = Outline(soup)
    outline.silence(".x")
    assert text_in(outline.find("p")[0], 100) == "one three"


def test_depth_is_bounded() -> None:
    soup = BeautifulSoup("<i>" * 30, "lxml")
    with pytest.raises(PageRejected, match="nested deeper than 20"):
        Outline(soup, Limits(html_depth=20))
