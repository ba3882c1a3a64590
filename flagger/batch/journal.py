"""A run that can be cut off at any instant and taken up again: its files while it is unfinished.

``NAME.unfinished`` beside the output ``NAME`` holds

- ``run.json``: what was asked, ``inputs.jsonl``: the files to read, a JSON string a line;
- ``flags.jsonl`` and ``summary.jsonl``: the records so far, in order;
- ``journal.jsonl``: a line each time that both were brought to the disk: how long they are, how far the input is done.

What stands behind the journal's last whole line is cut off before a run goes on, so that nothing is lost, twice, or out
of order.
"""

import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

from filelock import FileLock, Timeout

from flagger.errors import ConfigError, writing

UNFINISHED = ".unfinished"  # how such a folder's name ends
LOGS = ("flags", "summary")
_CHECKPOINT_S = 1.0  # between two, once results have come; fsync is slow

Record = dict[str, Any]


class Position(NamedTuple):
    """How far the input is done: that many files, and that many articles of the file after them."""

    n_files: int = 0
    n_articles: int = 0


BEGINNING = Position()


class Journal:
    """The files of one unfinished run, open for writing. A context manager: leaving it brings all to the disk."""

    def __init__(
        self,
        output: Path,
        asked: Record,
        paths: Sequence[Path | str],
        *,
        resume: bool = True,
        overwrite: bool = False,
    ) -> None:
        """Begin a run, or take it up where an unfinished one was cut off.

        Args:
            output: What the run is to write in the end.
            asked: What the results depend on besides the input, as JSON; a run goes on with the same only.
            paths: The files to read, in order.
            resume: Go on with an unfinished run.
            overwrite: Throw an unfinished run away.

        Raises:
            ConfigError: If there is an unfinished run and neither is wanted, or it was asked for something else, is
                going on in another process, or nothing can be written there.
        """
        self.folder = unfinished(output)
        self.position = BEGINNING
        self._lengths = dict.fromkeys(LOGS, 0)  # of the logs after the last whole article
        with ExitStack() as stack, writing(self.folder):
            self.folder.mkdir(exist_ok=True)
            try:
                stack.enter_context(FileLock(self.folder / "lock", timeout=0))
            except Timeout:
                raise ConfigError(f"{output}: another process is writing it") from None
            if overwrite:  # now that the lock says that nobody writes it
                self._path("journal").unlink(missing_ok=True)
            if not self._path("journal").exists():
                self._begin(asked, paths)
            elif not resume:
                raise ConfigError(
                    f"{output}: a run was cut off; --resume goes on with it if its input can be read again, "
                    "--overwrite begins again"
                )
            self._compare(asked, paths)
            self._take_up(stack)
            self._opened = stack.pop_all()
        self._checked = time.monotonic()

    def write(self, position: Position, flags: Iterable[Record], summary: Record) -> None:
        """Write one article's records.

        Args:
            position: How far the input is done with this article.
            flags: Its flag records, in order.
            summary: Its summary record.

        Raises:
            ConfigError: If they cannot be written; what the journal tells stays valid.
        """
        with writing(self.folder):
            for record in flags:
                self._logs["flags"].write(_line(record))
            self._logs["summary"].write(_line(summary))
            self._lengths = {log: handle.tell() for log, handle in self._logs.items()}
        self.position = position
        if time.monotonic() - self._checked >= _CHECKPOINT_S:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Bring everything so far to the disk, and vouch for it.

        Raises:
            ConfigError: If that fails; what the journal tells stays valid.
        """
        with writing(self.folder):
            for handle in self._logs.values():
                _to_disk(handle)
            self._path("journal").stat()  # a folder that is gone is told now, not after the last article
            self._journal.write(_line({"position": self.position, "lengths": self._lengths}))
            _to_disk(self._journal)
        self._checked = time.monotonic()

    def records(self, log: str) -> Iterator[Record]:
        """Read back all records of one of LOGS, as of the last checkpoint."""
        with self._path(log).open("rb") as lines:
            yield from map(json.loads, lines)

    def remove(self) -> None:
        """Remove the unfinished run's files: everything is delivered."""
        self._close()
        shutil.rmtree(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if not self._journal.closed:
            with suppress(ConfigError):  # on a full disk, say: the checkpoint before this one holds
                self.checkpoint()
            self._close()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"

    def _begin(self, asked: Record, paths: Sequence[Path | str]) -> None:
        (self.folder / "run.json").write_text(json.dumps(asked, indent=2), encoding="utf-8")
        with self._path("inputs").open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(str(path)) + "\n" for path in paths)
        for log in LOGS:
            self._path(log).write_bytes(b"")
        self._path("journal").write_bytes(b"")  # last: without it the run has not begun

    def _compare(self, asked: Record, paths: Sequence[Path | str]) -> None:
        with self._damage_told():
            before = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        for key in before | asked:
            if before.get(key) != asked.get(key):
                raise ConfigError(
                    f"--resume: the unfinished run had {key} {before.get(key)!r}, this one has {asked.get(key)!r}"
                )
        with self._damage_told(), self._path("inputs").open(encoding="utf-8") as lines:
            for number, (line, path) in enumerate(zip_longest(lines, paths), start=1):
                then, now = json.loads(line) if line else "nothing", str(path) if path else "nothing"
                if then != now:
                    raise ConfigError(f"--resume: file {number} to read was {then}, now it is {now}")

    def _take_up(self, stack: ExitStack) -> None:
        """Open the files and cut off what the journal does not vouch for."""
        with self._damage_told():
            self._logs = {log: stack.enter_context(self._path(log).open("r+b")) for log in LOGS}
            self._journal = stack.enter_context(self._path("journal").open("r+b"))
            whole = [line for line in self._journal.read().splitlines(keepends=True) if line.endswith(b"\n")]
            self._journal.seek(sum(map(len, whole)))
            self._journal.truncate()
            if whole:
                state = json.loads(whole[-1])
                self.position, self._lengths = Position(*state["position"]), state["lengths"]
            for log, handle in self._logs.items():
                if handle.seek(0, os.SEEK_END) < self._lengths[log]:
                    raise ValueError(f"{log} is shorter than the journal says")
                handle.seek(self._lengths[log])
                handle.truncate()

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{self.folder} is damaged ({error}): begin again with --overwrite") from error

    def _close(self) -> None:
        with suppress(OSError):  # what cannot be flushed is behind the last checkpoint
            self._opened.close()


def unfinished(output: Path) -> Path:
    """Return the folder of an output's unfinished run."""
    return output.with_name(output.name + UNFINISHED)


def _line(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _to_disk(handle: BinaryIO) -> None:
    handle.flush()
    os.fsync(handle.fileno())
