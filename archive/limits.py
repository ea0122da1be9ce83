"""The named limits that keep any page from filling the memory or the time of an ingest."""

from __future__ import annotations

from dataclasses import dataclass

MEBI = 1024 * 1024
GIBI = 1024 * MEBI


@dataclass(frozen=True, slots=True)
class Limits:
    """What a page may cost; lengths of text are in characters. A page above one is rejected."""

    page_bytes: int = 512 * MEBI
    """A whole page of any kind, unpacked. An export of 16,000 questions is 25 MiB; it is in memory once."""

    page_seconds: float = 60
    """Time of a processor until the next records of a page. Real pages take up to 0.5 s; texts nested in one
    another up to the limits took 22 s."""

    html_bytes: int = 16 * MEBI
    """An HTML or JSON-LD page. The largest of 150 real ones has 0.8 MiB; 16 MiB parse in about a second."""

    html_tags: int = 100_000
    """The `<` signs of an HTML page. 150 real ones have up to 11,000; an element takes 1 KiB and 12 µs."""

    html_depth: int = 512
    """Nesting of a thread's HTML. 60 real threads reach 61, replies within replies included."""

    posts: int = 20_000
    """Posts and comments of one thread page. Real ones show up to 500, far below what `html_tags` lets in."""

    text_bytes: int = MEBI
    """A page of scraped text. The sample has 2 KiB; 200 answers of 5,000 characters have 1 MiB."""

    texts_bytes: int = 2 * MEBI
    """A text of many pages or questions, in memory up to 180 times that, if every line is one; longer ones of
    a form that is known come in parts (archive/parts.py)."""

    json_depth: int = 64
    """Nesting of JSON-LD. Real pages reach 15; Python's own JSON parser gives up at about 1,000."""

    json_items: int = 2_000_000
    """Brackets and commas of a JSON page of data, a table or an export: each takes 100 bytes, seldom more."""

    json_values: int = 200_000
    """Brackets and commas of the JSON-LD of one page, which bound its values; each takes up to 1 KiB."""

    markup_steps: int = 400_000
    """Elements visited for microdata and RDFa: 4 times the tags: `itemref` must not multiply the work."""

    body_signs: int = 20_000
    """The `<` and `&` of one body; above it only the text is kept. 20,000 nested tags take 0.5 s to clean,
    and the longest post of Stack Exchange, 30,000 characters, can have 10,000."""

    questions: int = 10_000
    """Questions of one HTML or JSON-LD page. The longest real FAQ seen has 20."""

    mail_bytes: int = 64 * MEBI
    """One mail with all that is attached: large providers take 25 to 50 MiB; it is in memory four times."""

    mail_header: int = 256 * 1024
    """The header of a mail. Postfix takes 100 KiB of it; mail that went through many hosts has 20 KiB."""

    mail_text: int = MEBI
    """The text of one mail. Lists allow 40 KiB to 1 MiB; what is longer is a log or a file in the body."""

    mail_parts: int = 20_000
    """Lines of a mail with parts that begin with "--", as those do that part it; each part takes 20 µs."""

    mail_checks: int = 10_000_000
    """Lines of a mail times its boundaries, which is how often the email package looks for the end of a part:
    two seconds. A mail of 20 MiB with ten parts has 3,000,000."""

    page_text: int = 64 * MEBI
    """Text of all bodies of a page together: 4 times `html_bytes`: references must not multiply it."""

    title_length: int = 500
    """A question's title. Stack Exchange allows 150; what is longer is a body that took the title's place."""

    name_length: int = 200
    """An author's or a tag's display name. Stack Exchange allows 30 and 35; keywords may be phrases."""

    blurb_length: int = 10_000
    """A tag's blurb. Stack Exchange allows 500; a longer one is a wiki page about the tag."""

    dump_row_bytes: int = 4 * MEBI
    """A row of a Stack Exchange dump. A post has 30,000 characters; as XML, with entities, 200 KiB."""

    dump_bytes: int = 64 * MEBI
    """A dump, or a part of one, that is read in memory: 10 times that while it is. The posts of a question
    are together there; the largest one of Stack Overflow has some MiB. Larger dumps come in parts."""

    tags: int = 100
    """Tags of one question. Stack Exchange allows 5; keyword lists of real pages reach 30."""

    page_tags: int = 2_000
    """What may be a tag on one page, looked at for its blurb. Lists show 36 to 100; each takes 0.04 ms."""

    # Of a container, with all that is in it at any depth.

    nest_depth: int = 8
    """Containers in containers, a compressed file counting as one. A `.warc.gz` in a `.tar.gz` is 4."""

    nest_bytes: int = 512 * GIBI
    """What all layers unpack to, together. The dump of Stack Overflow has some 200 GiB."""

    nest_members: int = 10_000_000
    """Members, folders and links among them; passing over one takes some 20 µs, so these take minutes."""

    nest_ratio: int = 200
    """Most that a byte may unpack to, in one layer and in all: text reaches 20, logs 100, deflate 1,032."""

    nest_rejections: int = 1000
    """Members passed over that are named; the others are counted, as a container may hold nothing else."""

    nest_dumps: int = 1000
    """Data dumps whose tables are gathered at once, a temporary file each. Stack Exchange has 370 sites."""

    spooled_bytes: int = 8 * GIBI
    """A container that must be read from its end (zip, 7z, ZIM) and comes in a stream: a temporary file."""

    zip_directory_bytes: int = 32 * MEBI
    """A zip's directory. An entry has some 90 bytes there and 600 in memory: 350,000 members, 220 MiB."""

    header_bytes: int = MEBI
    """What stands before a member's content: tar's extended headers, those of WARC and HTTP. Real: 4 KiB."""

    mhtml_bytes: int = 64 * MEBI
    """A page saved with its pictures, which is in memory whole. Most have 1 to 10 MiB."""

    har_bytes: int = 256 * MEBI
    """A browser's log, which is in memory whole. An hour of browsing has some 100 MiB."""


LIMITS = Limits()
