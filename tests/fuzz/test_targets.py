"""The same targets by hypothesis, for a bounded time: real files with some bytes changed, and any bytes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, seeds

PIECES = [b"", b"\0", b"\xff", b"\xff\xfe", b"\n", b'"', b"<", b"[", b"> ", b"\x1f\x8b", b"PAR1", b"\xf0\x9f", b"'''"]
EDIT = st.tuples(st.floats(0, 1), st.integers(0, 60), st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)))


def mutated(data: bytes, edits: list[tuple[float, int, bytes]], kept: float) -> bytes:
    """Replace some stretches of ``data``, each given by where, how long and by what, and keep a share of it."""
    for where, length, new in edits:
        at = int(where * len(data))
        data = data[:at] + new + data[at + length :]
    return data[: round(kept * len(data))]


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_hold(target: str) -> None:
    for seed in seeds(target):
        TARGETS[target](seed)


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_bytes_are_too_much(target: str, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(seeds(target)))
    edits, kept = data.draw(st.lists(EDIT, max_size=6)), data.draw(st.sampled_from([1.0, 1.0, 0.9, 0.5, 0.01]))
    TARGETS[target](mutated(seed, edits, kept))
    TARGETS[target](data.draw(st.binary(max_size=200)))
