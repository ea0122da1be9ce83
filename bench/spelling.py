"""How well Askive corrects what is spelt wrong: `python bench/spelling.py ARCHIVE...`, or `--help`.

Words of an archive's own titles are spelt wrong by chance, evenly over places, letters and kinds of slip, and
asked for alone and within their title. Prints how many come back as the one first suggestion, and how often
something is suggested for what is spelt right. Always the same for the same archive and seed.
"""

from __future__ import annotations

import argparse
import random
import string
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import fmean

from askive.archive.store import Store
from askive.bench.archives import put
from askive.bench.measure import percentile
from askive.index.analysis import Stemmer, words
from askive.index.grammar import plain
from askive.index.suggest import Suggestion, corrected
from askive.library import Library, open_library

SEED = 11

MIN_LETTERS = 5
"""Letters of the shortest word that is spelt wrong."""

LONG = 8
"""Letters of a word that may be two edits off; two in a shorter one are counted apart."""

TRIES = 1000
"""Titles drawn for each case wanted before an archive is taken to have none."""

Words = tuple[str, ...]
Slip = Callable[[str, random.Random], str]


@dataclass(frozen=True, slots=True)
class Case:
    """A title's `words`, of which those from `start` to `stop` are asked for as `slipped`."""

    words: Words
    start: int
    stop: int
    slipped: Words

    def alone(self) -> tuple[Words, Words]:
        """Return the misspelt words, and what they should be."""
        return self.slipped, self.words[self.start : self.stop]

    def in_title(self) -> tuple[Words, Words]:
        """Return the title with the misspelt words in it, and as it should be."""
        return (*self.words[: self.start], *self.slipped, *self.words[self.stop :]), self.words


@dataclass(slots=True)
class Score:
    """What became of some queries."""

    asked: int = 0
    right: int = 0
    silent: int = 0
    times: list[float] = field(default_factory=list)

    def share(self, count: int) -> str:
        """Return a count as a share of what was asked."""
        return f"{count / self.asked:.3f}" if self.asked else "-"


# -- slips


def left_out(word: str, luck: random.Random) -> str:
    """Return the word without one of its letters."""
    at = luck.randrange(len(word))
    return word[:at] + word[at + 1 :]


def put_in(word: str, luck: random.Random) -> str:
    """Return the word with a letter more."""
    at = luck.randrange(len(word) + 1)
    return word[:at] + luck.choice(string.ascii_lowercase) + word[at:]


def changed(word: str, luck: random.Random) -> str:
    """Return the word with another letter in the place of one."""
    at = luck.randrange(len(word))
    return word[:at] + luck.choice(string.ascii_lowercase) + word[at + 1 :]


def swapped(word: str, luck: random.Random) -> str:
    """Return the word with two neighbours swapped."""
    at = luck.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


SLIPS: Mapping[str, Slip] = {
    "a letter left out": left_out,
    "a letter put in": put_in,
    "a letter changed": changed,
    "two letters swapped": swapped,
}


def once(word: str, luck: random.Random) -> str:
    """Return the word after one slip of any kind."""
    return luck.choice(list(SLIPS.values()))(word, luck)


def twice(word: str, luck: random.Random) -> str:
    """Return the word after two slips."""
    return once(once(word, luck), luck)


# -- cases


def misspelt(fits: Callable[[str], bool], slip: Slip, title: Words, luck: random.Random) -> Case | None:
    """Return a title with one of its fitting words spelt wrong; None where it has none."""
    places = [at for at, word in enumerate(title) if fits(word)]
    if not places:
        return None
    at = luck.choice(places)
    wrong = slip(title[at], luck)
    return None if finds_the_same(wrong, title[at]) else Case(title, at, at + 1, (wrong,))


def finds_the_same(wrong: str, word: str) -> bool:
    """Tell whether a slip makes no difference to a search: another form of the word, or the word itself."""
    stem = Stemmer().stem
    return wrong == word or stem(wrong) == stem(word)


def split(title: Words, luck: random.Random) -> Case | None:
    """Return a title with a space in one of its words."""
    places = [at for at, word in enumerate(title) if is_long(word)]
    if not places:
        return None
    at = luck.choice(places)
    cut = luck.randrange(1, len(title[at]))
    return Case(title, at, at + 1, (title[at][:cut], title[at][cut:]))


def joined(title: Words, luck: random.Random) -> Case | None:
    """Return a title without the space between two of its words, one of them long enough to be taken."""
    places = [
        at
        for at, (a, b) in enumerate(pairwise(title))
        if is_plain(a) and is_plain(b) and (is_long(a) or is_long(b))
    ]
    if not places:
        return None
    at = luck.choice(places)
    return Case(title, at, at + 2, (title[at] + title[at + 1],))


def is_plain(word: str) -> bool:
    """Tell whether a word is of letters alone."""
    return word.isascii() and word.isalpha()


def is_long(word: str) -> bool:
    """Tell whether a word is spelt wrong here."""
    return is_plain(word) and len(word) >= MIN_LETTERS


def is_short(word: str) -> bool:
    """Tell whether two edits are much of a word."""
    return is_long(word) and len(word) < LONG


def is_longer(word: str) -> bool:
    """Tell whether a word is long enough for two edits."""
    return is_long(word) and len(word) >= LONG


MAKERS: Mapping[str, Callable[[Words, random.Random], Case | None]] = {
    "one slip": partial(misspelt, is_long, once),
    **{f"  {name}": partial(misspelt, is_long, slip) for name, slip in SLIPS.items()},
    f"two slips, {LONG} letters and more": partial(misspelt, is_longer, twice),
    f"two slips, {MIN_LETTERS} to {LONG - 1} letters": partial(misspelt, is_short, twice),
    "a word split": split,
    "two words joined": joined,
}
"""How a title is spelt wrong, by kind; None where it does not lend itself to it."""


def cases(titles: Sequence[Words], kind: str, count: int, seed: int) -> Iterator[Case]:
    """Yield `count` cases of a kind, or fewer where the titles have not as many."""
    luck = random.Random(f"{seed} {kind}")
    made = (MAKERS[kind](luck.choice(titles), luck) for _ in range(count * TRIES))
    for _, case in zip(range(count), filter(None, made), strict=False):
        yield case


def each_word(titles: Sequence[Words]) -> list[Words]:
    """Return each distinct long word once, as a title of its own: rare words count as much as common ones."""
    return [(word,) for word in sorted({word for title in titles for word in title if is_long(word)})]


def some_words(titles: Sequence[Words], count: int, seed: int) -> Iterator[Words]:
    """Yield one to four words of titles, in their order."""
    luck = random.Random(f"{seed} some words")
    for _ in range(count):
        title = luck.choice(titles)
        size = min(luck.randint(1, 4), len(title))
        yield tuple(title[at] for at in sorted(luck.sample(range(len(title)), size)))


# -- what is suggested


Speller = Callable[[Words], tuple[Suggestion, ...]]


def scored(speller: Speller, asked: Iterable[tuple[Words, Words]]) -> Score:
    """Ask for queries, each with what it should be."""
    score = Score()
    for query, meant in asked:
        start = time.perf_counter()
        found = speller(query)
        score.times.append(time.perf_counter() - start)
        score.asked += 1
        score.silent += not found
        text = corrected(" ".join(query), found)
        score.right += tuple(term.text for term in words(text)) == meant
    return score


def titles_of(store: Store, half: int | None = None) -> list[Words]:
    """Return the words of all titles, or of those of every second question."""
    ids = sorted(store.ids())
    found = store.get_many(ids if half is None else ids[half::2])
    titles = (tuple(term.text for term in words(found[id].title)) for id in found)
    return [title for title in titles if title]


def opened(store: Store, archive: Path) -> AbstractContextManager[Library]:
    """Open a store's index."""
    return open_library(store, archive / "index", wait=60, notice=say, progress=Silent())


class Silent:
    """Shows no progress."""

    def __call__(self, done: int, total: int) -> None:
        """Show nothing."""

    def clear(self) -> None:
        """Do nothing."""


def speller_of(library: Library) -> Speller:
    """Return what asks an archive."""
    return lambda query: library.suggestions(plain(" ".join(query)))


# -- tables


def slip_lines(speller: Speller, titles: Sequence[Words], count: int, seed: int) -> Iterator[str]:
    """Yield the table of what is spelt wrong."""
    shares = f"{'alone':>8}{'in title':>10}{'distinct':>10}"
    yield f"{'recall@1':32}{'asked':>7}{shares}{'mean ms':>9}{'p95 ms':>8}"
    distinct = each_word(titles)
    for kind in MAKERS:
        made = list(cases(titles, kind, count, seed))
        alone = scored(speller, (case.alone() for case in made))
        whole = scored(speller, (case.in_title() for case in made))
        once = scored(speller, (case.alone() for case in cases(distinct, kind, count, seed)))
        times = [1000 * t for score in (alone, whole, once) for t in score.times] or [0.0]
        shares = f"{alone.share(alone.right):>8}{whole.share(whole.right):>10}{once.share(once.right):>10}"
        yield f"{kind:32}{alone.asked:7}{shares}{fmean(times):9.2f}{percentile(times, 95):8.2f}"


def right_line(label: str, speller: Speller, queries: Iterable[Words]) -> str:
    """Return a line of how often something is suggested for what is spelt right."""
    score = scored(speller, ((query, query) for query in queries))
    times = [1000 * t for t in score.times] or [0.0]
    share = score.share(score.asked - score.silent)
    return f"{label:44}{score.asked:7}{share:>11}{fmean(times):9.2f}{percentile(times, 95):8.2f}"


def right_lines(speller: Speller, titles: Sequence[Words], count: int, seed: int) -> Iterator[str]:
    """Yield the table of what is spelt right."""
    yield f"{'spelt right':44}{'asked':>7}{'suggested':>11}{'mean ms':>9}{'p95 ms':>8}"
    luck = random.Random(f"{seed} titles")
    yield right_line("titles", speller, luck.sample(titles, min(count, len(titles))))
    yield right_line("one to four words of a title", speller, some_words(titles, count, seed))


def new_lines(store: Store, count: int, seed: int) -> Iterator[str]:
    """Yield lines on titles that an archive does not hold: every second question asks the others."""
    with tempfile.TemporaryDirectory(prefix="askive-bench-") as work:
        archive = Path(work)
        ids = sorted(store.ids())
        with Store.open(archive, create=True) as half:
            put(half, (question for question in store.get_many(ids[::2]).values()))
            with opened(half, archive) as library:
                luck = random.Random(f"{seed} new")
                titles = titles_of(store, 1)
                drawn = luck.sample(titles, min(count, len(titles)))
                known = [title for title in drawn if knows(library, title)]
                unknown = sorted(set(drawn) - set(known))
                yield right_line("titles of questions not held, words known", speller_of(library), known)
                yield right_line("  the same, with a word unknown", speller_of(library), unknown)


def knows(library: Library, title: Words) -> bool:
    """Tell whether an archive holds all words of a title."""
    return all(library.vocabulary().frequency(word) for word in title)


# -- the command line


def say(message: str) -> None:
    """Say what is being done."""
    print(message, file=sys.stderr, flush=True)


def arguments() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python bench/spelling.py",
        description="Measure how well Askive corrects what is spelt wrong, and leaves alone what is not.",
        epilog="recall@1: the suggestion is the very word of the title, and nothing else is touched; for the "
        "word alone, within its title, and drawn from the distinct words of all titles, however rare. A slip "
        "that leaves another form of the same word is not counted: it makes no difference to a search.",
    )
    add = parser.add_argument
    add(
        "archives", nargs="+", type=Path, metavar="ARCHIVE", help="an archive, as `askive --archive` takes it"
    )
    add("--count", type=int, default=1000, metavar="N", help="cases of each kind (default: %(default)s)")
    add("--right", type=int, default=5000, metavar="N", help="correct queries (default: %(default)s)")
    add("--seed", type=int, default=SEED, metavar="N", help="(default: %(default)s)")
    return parser


def run(archive: Path, options: argparse.Namespace) -> None:
    """Measure one archive and print its tables."""
    with Store.open(archive) as store, opened(store, archive) as library:
        titles = titles_of(store)
        print(f"{archive.name}: {len(titles):,} titles\n")
        speller = speller_of(library)
        for line in slip_lines(speller, titles, options.count, options.seed):
            print(line, flush=True)
        print()
        for line in (
            *right_lines(speller, titles, options.right, options.seed),
            *new_lines(store, options.right, options.seed),
        ):
            print(line, flush=True)
        print()


def main() -> None:
    """Read the command line and run."""
    options = arguments().parse_args()
    for archive in options.archives:
        run(archive, options)


if __name__ == "__main__":
    main()
