"""Text -> sentences with offsets, right on news.

Lines are joined into blocks first: a blank line, a heading, a byline or a list item ends a block, the line end of a
hard-wrapped paragraph does not. Each block is then cut at its stops, unless the stop belongs to an abbreviation or the
sentence plainly goes on. To teach it an abbreviation, add the word to the table that says how it behaves; to teach it
anything else, first add a case to tests/sentence_cases.py.

No library is used, because none helps. Measured in November 2026 with ``python -m tests.benchmarks.splitters --gold
G --timing T``: right among the 160 cases that tests/sentence_cases.py had; false and missed among 4,000 cuts between
natural encyclopedia sentences (G: Szeged Uncertainty Corpus); megabytes a second on news (T) on one core of a busy AMD
EPYC, where runs differ by a third. Mended: the code below does the work and the library judges the full stops after
words that are in no table. Versions: nupunkt 0.8.0, sentencex 1.0.32, pysbd 0.3.4, syntok 1.4.4, blingfire 0.1.8.

                  raw: right  false  missed    MB/s    mended: right  false  missed    MB/s
    this module          160      1       5   10.67
    nupunkt              115     33      34   10.47              151      1      25   16.17
    sentencex            124     16       8  123.13              156      1       7   17.34
    pysbd                116     27       9    0.08              160      1       5   11.55
    syntok               109     58      14    0.05              156      1      10    9.78
    blingfire             99     10       5   11.29              153      1       6    8.47

The tables were written with the cases in view and after reading errors on G, which flatters this module and the mended
rows.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from flagger.results import Sentence

_STARTERS = frozenset(
    "A After All Although An And Another As At Because Before Both But By Despite During Each For From He Her "
    "His How However I If In It Its Last Later Many Meanwhile More Most My Neither No Nobody None Not Now On "
    "Once One Only Or Our Several She Since So Some Still That The Their Then There These They This Those "
    "Though Three To Two Under Until We What When Where While Who Why With You Yet".split()
)
"""Words that start a sentence when they are capitalised after an abbreviation."""

_NEVER_LAST = frozenset(
    "Adm Ald Amb Asst Atty Bp Brig Capt Cdr Chas Cllr Cmdr Col Comdr Cpl Cpt Det Dr Dra Eng Flt Fr Ft Gen Geo "
    "Gov Gral Hon Hr Ing Insp Ldr Lic Lt Maj Mdm Mgr Mlle Mme Mr Mrs Ms Msgr Mt Pfc Pres Prof Ptl Pvt Rep "
    "Reps Res Ret Rev Sen Sens Sgt Smt Spc Sqn Sra Supt Thos Treas Ven Wm cf e.g eg i.e ie ret retd v viz Vs "
    "vs".split()
)
"""Titles and the like, which always need what follows them."""

_NEEDS_NUMBER = frozenset(
    "Approx Apr Art Arts Aug Ch Dec Eq Est Feb Fig Figs Jan Jul Jun Mar No Nos Nov Oct Op Pop Sec Sep Sept Vol Vols "
    "approx b c ca ch circa d est ext fig ft no nos p para pp Rs sec sq tel ver vol".split()
)
"""Abbreviations that go on when a number follows."""

_SELDOM_LAST = frozenset(
    "Ala Apr Ariz Ark Assn Assoc Aug Ave Bldg Blvd Bros Bhd Calif Cia Co Colo Conn Corp Cos Ct Dec Del Dept "
    "Dist Esq Feb Fla Govt Hwy Ill Inc Ind Inst Intl Jan Jr Kan Ky La Ltd Ltda Mass Md Mfg Mich Minn Mo Mont "
    "Mtn Natl Neb Nev Nov Oct Okla Ont Ore Pa Ph.D Pkwy Plc Pt Pty Rd Regt Sec Sep Sept Soc Sq Sr St Ste Tenn "
    "Univ Va Vt Wash Wis Wyo al".split()
)
"""Abbreviations that end a sentence only when a starter follows; initials and acronyms (U.S.) behave the same."""

_CLOCK = frozenset({"a.m", "p.m"})
_WEEKDAYS = frozenset("Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun".split())
_AFTER_CLOCK = _WEEKDAYS | frozenset(
    "AEST BST CEST CET CST Central EDT EEST EET EST ET Eastern GMT IST JST MSK MST Mountain PDT PST PT "
    "Pacific UTC Monday Tuesday Wednesday Thursday Friday "
    "Saturday Sunday Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec January February March April May June "
    "July August September October November December".split()
)
"""Zones, days and months that go on with a sentence, as digits do, after a time of day or a weekday (``Mon.``)."""

_STOPS = ".!?…؟۔।॥։።。！？｡"
_CLOSED_ENDS = (*_STOPS, ":", ";")
_WIDE_STOPS = "。！？｡"
_CLOSERS = "\"'”’»)]}*_›」』）】"
_OPENERS = "\"'“‘«„‚([{¿¡`*_‹「『（【"
_EMOJI = "\u2600-\u27bf\U0001f1e6-\U0001faff\u200d\ufe0f"

# Time stays linear on any input: runs are read once, by possessive repeats (++, *+) that start only where a run starts.
_CANDIDATE = re.compile(
    rf"""
    (?P<stop> [{_STOPS}] (?<![{_STOPS}][{_STOPS}]) [{_STOPS}]*+ )
    (?: (?P<close> (?: [{re.escape(_CLOSERS)}\u200b] | \s[”»›](?=\s) | \[\d{{1,3}}\] | \s?[{_EMOJI}] )*+ ) (?=\s)
      | (?<=[{_WIDE_STOPS}]) [{re.escape(_CLOSERS)}]*+
      | (?P<glued> (?<=[a-z]{{3}}[.?]) [”’"]? (?=“?[A-Z][a-z]{{0,20}}[\s,]) )
    )
    (?P<gap> \s*+ )
    """,
    re.VERBOSE,
)
_AFTER = re.compile(rf"[{re.escape(_OPENERS)}]{{0,5}}\s?(?P<word>\w{{0,30}})(?P<next>.?)")
_LAST_WORD = re.compile(r"[\w.&]+\Z")
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_LINK = re.compile(r"https?://|www\.")
_ATTRIBUTION = re.compile(
    r"(?:[A-Z][\w.’'-]{0,30}\s){1,5}(?:added|asked|cried|demanded|exclaimed|insisted|joked|replied|said|says|shouted|"
    r"told|wondered|wrote|yelled)\b"
)
"""``Ortiz asked``: who says the quoted question before it."""

_BULLET = "[•‣◦▪●·*–—-]"
_LIST_MARKER = re.compile(rf"(?:{_BULLET}|\(?\d{{1,2}}[.)]|\(?[a-z]\))\s|\d{{1,2}}[.:]\d\d\b")
_PREFIX = re.compile(
    rf"(?:{_BULLET}\s*)?(?:\(?(?:\d{{1,3}}|[A-Za-z]|[ivxIVX]{{1,4}})[.)]"
    r"|(?:(?:About|After|Around|At|Before|By|From|Since|Until)\s)?\d{1,2}(?:[.:]\d\d)?\s[ap]\.m\.)(?=\s)"
)
"""A number or time that opens a sentence; its full stop ends nothing."""

_OPEN_END = re.compile(
    r"(?:,|\b(?:a|an|and|as|at|but|by|for|from|her|his|in|into|its|of|on|or|our|than|that|the|their|to|was|were|which|"
    r"who|with|The|An|Its|Their|Our|His)|\b(?:Col|Dr|Gen|Gov|Lt|Maj|Mr|Mrs|Ms|Prof|Rep|Sen|Sgt|St)\.)\Z"
)
"""How a line ends that cannot be the last of its sentence."""

_BLOCK = re.compile(r"\S[^\n]*")


def split_sentences(text: str) -> list[Sentence]:
    """Split a text into its sentences.

    Args:
        text: Any string; line ends may be of any kind.

    Returns:
        The sentences in order: they do not overlap, have no outer white space and cover every other character.
    """
    flat = _flatten(text)
    spans = (span for block in _BLOCK.finditer(flat) for span in _split_block(flat, *block.span()))
    return [Sentence(index, start, end, text[start:end]) for index, (start, end) in enumerate(spans)]


# Lines -> blocks


def _flatten(text: str) -> str:
    """Return the text at the same length with newlines only where a block ends."""
    lines = text.splitlines(keepends=True)
    width = _wrap_width(lines)
    flat = [
        above.rstrip().ljust(len(above), " " if _is_wrapped(above, below, width) else "\n")
        for above, below in pairwise([*lines, ""])
    ]
    return "".join(flat)


def _wrap_width(lines: list[str]) -> int | None:
    """Return the column at which the text was hard-wrapped, None when too little shows that it was.

    Lines whose sentence surely goes on below are the evidence. Their median length resists stray long lines; erring
    to the narrow side only joins more.
    """
    pairs = [(above.rstrip(), below) for above, below in pairwise(lines) if not (above.isspace() or below.isspace())]
    widths = sorted(len(above) for above, below in pairs if len(above) <= 120 and _goes_on_below(above, below.lstrip()))
    return widths[len(widths) // 2] if len(widths) * 4 > len(pairs) else None


def _is_wrapped(above: str, below: str, width: int | None) -> bool:
    """Say whether a line end is only a wrapped paragraph's."""
    last, first = above.rstrip(), below.lstrip()
    if not last or not first:
        return False
    is_indented = len(below) - len(first) > len(above) - len(above.lstrip())
    if is_indented and not first[0].islower() and not _LIST_MARKER.match(above.lstrip()):
        return False  # the first line of a paragraph
    if _goes_on_below(last, first):
        return True
    # A full line is one that the next word would not have fitted on; a much longer one was never wrapped.
    is_full = width is not None and len(last) + 1 + len(first.split(None, 1)[0]) > width >= len(last) - 25
    return is_full and not (_is_closed(last) and _LIST_MARKER.match(first))


def _goes_on_below(last: str, first: str) -> bool:
    """Say whether the wording alone shows that a line's sentence goes on in the next line."""
    if len(last) < 30 or _LIST_MARKER.match(first):
        return False
    return (first[:1].islower() and not _is_closed(last)) or _OPEN_END.search(last[-12:]) is not None


def _is_closed(line: str) -> bool:
    """Say whether a line ends like a sentence or like the lead-in of a list."""
    return line[-8:].rstrip(_CLOSERS).endswith(_CLOSED_ENDS)


# Blocks -> sentences


def _split_block(flat: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each sentence of a block."""
    is_heading = not _is_closed(flat[max(start, end - 8) : end])
    prefix = _PREFIX.match(flat, start, end)
    for candidate in _CANDIDATE.finditer(flat, start, end):
        sentence_end, next_start = candidate.span("gap")
        if next_start == end or (prefix and sentence_end <= prefix.end()):
            continue
        if _ends(flat, start, candidate, is_heading):
            yield start, sentence_end
            start = next_start
            prefix = _PREFIX.match(flat, start, end)
    yield start, end


def _ends(flat: str, start: int, candidate: re.Match[str], is_heading: bool) -> bool:
    """Say whether the sentence from ``start`` ends at a candidate."""
    stop, at, after_at, end = candidate["stop"], candidate.start(), candidate.end(), candidate.endpos
    before = flat[max(start, at - 24) : at].rstrip()
    if candidate["glued"] is not None:  # "destroyed.The army", but no address or file name
        return before.split()[-1].lstrip(_OPENERS).isalpha()
    if stop[-1] in _WIDE_STOPS:
        return True
    after = _AFTER.match(flat, after_at, end)
    assert after is not None  # every part of it may be empty
    word = after["word"]
    if _goes_on(flat, after_at, word, after["next"]):
        return False
    if stop.strip(".…"):
        is_quoted = candidate["close"].strip() != ""
        return not (is_quoted and word not in _STARTERS and _ATTRIBUTION.match(flat, after_at, end))
    if stop != ".":  # an ellipsis; after a space it stands for left-out words
        return word in _STARTERS if flat[at - 1].isspace() else not word[:1].isdigit()
    last_word = _LAST_WORD.search(before)
    return _ends_at_period(last_word[0] if last_word else "", word, after["next"], is_heading)


def _goes_on(flat: str, at: int, word: str, following: str) -> bool:
    """Say whether what follows a stop, a word and a character, cannot start a sentence."""
    if not word:
        return following in ".,;:/&+=|-–—"  # the empty string too: nothing but a stray quote is left
    is_brand = word[1:2].isupper()  # iPhone
    return word[0].islower() and flat[at] != "[" and not is_brand and not _LINK.match(flat, at)


def _ends_at_period(before: str, after: str, following: str, is_heading: bool) -> bool:
    """Say whether a full stop ends the sentence and not just an abbreviation.

    Args:
        before: The word before the full stop.
        after: The word after it, empty when a symbol follows.
        following: The character after that word: ``A.`` is an initial, ``A man`` is not.
        is_heading: Whether the block has no final stop; abbreviations end no sentence in ``U.S. And China Agree``.
    """
    key = before.capitalize() if before.isupper() and len(before) > 1 else before
    if key.rpartition(".")[2] in _NEVER_LAST or key in _NEVER_LAST:
        return False
    if key in _NEEDS_NUMBER and after[:1].isdigit():
        return False
    if key.lower() in _CLOCK or key in _WEEKDAYS:
        return _AFTER_CLOCK.isdisjoint((after, after.title())) and not after[:1].isdigit()
    is_initial = len(before) == 1 and before.isupper()
    if is_initial or key in _SELDOM_LAST or _ACRONYM.fullmatch(before):
        is_starter = after in _STARTERS and not (len(after) == 1 and following == ".")
        return (is_starter and not is_heading) or following in ("#", "@")
    return True
