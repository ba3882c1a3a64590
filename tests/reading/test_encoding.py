import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagger.reading.encoding import HEAD_BYTES, decode, detect, text_stream
from flagger.reading.opened import ArticleError
from flagger.results import Status

RUSSIAN = "Министерство подтвердило, что около трёх тысяч солдат прибыли в область, сообщил представитель.\n"
FRENCH = "Le ministère a confirmé que l’armée était déployée près de la frontière, d’après un témoin.\n"
JAPANESE = "防衛省は、約三千人の兵士が到着したことを確認したと発表した。\n"
ENGLISH = "The ministry’s spokesman said “about 3,000 troops” had arrived, a claim Kyiv couldn’t verify.\r\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "utf-8"),
        (ENGLISH, "utf-8-sig"),
        (ENGLISH, "utf-16"),
        (ENGLISH, "utf-16-le"),
        (ENGLISH, "utf-16-be"),
        (ENGLISH, "utf-32"),
        (ENGLISH, "cp1252"),
        (FRENCH, "cp1252"),
        (RUSSIAN, "utf-16-le"),
        (RUSSIAN, "utf-16-be"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc-jp"),
        ("Short.", "utf-16-le"),
    ],
)
def test_text_comes_back_from_its_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), 1000) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"caf\xe9", "café"),
        ("Größe der Brücke äh ".encode() + b"\xff!", "Größe der Brücke äh \ufffd!"),
        ("éé cut off: é".encode()[:-1], "éé cut off: \ufffd"),
        (b"\xff\xfea\x00\x00\xd8b\x00", "a\ufffdb"),
        (b"\xff\xfea\x00b", "a\ufffd"),
        (b"one\x00two\x00three", "one\x00two\x00three"),
        (b"ab\x00", "ab\x00"),
        (b"", ""),
    ],
)
def test_bad_bytes_become_replacement_characters(data: bytes, text: str) -> None:
    assert decode(data, 1000) == text


def test_a_late_byte_is_judged_by_its_surroundings() -> None:
    data = b"The troops have arrived. " * 100_000 + FRENCH.encode("cp1252")
    assert decode(data, 10_000_000).endswith(FRENCH)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("iso-8859-1", "cp1252"),
        ("windows-1251", "cp1251"),
        ("base64", "cp1252"),
        ("no-such", "cp1252"),
        ("\0", "cp1252"),
        ("latin-1", "cp1252"),
        ("ASCII", "cp1252"),
        ("shift_jis", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        *((name, "cp1252") for name in ("idna", "undefined", "punycode", "utf-16", "unicode_escape", "utf-7", "rot13")),
    ],
)
def test_a_declared_encoding_is_used_where_it_is_one(declared: str, expected: str) -> None:
    assert detect(b"caf\xe9", declared) == expected
    assert decode(b"caf\xe9 \\u0041", 1000, declared).endswith(" \\u0041")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG image"),
        (b"\x7fELF\x02\x01\x01" + bytes(9), "a program"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (bytes(range(256)) * 16, "control characters"),
        (bytes(1000), "control characters"),
    ],
)
def test_binary_is_refused(data: bytes, found: str) -> None:
    with pytest.raises(ArticleError, match=found) as caught:
        detect(data)
    assert caught.value.status is Status.BINARY


def test_a_stream_is_decoded_across_the_end_of_its_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flagger.reading.encoding.SAMPLE_BYTES", 5)
    text = "ééé, ñandú\r\nlast\n" * 3
    assert text_stream(io.BytesIO(text.encode())).read() == text


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data, HEAD_BYTES)
    except ArticleError as error:
        assert error.status is Status.BINARY
    else:
        text.encode()
