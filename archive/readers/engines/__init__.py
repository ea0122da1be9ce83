"""The engines whose threads are read: one module each, with a table for each layout it ever had.

The order is that in which layouts are tried on a page that has the signs of several: engines whose class
names no other uses come first.
"""

from __future__ import annotations

from itertools import chain

from ..layout import Layout
from . import (
    apache_answer,
    asgaros,
    askbot,
    bbpress,
    discourse,
    discuz,
    drupal,
    flarum,
    fluxbb,
    forumotion,
    github,
    invision,
    khoros,
    kunena,
    moodle,
    mybb,
    nodebb,
    osqa,
    phpbb,
    proboards,
    question2answer,
    quora,
    reddit,
    smf,
    stackexchange,
    ubb,
    vanilla,
    vbulletin,
    woltlab,
    wordpress_qa,
    wpforo,
    xenforo,
    yabb,
    yahoo_answers,
    zhihu,
)

ENGINES = (
    stackexchange,
    question2answer,
    askbot,
    osqa,
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
    asgaros,
    discuz,
    woltlab,
    wpforo,
    kunena,
    moodle,
    proboards,
    ubb,
    yabb,
    vbulletin,
    smf,
    fluxbb,
    mybb,
    forumotion,
    phpbb,
    bbpress,
    drupal,
)

LAYOUTS: tuple[Layout, ...] = tuple(chain.from_iterable(engine.LAYOUTS for engine in ENGINES))
