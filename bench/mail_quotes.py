"""What is left of real mails once quotations and signatures are gone: our rules beside two libraries.

    python -m askive.bench.mail_quotes ../shared/pages

needs a folder with mails and a `gold.jsonl` that says how the text of each begins, and
`pip install mail-parser-reply quotequail`, which askive itself does without.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from ..archive.readers.mail_bodies import text_of
from ..archive.readers.mail_quotes import own_text

BEGIN = 48
"""Letters and digits that have to agree, as in the folder's own scorer."""


def main(folder: Path) -> None:
    """Print a row for each way of doing it that is installed."""
    mails = list(_mails(folder))
    print(f"{len(mails)} mails            begin right   quotations left   footers left")
    for name, clean in _ways():
        left = [(clean(text, is_reply), begin) for text, begin, is_reply in mails]
        right = sum(_letters(text).startswith(_letters(begin)[:BEGIN]) for text, begin in left)
        quotes = sum(any(line.startswith(">") for line in text.split("\n")) for text, _ in left)
        footers = sum("mailing list\n" in text for text, _ in left)
        print(f"{name:20} {right:11} {quotes:17} {footers:14}")


def _mails(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield the text of each mail, how it begins for a person, and whether it is a reply."""
    for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        begin = row.get("reply_text_unquoted_prefix") or row.get("question_text_prefix")
        if row["kind"] == "mail" and begin:
            text = text_of((folder / row["file"]).read_bytes()).text
            yield text, begin, row.get("in_reply_to") is not None


def _ways() -> Iterator[tuple[str, Callable[[str, bool], str]]]:
    yield "askive", lambda text, is_reply: own_text(text, is_reply=is_reply)
    try:
        parser = import_module("mailparser_reply").EmailReplyParser(languages=["en"])
        yield "mail-parser-reply", lambda text, _: parser.parse_reply(text=text) or ""
    except ImportError:
        print("mail-parser-reply is not installed here")
    try:
        quote = import_module("quotequail").quote
        yield "quotequail", lambda text, _: "\n".join(part for is_own, part in quote(text) if is_own)
    except ImportError:
        print("quotequail is not installed here")


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
