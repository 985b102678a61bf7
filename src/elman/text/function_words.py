"""English words that hold a sentence together and say little of what it is about."""

_WORDS = """
a an the this that these those
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers
herself it its itself they them their theirs themselves one ones someone anyone everyone something anything
everything nothing
who whom whose which what when where why how
am is are was were be been being have has had having do does did doing done will would shall should can could may
might must
and or but nor so if then than because while although though until unless as since whether
of in on at by for with about against between into through during before after above below to from up down out off
over under onto upon within without near around across along behind beside toward towards
not no yes very too also just only even still again ever never here there now
all any both each every few more most other others another some such own same much many
s t d m ll re ve don didn doesn isn wasn weren aren won can couldn wouldn shouldn hadn hasn haven
"""

FUNCTION_WORDS = frozenset(_WORDS.split())
"""Articles, pronouns, question words, auxiliaries, conjunctions, prepositions, adverbs and quantities without content;
the last line has what is left of contractions that are cut at their mark."""
