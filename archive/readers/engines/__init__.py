"""The engines whose threads are read: one module each, with a table for each layout it ever had.

The order is that in which layouts are tried on a page that has the signs of several: engines whose class
names no other uses come first.
"""

from __future__ import annotations

from itertools import chain

from ..application import Application
from ..layout import Layout
from . import (
    apache_answer,
    askbot,
    bbpress,
    biostars,
    discourse,
    drupal,
    flarum,
    fluxbb,
    github,
    invision,
    khoros,
    mybb,
    nodebb,
    osqa,
    phpbb,
    qpixel,
    question2answer,
    quora,
    reddit,
    smf,
    stackexchange,
    vanilla,
    vbulletin,
    wordpress_qa,
    xenforo,
    yahoo_answers,
    zhihu,
)

ENGINES = (
    stackexchange,
    question2answer,
    askbot,
    osqa,
    qpixel,
    biostars,
    discourse,
    reddit,
    quora,
    zhihu,
    yahoo_answers,
    xenforo,
    invision,
    nodebb,
    flarum,
    vanilla,
    khoros,
    github,
    wordpress_qa,
    apache_answer,
    vbulletin,
    smf,
    fluxbb,
    mybb,
    phpbb,
    bbpress,
    drupal,
)

LAYOUTS: tuple[Layout, ...] = tuple(chain.from_iterable(engine.LAYOUTS for engine in ENGINES))

APPLICATIONS: tuple[Application, ...] = tuple(
    chain.from_iterable(engine.APPLICATIONS for engine in (reddit, zhihu, quora, flarum, github))
)
