"""Whether the first post of a thread asks something: forums hold announcements, praise and lists as well."""

from __future__ import annotations

import re

_QUESTION_MARKS = "?？؟"
_ADDRESS = re.compile(r"https?://\S+")
_QUOTED = re.compile(r"^>.*$", re.MULTILINE)

# Words of titles that ask without a question mark. English for the greater part, as most of the titles are.
_QUESTION_WORD = re.compile(
    r"^\W*(how|what|which|why|where|when|who|can|could|should|would|does|do|did|is|are|has|have|any)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(anyone|anybody|help|question|questions|problem|problems|issue|issues|trouble|error|errors|fail|fails|failed|failing"
    r"|failure|failures|broken|bug|crash|crashes|crashed|crashing|freezes|stuck|wrong|missing|unable|cannot"
    r"|can'?t|cant|won'?t|wont|doesn'?t|doesnt|not|need|needed|looking|request|review|advice|recommend"
    r"|recommendation|recommendations|recommended|suggestion|suggestions|suggest|best|comparison|vs|versus"
    r"|difference|confused|wondering|please|urgent|opinions|thoughts|ideas|tips|frage|problem|hilfe|fehler"
    r"|comment|pourquoi|problème|aide|cómo|como|por qué|ayuda|problema|aiuto|ajuda"
    r"|suche|tipps|cherche|conseils?|duda|busco|consigli[oa]?|pomocy|hulp|hjälp|вопрос|проблема|помощь)\b",
    re.IGNORECASE,
)
# Words of titles and texts that ask in other languages.
_ASKING_ABROAD = re.compile(
    r"\b(?:warum|wieso|weshalb|welche[rsnm]?|wie (?:kann|mach|bekomm|geht|soll)\w*|weiß jemand|hat jemand"
    r"|kann (?:mir )?(?:jemand|man|ich)|ich suche|geht nicht|funktioniert nicht|fehlermeldung"
    r"|quelqu['’]un|est-ce que|comment (?:faire|puis)|merci d['’]avance|besoin d['’]aide|je cherche"
    r"|alguien|cómo puedo|como puedo|necesito|no funciona|gracias de antemano"
    r"|alguém|não funciona|preciso de|desde já obrigado"
    r"|qualcuno|come (?:posso|faccio)|non funziona|grazie in anticipo"
    r"|iemand|hoe kan|werkt niet|alvast bedankt"
    r"|czy ktoś|jak (?:zrobić|mogę)|nie działa|proszę o pomoc"
    r"|подскажите|помогите|посоветуйте|почему|не работает|кто[- ]нибудь|заранее спасибо"
    r"|как (?:сделать|настроить|можно|быть|исправить))\b"
    r"|怎么|怎麼|如何|为什么|為什麼|为何|请问|請問|请教|請教|求助|有没有|有沒有|哪里|哪個|哪个|吗$"
    r"|どう(?:すれば|したら)|でしょうか|教えて|어떻게|문의|질문",
    re.IGNORECASE | re.MULTILINE,
)
# What announces: these ask nothing, whatever else their titles hold.
_TELLING = re.compile(
    r"^\W*(congratulations|announcing|announcement|introducing|welcome|release[ds]?|sticky|guide|tutorial|howto"
    r"|faq|rules|my take|psa|\[?(?:guide|tutorial|news|release|announcement|showcase)\]?\b)"
    r"|\b(read (?:this )?(?:first|before)|look (?:at this )?before|before (?:you )?post(?:ing)?)\b",
    re.IGNORECASE,
)
_ASKING_TEXT = re.compile(
    r"\b(help|advice|suggestions?|recommend(?:ation)?s?|any ideas?|any(?:one|body)|i need"
    r"|i(?:'?m| am) looking|how (?:do|can|to|should)|what (?:is|are|should|do)|is there|wondering"
    r"|doesn'?t work|not working|problem|issue|error|broken|thanks in advance|thank you in advance)\b",
    re.IGNORECASE,
)


def asks(title: str, text: str) -> bool:
    """Tell whether a thread with this title and first post asks something.

    >>> asks("Turning off all LED of RPi 5", "I tried this. Do you know why it does not work?")
    True
    >>> asks("Congratulations, most stars in 2013!", "And that in just over a year, way to go!")
    False
    """
    if any(mark in title for mark in _QUESTION_MARKS):
        return True
    if _TELLING.search(title):
        return False
    if not text.strip():  # a link to elsewhere: its title is the headline of what it leads to
        return _QUESTION_WORD.search(title) is not None
    own = _ADDRESS.sub("", _QUOTED.sub("", text))
    if any(mark in own for mark in _QUESTION_MARKS):
        return True
    return (
        any(words.search(title) for words in (_QUESTION_WORD, _ASKING))
        or _ASKING_TEXT.search(own) is not None
        or any(_ASKING_ABROAD.search(words) for words in (title, own))
    )


def is_question(title: str) -> bool:
    """Tell whether a title by itself is a question.

    >>> [is_question(title) for title in ("Which kettle?", "Kettles of 2024", "How to descale a kettle")]
    [True, False, True]
    """
    return any(mark in title for mark in _QUESTION_MARKS) or _QUESTION_WORD.search(title) is not None
