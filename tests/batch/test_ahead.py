import threading
import time
from collections.abc import Iterator

import pytest

from flagger.batch.ahead import run_ahead


def _wait_for(made: list[int], n: int) -> None:
    deadline = time.monotonic() + 20
    while len(made) < n and time.monotonic() < deadline:
        time.sleep(0.01)


def counted(made: list[int], n: int = 1_000) -> Iterator[int]:
    for i in range(n):
        made.append(i)
        yield i


def test_all_come_in_order() -> None:
    assert list(run_ahead(range(1_000), 3)) == list(range(1_000))
    assert list(run_ahead([], 3)) == []


def test_it_runs_ahead_but_not_far() -> None:
    made: list[int] = []
    items = run_ahead(counted(made), 5)
    assert made == []
    assert next(items) == 0
    _wait_for(made, 7)
    time.sleep(0.3)
    assert len(made) == 7  # given, five waiting, one that finds no room
    items.close()
    assert len(made) <= 8


def test_an_error_comes_behind_what_was_made_before_it() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise OSError("disk gone")

    items = run_ahead(failing(), 3)
    assert next(items) == 1
    with pytest.raises(OSError, match="disk gone"):
        next(items)


def test_closing_ends_the_thread() -> None:
    items = run_ahead(counted([]), 2)
    next(items)
    items.close()
    assert not any(thread.name == "flagger-reader" for thread in threading.enumerate())
