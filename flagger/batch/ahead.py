"""An iterator that runs ahead in a thread: files are read while the model works on those before."""

from collections.abc import Generator, Iterable
from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import NamedTuple, TypeVar

T = TypeVar("T")

_LOOK_S = 0.1  # between two looks whether the results are still wanted


class _End(NamedTuple):
    error: BaseException | None


def run_ahead(items: Iterable[T], n_ahead: int) -> Generator[T]:
    """Yield what ``items`` yields, in order, with up to ``n_ahead`` of them made before they are asked for.

    What ``items`` raises is raised here, behind what it yielded. Nothing runs before the first item is asked for, nor
    after the generator is closed, but for the item that is being made.
    """
    queue: Queue[T | _End] = Queue(n_ahead)
    closed = Event()
    thread = Thread(target=_fill, args=(queue, items, closed), name="flagger-reader", daemon=True)
    thread.start()
    try:
        while not isinstance(item := queue.get(), _End):
            yield item
        if item.error:
            raise item.error
    finally:
        closed.set()
        with suppress(Empty):
            while True:
                queue.get_nowait()
        thread.join()


def _fill(queue: "Queue[T | _End]", items: Iterable[T], closed: Event) -> None:
    error: BaseException | None = None
    try:
        for item in items:
            if not _put(queue, item, closed):
                return
    except BaseException as raised:
        error = raised
    _put(queue, _End(error), closed)


def _put(queue: "Queue[T | _End]", item: T | _End, closed: Event) -> bool:
    while not closed.is_set():
        with suppress(Full):
            queue.put(item, timeout=_LOOK_S)
            return True
    return False
