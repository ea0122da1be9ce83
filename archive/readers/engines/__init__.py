"""The engines whose threads are read: one module each, with a table for each layout it ever had.

The order is that in which layouts are tried on a page that has the signs of several: engines whose class
names no other uses come first. Those that have pages of their own for tags have `TAG_LAYOUTS` besides.
"""

from __future__ import annotations

from itertools import chain

from ..application import Application
from ..layout import Layout, TagLayout
from . import (
    apache_answer,
    asgaros,
    askbot,
    bbpress,
    biostars,
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
    qpixel,
    question2answer,
    quora,
    reddit,
    smf,
    sotoki,
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
    sotoki,
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

TAG_LAYOUTS: tuple[TagLayout, ...] = (
    *stackexchange.TAG_LAYOUTS,
    *question2answer.TAG_LAYOUTS,
    *askbot.TAG_LAYOUTS,
    *osqa.TAG_LAYOUTS,
    *discourse.TAG_LAYOUTS,
    *zhihu.TAG_LAYOUTS,
    *flarum.TAG_LAYOUTS,
    *github.TAG_LAYOUTS,
    *wordpress_qa.TAG_LAYOUTS,
    *apache_answer.TAG_LAYOUTS,
)

APPLICATIONS: tuple[Application, ...] = tuple(
    chain.from_iterable(engine.APPLICATIONS for engine in (reddit, zhihu, quora, flarum, github))
)
