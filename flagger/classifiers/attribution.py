"""A plain rule for who is given as the source: the subject of a reporting verb, or what follows "according to".

The baseline uses it; the transformer learns its sources.
"""

import re

_VERBS = (
    "said|says|say|told|tells|announced|added|adds|stated|states|reported|reports|confirmed|confirms|claimed|claims|"
    "alleged|alleges|denied|denies|estimated|estimates|estimate|warned|warns|argued|argues|explained|explains|"
    "insisted|insists|noted|notes|wrote|writes|admitted|admits|acknowledged|believe|believes|predicted|predicts|"
    "expects|expect|found|shows|showed|suggests|suggested|revealed|asserted|recalled|testified|concluded|ruled|posted"
)
_BEFORE_VERB = r"(?:(?:also|later|now|further|has|have|had|then|previously|earlier|repeatedly|initially)\s+){0,2}"
_LONGEST = 160  # characters; a longer stretch beside the verb is a clause, not a name

_ACCORDING_TO = re.compile(rf"\b[Aa]ccording to\s+(?P<source>[^,;:.\"“”]{{2,{_LONGEST}}})")
# `"...," said the mayor.` After a quote, or as ", said", the verb may stand before its subject.
_INVERTED = re.compile(
    rf"[,?!.…](?:[\"”’']\s+(?:{_VERBS})|\s+said)\s+(?!that\b|it\b)(?P<source>[^,;:.\"“”]{{2,{_LONGEST}}})"
)
_SUBJECT = re.compile(
    rf"(?P<source>[^\"“”;:]{{2,{_LONGEST}}}?)\s+{_BEFORE_VERB}(?:{_VERBS})\b(?P<after>\s*[.,;]|\s+\w+)"
)
_DATELINE = re.compile(r"[A-Z][A-Z .'-]{2,}\b[^-–—]{0,40}[-–—]+\s")
_LEADING = re.compile(r"(?:(?:But|And|Meanwhile|However|On \w+|Earlier|Later|Still|Yet|In \w+),?\s+)+")
_CLAUSE_END = re.compile(r"\b(?:to|be|is|was|are|were|been|who|which|that|by|of)$")
_SUBORDINATE = re.compile(r"(?:while|as|if|when|although|though|because|since|after|before|until|whether)\b")
_NOT_A_SOURCE = {"it", "which", "that", "who", "there", "this", "what", "and", "but"}


def find_source(text: str) -> tuple[int, int] | None:
    """Return the offsets of the source that a sentence names, or None."""
    for pattern in (_ACCORDING_TO, _INVERTED):
        if match := pattern.search(text):
            return _trim(text, *match.span("source"))
    dateline = _DATELINE.match(text)
    for clause in re.finditer(r"[^\"“”;:]+", text[dateline.end() if dateline else 0 :]):
        first = clause.start() + (dateline.end() if dateline else 0)
        if match := _SUBJECT.match(text, first):
            start, end = match.span("source")
            if match["after"].strip() in (".", ",", ";", "on", "at", "in", "late", "early"):
                # `P, the mayor said.` The claim comes first, the source behind its last comma.
                start = max(start, text.rfind(", ", start, end) + 1)
            return _trim(text, start, end)
    return None


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    leading = _LEADING.match(text, start, end)
    if leading and leading.end() < end:
        start = leading.end()
    while start < end and (text[start].isspace() or text[start] in ",-–—•*"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",-–—"):
        end -= 1
    name = text[start:end].lower()
    if not name or name in _NOT_A_SOURCE or _CLAUSE_END.search(name) or _SUBORDINATE.match(name):
        return None
    return start, end
