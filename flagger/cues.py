"""Where a cue begins and ends by the guideline, as far as a rule can tell.

Two readers agree on a label more often than on the exact words that decided it, and so does a model. What the section
"Spans" of datasets/GUIDELINE.md settles by form is settled here for all alike: the pipeline applies it to what a
classifier found, the markup reader to what a person marked, and `flagger data check` names the cues that differ.
"""

import re
from collections.abc import Iterable

from flagger.labels import Label
from flagger.results import Offsets

_QUESTION = r"(?:whether|how(?: (?:many|much|long|far|often))?|why|what|who|where|when|if)"
_REPORTING = r"(?:said|says|say|told|tells|added|adds|stated|states|wrote|writes|went on|explained|insisted|insists)"

# Words without which nothing in a confirmed sentence is a cue: proof or admission, or an end of doubt.
_PROOF = re.compile(
    r"confirm|verif|found|find|show|prov|reveal|establish|rul(?:e|ing)|convict|guilty|admi|acknowledg|conced|confess"
    r"|(?:owned|owns|fessed) up|turn|demonstrat|determin|conclud|corroborat|authentic|attest|document|detect|discover"
    r"|uncover|upheld|uphold|held|bear|bore|borne|no longer|doubt|disput|settle|laid|hoax|expos|official results"
    r"|substantiat|vouch|validat|proof|evidenc|c[ao]mes? clean|to light|pinpoint|identif|trac(?:ed|es?)\b|adjudg"
    r"|debunk|unmask|unearth|certain|disclos|conclusive|testif(?:y|ies|ied) to",
    re.IGNORECASE,
)

# What a cue does not begin with; and what it keeps, as a group, of what it does not end with.
_CUT_LEFT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:the|an?) (?!(?:dozen|couple|few|handful|shade|little|good|fraction|hair|touch)\b)",
        r"(?:\S.* )?who (?=(?:asked|spoke|declined|did not (?:give|want)|would not|wished|wanted|could not be)\b)",
    )
)
_CUT_RIGHT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(.*\w) that",
        r"(.*\bto) (?:have|be)(?: been)?",
        r"(may|might|can|could|will|would|should|must) (?:have|be)(?: been)?",
        r"(.*?(?:turned out|proved)) to\b.*",
        r"(.*?(?:found|finds)) no\b.*",
        r"(.*accused) of",
    )
)
_AUXILIARY = re.compile(
    r"(?:\b(?:is|are|was|were|has|have|had|been|remains?|does|do|did)"
    r"(?: (?:now|also|then|still|widely|generally|already|since|again))?|\b\w{1,20}n[’']t) $",
    re.IGNORECASE,
)
_AFTER_AUXILIARY = re.compile(
    r"(?:expected|thought|believed|likely|unlikely|alleged|accused|understood|rumou?red|feared|known|clear|not|yet"
    r"|still|estimated|forecast|projected|predicted|supposed|suspected|tipped|poised|set|hoped|presumed|assumed"
    r"|claimed|blamed|denied|disputed|never|under investigation|awaiting|checking|investigating|confirmed|verified"
    r"|established|proved|proven|found|shown|admitted|acknowledged|ruled|neither|no longer|un\w+|anybody|heading"
    r"|argued|asserted|maintained|calculated|seen|bound|whispered|said to|reported to|provisionally)\b"
    r"(?! (?:reports?|accounts?|claims?|rumou?rs?|deaths?|talk)\b)",
    re.IGNORECASE,
)
_BEFORE_TO = re.compile(
    r"\b(?:expect(?:ed|s)?|likely|thought|believed|reported|alleged|estimated|feared|understood|rumoured|set|supposed"
    r"|hopes?|aims?|unlikely|yet|forecast|projected|predicted|appear(?:s|ed)?|seem(?:s|ed)?|purport(?:s|ed)?|known"
    r"|heading)$",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(r"(?:is|was|appears?|seems|remains|(?:has|had) (?:not|yet to) be)", re.IGNORECASE)
_UNSETTLED = re.compile(
    r"not|n[’']t|unclear|unknown|no |nobody|none|yet|clear|sure|declin|refus|doubt|cannot|never", re.IGNORECASE
)
_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|\d+)"
_ONE_OR_TWO = re.compile(rf"\b(?:{_NUMBER} or {_NUMBER}|(?:{_NUMBER}|a \w+) or so|an? \w+ or two)\b", re.IGNORECASE)
_ASKED = re.compile(rf" {_QUESTION}\b")
_IT = re.compile(r"\bit $", re.IGNORECASE)
_NEAR = 60  # characters beside a cue in which its edges are looked for: a text without end may have cues without end
_DOCUMENT = re.compile(r" (?:memo|letter|e-?mail|document|report|recording|draft|cable|memorandum|note|list|file)s?\b")


def conventional(text: str, label: str, cues: Iterable[Offsets], source: Offsets | None) -> list[Offsets]:
    """Return a sentence's cues in order, with their edges where the guideline puts them.

    Cues that are none by form are left out; the one that is added is the reporting verb of a contested party's word.

    Args:
        text: The sentence, in whose frame all offsets are.
        label: Its label; without a claim there is no cue.
        cues: What was marked or found.
        source: Who is given as the source, if anybody.
    """
    if label == Label.NO_CLAIM:
        return []
    bounded = sorted({_bounded(text, cue, label) for cue in cues})
    found: list[Offsets] = []
    for start, end in bounded:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    if label == Label.CONFIRMED:
        found = [(start, end) for start, end in found if _PROOF.search(text[start:end])]
    elif label == Label.ESTIMATED:
        found = _beside_others(text, found, r"and|by|at|from|in|within|late|early|until")
        found = _beside_others(text, found, r"(?:will|would|won[’']t)(?: not)?")
        found = _beside_others(text, found, r"puts?|gives?|gave|places?|placed")
    elif label == Label.UNVERIFIED:
        found = _beside_others(text, found, _QUESTION)
        found = _beside_others(text, found, _REPORTING)
        if not found and source and (verb := _reporting_verb(text, source)):
            found = [verb]
    return found


def _beside_others(text: str, cues: list[Offsets], weak: str) -> list[Offsets]:
    """Return the cues without those that decide only where nothing stronger does; all, if there are no others."""
    strong = [(start, end) for start, end in cues if not re.fullmatch(weak, text[start:end], re.IGNORECASE)]
    return strong or cues


def _reporting_verb(text: str, source: Offsets) -> Offsets | None:
    start, end = source
    after = re.match(
        rf"[,;]?(?: (?:also|later|then|yesterday|today|(?:on )?\w+day|has|have|had))* ({_REPORTING})\b",
        text[end:],
        re.IGNORECASE,
    )
    if after:
        return end + after.start(1), end + after.end(1)
    before = re.search(rf"\b({_REPORTING}|according to) (?:(?:the|an?) )?$", text[:start], re.IGNORECASE)
    return before.span(1) if before else None


def _bounded(text: str, cue: Offsets, label: str) -> Offsets:
    start, end = cue
    for pattern in _CUT_LEFT:
        if (cut := pattern.match(text[start:end])) and cut.end() < end - start:
            start += cut.end()
    for pattern in _CUT_RIGHT:
        if kept := pattern.fullmatch(text[start:end]):
            end = start + kept.end(1)
    around = _ONE_OR_TWO.finditer(text, max(0, start - _NEAR), end + _NEAR)
    start, end = next(
        (whole.span() for whole in around if whole.start() <= start and end <= whole.end()),
        (start, end),
    )
    words = text[start:end]
    if _AFTER_AUXILIARY.match(words) and (auxiliary := _AUXILIARY.search(text, max(0, start - _NEAR), start)):
        start = auxiliary.start()
    if _BEFORE_TO.search(words) and text.startswith(" to ", end):
        end += len(" to")
    question = _ASKED.match(text, end)
    if (
        _IMPERSONAL.match(text, start, end)
        and _IT.search(text, max(0, start - _NEAR), start)
        and (question or text.startswith(" that ", end) or re.search(rf"\b{_QUESTION}$", words))
    ):
        start -= len("it ")
    if label == Label.UNVERIFIED and question and _UNSETTLED.search(words) and not re.search(rf"\b{_QUESTION}$", words):
        end = question.end()
    if words.lower() == "leaked" and (document := _DOCUMENT.match(text, end)):
        end = document.end()
    return start, end
