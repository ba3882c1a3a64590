"""Score on Ray: workers on a cluster or this machine read and score files, with local's results in local's order.

The driver hands out paths and gathers results; the articles never pass through it. Ray Data streams: workers wait while
the driver is behind, so what it holds beside the paths does not grow. A file is never split: of one large table, rows
come out as they are scored, but by one worker.
"""

import logging
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from flagger.artifacts import DEFAULT_MODEL, find_model, read_info, shipped_models
from flagger.batch.journal import BEGINNING, Position
from flagger.batch.local import with_positions
from flagger.errors import ConfigError, FlaggerError, ModelError
from flagger.pipeline import LARGEST_BATCH, Flagger
from flagger.reading import STDIN, ReadOptions
from flagger.reading.paths import pack, unpack
from flagger.results import ArticleResult
from flagger.urls import is_url

Columns = dict[str, npt.NDArray[np.object_]]
Results = Iterator[tuple[Position, ArticleResult]]

_TASK_FILES = 32  # some 500 sentences, which the pipeline scores at once
_TASKS_A_WORKER = 4  # at least, where there are few files
_BLOCK_BYTES = 4 * 1024 * 1024  # of results on their way
_STORE_BYTES = 512 * 1024 * 1024  # of a Ray that is started here, where nothing but results lies
_STALLED_S = 30 * 60  # a worker that dies is started again and its files scored again; ends a circle of that
_ANSWER_S = 20
_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # tells nobody
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # standard error is for flagger's words; Ray's own lie in its log files
}


def score_files(
    paths: Sequence[Path | str],
    options: ReadOptions,
    *,
    model: str | Path = DEFAULT_MODEL,
    three_way: bool = False,
    jobs: int = 1,
    start: Position = BEGINNING,
    address: str | None = None,
) -> Results:
    """Yield one ArticleResult an article of these files, lazily and in order, and how far the input is done with it.

    Args:
        paths: Files and URLs, as find_inputs gives them. Every node must see them, and a model that is not shipped.
        options: How to read them.
        model: A shipped model's name or a model folder.
        three_way: Leave no_claim out.
        jobs: Number of workers at most, one CPU each for Ray's scheduler.
        start: Leave out what an earlier run has done.
        address: Of a running cluster. None uses the Ray of this process, or starts one on this machine and ends it.

    Raises:
        ConfigError: If Ray is not installed, standard input is to be read, or there is no cluster at ``address``.
        ModelError: If the model cannot be loaded, or is another one on a node.
        FlaggerError: If Ray fails, or workers died again and again.
    """
    os.environ.update(_SETTINGS)
    try:
        import ray.data  # noqa: F401  # imported here: an optional extra
    except ImportError as error:
        raise ConfigError("scoring on Ray needs Ray: pip install 'flagger[ray]'") from error
    if STDIN in paths:
        raise ConfigError("standard input cannot be scored on Ray, whose workers do not see it; name files or URLs")
    folder = find_model(model)
    version = read_info(folder).version
    is_shipped = folder in shipped_models()
    scorer = {
        "model": folder.name if is_shipped else str(folder.absolute()),
        "version": version,
        "folder": None if all(map(_is_absolute, paths)) else str(Path.cwd()),
        "options": options,
        "three_way": three_way,
    }
    n_workers = min(jobs, len(paths) - start.n_files)
    return _score(paths, scorer, n_workers, start, address) if n_workers else iter(())


def _is_absolute(path: Path | str) -> bool:
    return is_url(path) or Path(path).is_absolute()


class _Scorer:
    """A worker: holds the model and turns paths into results.

    What it says on purpose, a FlaggerError, travels among the results: Ray would bury it in a traceback.
    """

    def __init__(self, *, model: str, version: str, folder: str | None, options: ReadOptions, three_way: bool) -> None:
        self._options = options
        self._three_way = three_way
        self._error: FlaggerError | None = None
        try:
            if folder:
                _enter(folder)
            self._flagger = Flagger.load(model, n_threads=1)  # as many as Ray gives a worker
            if (found := self._flagger.info.version) != version:
                raise ModelError(f"a node has the model {found}, not {version}; install the same flagger on every node")
        except FlaggerError as error:
            self._error = error

    def __call__(self, batch: Columns) -> Iterator[Columns]:
        """Score the columns ``number`` and ``path`` into a column ``result``, a row an article, lazily."""
        first = int(batch["number"][0])
        for item in self._score([unpack(path) for path in batch["path"]]):
            if not isinstance(item, FlaggerError):
                position, result = item
                item = position._replace(n_files=first + position.n_files), result
            row = np.empty(1, dtype=object)
            row[0] = item
            yield {"result": row}

    def _score(self, paths: Sequence[Path | str]) -> Iterator[tuple[Position, ArticleResult] | FlaggerError]:
        try:
            if self._error:
                raise self._error
            score = partial(self._flagger.flag_many, three_way=self._three_way, first_batch=LARGEST_BATCH)
            yield from with_positions(score, paths, self._options)
        except FlaggerError as error:
            yield error


def _enter(folder: str) -> None:
    """Make relative paths, whose names are shown as the user gave them, mean what they mean to the driver."""
    try:
        os.chdir(folder)
    except OSError as error:
        reason = f"a node has no folder {folder}; name files by URLs or by absolute paths that every node has"
        raise ConfigError(reason) from error


def _score(
    paths: Sequence[Path | str], scorer: Mapping[str, object], jobs: int, start: Position, address: str | None
) -> Results:
    import ray.data  # imported here: an optional extra
    from ray.data.exceptions import ExecutionTimeoutError
    from ray.exceptions import RayError, RayTaskError

    with _cluster(jobs, address):
        context = ray.data.DataContext.get_current().copy()
        context.execution_options.preserve_order = True
        context.target_max_block_size = _BLOCK_BYTES
        context.execution_no_progress_timeout_s = _STALLED_S
        context.enable_progress_bars = context.print_on_execution_start = False
        files = [{"number": i, "path": pack(paths[i])} for i in range(start.n_files, len(paths))]
        n_tasks = max(-(-len(files) // _TASK_FILES), min(jobs * _TASKS_A_WORKER, len(files)))
        with ray.data.DataContext.current(context):
            tasks = ray.data.from_items(files, override_num_blocks=n_tasks)
            results = tasks.map_batches(
                _Scorer,
                fn_constructor_kwargs=dict(scorer),
                batch_size=None,  # all files of a task
                batch_format="numpy",
                compute=ray.data.ActorPoolStrategy(size=jobs),
                num_cpus=1,
            )
        try:
            for row in results.iter_rows():
                if isinstance(row["result"], FlaggerError):
                    raise row["result"]
                position, result = row["result"]
                if position > start:  # of the file in which the earlier run was cut off, some may be done
                    yield position, result
        except RayTaskError:
            raise  # a bug in a worker
        except (RayError, ExecutionTimeoutError) as error:
            raise FlaggerError(f"scoring on Ray failed: {error}") from error


@contextmanager
def _cluster(jobs: int, address: str | None) -> Iterator[None]:
    import ray  # imported here: an optional extra

    _silence()
    if ray.is_initialized() and not address:
        yield
        return
    quiet = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    try:
        with _no_standard_error():  # where Ray says that it took note of the log level
            if address:
                _check_answer(address)
                ray.init(address, **quiet)
            else:
                ray.init("local", num_cpus=jobs, object_store_memory=_STORE_BYTES, include_dashboard=False, **quiet)
    except Exception as error:  # of many kinds, by what is wrong with the address
        failure = f"there is no Ray at {address}" if address else "Ray does not start on this machine"
        raise ConfigError(f"{failure}: {error}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_answer(address: str) -> None:
    """Knock at ``HOST:PORT`` first: Ray goes on trying for minutes."""
    host, _, port = address.partition("://")[2].rpartition(":") if is_url(address) else address.rpartition(":")
    if port.isdigit():
        socket.create_connection((host, int(port)), timeout=_ANSWER_S).close()


def _silence() -> None:
    """Keep Ray off both standard streams; its log files have the same."""
    import ray._private.worker  # imported here: an optional extra

    # A restart of a worker would be printed to standard output, among the records, whatever log_to_driver says.
    ray._private.worker.print_to_stdstream = lambda *_, **__: None
    for handler in logging.getLogger("ray.data").handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setLevel(logging.CRITICAL + 1)


@contextmanager
def _no_standard_error() -> Iterator[None]:
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
