"""English words that say how something is asked, not what about: they weigh less, and are never a reason.

None is left out: "to be or not to be" finds what it should. A list by grammatical function, as the field's
stop lists are (Fox, 1989; Snowball's english.txt), and the phrases in which people ask and thank; in other
languages rarity has to do.
"""

from __future__ import annotations

_ARTICLES_AND_DETERMINERS = """
a an the this that these those each every either neither both all any some no none such same other another
much many more most few less least several enough own
"""
_PRONOUNS = """
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her
hers herself it its itself they them their theirs themselves one ones oneself anybody anyone anything
everybody everyone everything nobody nothing somebody someone something thing things u ur
"""
_ASKING = "who whom whose which what when where why how whether whats hows whos wheres"
_VERBS = """
am is are was were be been being have has had having do does did doing done will would shall should can
could may might must ought cannot get gets got getting let im ive id ill youre youve youd youll hes shes
theyre theyve theyd theyll weve wed isnt arent wasnt werent hasnt havent hadnt doesnt dont didnt wont
wouldnt shant shouldnt cant couldnt mustnt lets thats heres theres
"""
_PREPOSITIONS = """
about above across after against along among around as at before behind below beneath beside besides between
beyond by despite down during except for from in inside into like near of off on onto out outside over past
per since through throughout till to toward towards under until up upon via with within without
"""
_CONJUNCTIONS_AND_ADVERBS = """
and or but nor so yet if unless because although though while whereas than then once again further here
there now just only also too very quite rather even still ever never not etc ok
"""
_COURTESIES = """
please pls plz help thank thanks thankyou hi hello hey dear sir madam guys regards appreciate appreciated
advise advice ask asking question questions answer information info know want wanted need wonder wondering
tell find look looking good day morning
"""

FUNCTION_WORDS: frozenset[str] = frozenset(
    " ".join(
        (
            _ARTICLES_AND_DETERMINERS,
            _PRONOUNS,
            _ASKING,
            _VERBS,
            _PREPOSITIONS,
            _CONJUNCTIONS_AND_ADVERBS,
            _COURTESIES,
        )
    ).split()
)
"""Unstemmed, folded terms, as `analysis.words` yields them."""
