"""Bytes -> text, whatever the encoding. A byte that cannot be decoded becomes U+FFFD, never an exception.

In this order: a byte order mark, UTF-16 that is plain from its zero bytes, not text at all (refused), UTF-8, the
encoding that the document declares, and a guess by charset-normalizer on a bounded sample.
"""

import codecs
import io
import re
from collections import Counter
from typing import BinaryIO, TextIO

from flagger.reading.opened import ArticleError
from flagger.results import Status

HEAD_BYTES = 64 * 1024
"""How much is looked at to tell text from binary and to guess an encoding."""

SAMPLE_BYTES = 1024 * 1024
"""How much of a stream is looked at before its first row."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_MAGIC = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF-": "a PDF document",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"\x1f\x8b": "gzip data",
    b"\x7fELF": "a program",
    b"PAR1": "a Parquet table",
}

_CONTROLS = bytes(set(range(32)) - set(b"\b\t\n\v\f\r\x1b")) + b"\x7f"

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")

_LEGACY = ["cp1252", "cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp1253", "cp1255", "cp1256"]
_LEGACY += ["cp932", "euc_jp", "gb18030", "big5", "cp949"]
"""Guesses allowed. Of the Latin pages only Windows-1252: on short texts the detector takes each for the others."""

_LARGER = {"gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949"}
"""Encodings that decode more on the web than Python's of that name. Source: https://encoding.spec.whatwg.org/#indexes."""

_NOT_BYTES = {"utf-16le", "utf-16be", "x-user-defined"}
"""What no declaration in a document of bytes can mean; UTF-16 shows by itself."""


def decode(data: bytes, max_chars: int, declared: str | None = None) -> str:
    """Decode one document, newlines unchanged and without its byte order mark.

    Args:
        data: All bytes of the document.
        max_chars: One character above is ever decoded, so that the caller sees the excess.
        declared: The encoding that the document itself names, used where it is no UTF-8.

    Raises:
        ArticleError: If it is not text.
    """
    encoding = detect(data, declared)
    return io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="").read(max_chars + 1)


def text_stream(stream: BinaryIO) -> TextIO:
    """Decode a stream as it is read, by the encoding of its first SAMPLE_BYTES; newlines unchanged.

    Raises:
        ArticleError: If it is not text.
    """
    sample = stream.read(SAMPLE_BYTES)
    rejoined = io.BufferedReader(_Rejoined(sample, stream))
    return io.TextIOWrapper(
        rejoined, detect(sample, is_cut_off=len(sample) == SAMPLE_BYTES), errors="replace", newline=""
    )


class _Rejoined(io.RawIOBase):
    """A stream put together again with the sample taken from its start; standard input cannot be rewound."""

    def __init__(self, sample: bytes, stream: BinaryIO) -> None:
        self._sample = io.BytesIO(sample)
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._sample.read(len(buffer)) or self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def detect(data: bytes, declared: str | None = None, *, is_cut_off: bool = False) -> str:
    """Name the codec that decodes ``data``, which may end within a character where ``is_cut_off``.

    Raises:
        ArticleError: If it is not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    head = data[:HEAD_BYTES]
    if plain_utf16 := _detect_plain_utf16(head):
        return plain_utf16
    _refuse_binary(head)
    bad = _find_bad_utf8(data, is_cut_off)
    if bad is None:
        return "utf-8"
    window = data[max(0, bad - HEAD_BYTES // 2) : bad + HEAD_BYTES // 2]
    if _is_damaged_utf8(window):
        return "utf-8"
    return _known_codec(declared) or _guess_legacy(window)


def _detect_plain_utf16(head: bytes) -> str | None:
    """Recognise UTF-16 without a mark: the zero bytes of its ASCII characters all fall on one side."""
    high_first, low_first = head[0::2], head[1::2]
    big_endian = high_first.count(0) > low_first.count(0)
    high, low = (high_first, low_first) if big_endian else (low_first, high_first)
    if len(head) < 4 or low.count(0) * 20 > high.count(0):
        return None
    share = high.count(0) / len(high)
    top_two = sum(n for _, n in Counter(high).most_common(2)) / len(high)
    # Latin letters have 0 as their high byte; Cyrillic, Greek, Arabic texts have one other value beside it.
    if share >= 0.7 or (len(head) >= 64 and share >= 0.05 and top_two >= 0.9):
        return "utf-16-be" if big_endian else "utf-16-le"
    return None


def _refuse_binary(head: bytes) -> None:
    for magic, found in _MAGIC.items():
        if head.startswith(magic):
            raise ArticleError(Status.BINARY, f"Expected text, found {found}.")
    n_controls = len(head) - len(head.translate(None, _CONTROLS))
    # A twentieth: random bytes have a tenth. A handful of stray zero bytes is forgiven to any text.
    if n_controls > max(8, len(head) // 20):
        raise ArticleError(
            Status.BINARY, f"Expected text, found {n_controls:,} control characters in {len(head):,} bytes."
        )


def _find_bad_utf8(data: bytes, is_cut_off: bool) -> int | None:
    """Find about where UTF-8 breaks (up to 3 bytes off); None where it does not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), SAMPLE_BYTES):  # in steps: one decoded copy of a large file is enough
        try:
            end = start + SAMPLE_BYTES
            decoder.decode(data[start:end], final=end >= len(data) and not is_cut_off)
        except UnicodeDecodeError as error:
            return start + error.start
    return None


def _is_damaged_utf8(window: bytes) -> bool:
    """Tell UTF-8 with some bad bytes from another encoding, which has hardly any valid multi-byte sequence."""
    text = window.decode("utf-8", "replace")
    n_bad = text.count("\ufffd")
    n_good = sum(not character.isascii() for character in text) - n_bad
    return n_good > n_bad


def _known_codec(name: str | None) -> str | None:
    """Return the codec of a name as the web knows it: Python knows others, which are no encodings of text or fail."""
    import webencodings  # imported here for cost: most files are UTF-8

    encoding = webencodings.lookup(name) if name else None
    if encoding is None or encoding.name in _NOT_BYTES:
        return None
    return _LARGER.get(encoding.name) or str(encoding.codec_info.name)


def _guess_legacy(window: bytes) -> str:
    runs = _HIGH_RUN.findall(window)
    if len(b"".join(runs)) < 2 * len(runs):
        return "cp1252"  # lone high bytes between ASCII letters: a Latin script, on which the detector guesses badly
    # Imported here for cost: most files are UTF-8 and never need the detector.
    from charset_normalizer import from_bytes

    best = from_bytes(window, cp_isolation=_LEGACY).best()
    return best.encoding if best else "utf-8"
