"""Compare sentence splitters on tests/sentence_cases.py, on other sentences and on speed. Run by hand:

    pip install nupunkt sentencex pysbd syntok blingfire
    python -m tests.benchmarks.splitters [--gold SENTENCES.txt] [--timing ARTICLES.txt]

``--gold`` has one sentence a line; they are joined three by three and the cuts compared. Each library is shown raw and
mended. Mended means that split_sentences does the work, and that a full stop which its tables do not know ends a
sentence only if the library agrees.
"""

import argparse
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

import blingfire
import nupunkt
import pysbd
import sentencex
import syntok.segmenter

from flagger import sentences
from tests.sentence_cases import CASES, read_case

Splitter = Callable[[str], list[str]]
TIMED_CHARACTERS = 1_000_000


def split_with_flagger(text: str) -> list[str]:
    return [sentence.text for sentence in sentences.split_sentences(text)]


def split_with_syntok(text: str) -> list[str]:
    found = [sentence for paragraph in syntok.segmenter.analyze(text) for sentence in paragraph]
    return [text[tokens[0].offset : tokens[-1].offset + len(tokens[-1].value)] for tokens in found]


LIBRARIES: dict[str, Splitter] = {
    "nupunkt": nupunkt.sentences,
    "sentencex": lambda text: list(sentencex.segment("en", text)),
    "pysbd": pysbd.Segmenter(language="en", clean=False).segment,
    "syntok": split_with_syntok,
    "blingfire": lambda text: blingfire.text_to_sentences(text).split("\n"),
}


def mend(splitter: Splitter) -> Splitter:
    """Return split_sentences with the library asked about full stops after words that are in no table."""
    decide_alone = sentences._ends_at_period

    @lru_cache(maxsize=65536)
    def is_cut(before: str, after: str) -> bool:
        return len([part for part in splitter(f"They saw the {before}. {after} went there.") if part.strip()]) > 1

    def decide(before: str, after: str, following: str, is_heading: bool) -> bool:
        is_known = after in sentences._STARTERS or before.lower() in sentences._CLOCK or not after[:1].isalpha()
        return decide_alone(before, after, following, is_heading) and (is_known or is_cut(before, after))

    def split(text: str) -> list[str]:
        with patch.object(sentences, "_ends_at_period", decide):
            return split_with_flagger(text)

    return split


def count_right(splitter: Splitter) -> int:
    right = 0
    for marked in CASES.values():
        text, expected = read_case(marked)
        right += [found.strip() for found in splitter(text) if found.strip()] == expected
    return right


def count_errors(splitter: Splitter, gold: list[str]) -> str:
    false = missed = 0
    for i in range(0, len(gold) - 2, 3):
        expected = {"".join(gold[i].split()), "".join((gold[i] + gold[i + 1]).split())}
        found, so_far = set(), ""
        for part in splitter(" ".join(gold[i : i + 3])):
            so_far += "".join(part.split())
            found.add(so_far)
        found.discard(so_far)
        false += len(found - expected)
        missed += len(expected - found)
    return f"{false} false, {missed} missed"


def measure_speed(splitter: Splitter, text: str) -> float:
    """Return megabytes a second of processor time, the best of three runs."""
    splitter(text[:1000])
    seconds = []
    for _ in range(3):
        start = time.process_time()
        splitter(text)
        seconds.append(time.process_time() - start)
    return len(text.encode()) / 1e6 / min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--timing", type=Path)
    options = parser.parse_args()
    gold = options.gold.read_text(encoding="utf-8").splitlines() if options.gold else []
    article = (
        options.timing.read_text(encoding="utf-8") if options.timing else "\n\n".join(map(read_text, CASES.values()))
    )
    article = (article * (TIMED_CHARACTERS // len(article) + 1))[:TIMED_CHARACTERS]
    splitters = {"flagger": split_with_flagger}
    for name, splitter in LIBRARIES.items():
        splitters |= {name: splitter, f"{name}, mended": mend(splitter)}
    for name, splitter in splitters.items():
        errors = count_errors(splitter, gold) if gold else "-"
        row = f"{name:20} {count_right(splitter)}/{len(CASES)} right   {errors:24} "
        sys.stdout.write(f"{row}{measure_speed(splitter, article):7.2f} MB/s\n")


def read_text(marked: str) -> str:
    return read_case(marked)[0]


if __name__ == "__main__":
    main()
