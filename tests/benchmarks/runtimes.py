"""The shipped model on CPU runtimes and instruction sets, for which of them flagger should choose. Run by hand:

    pip install onnxruntime
    python -m tests.benchmarks.runtimes [--sentences 1500] [--runs 3]

Each row is a process of its own, held to one core, that runs the model alone on the test split's sentences, tokenised
before and in batches of one length, as flagger has them. ONEDNN_MAX_CPU_ISA, which OpenVINO's kernels obey, stands for
lesser processors; ONNX Runtime knows no such switch. Precision is what the runtime is asked to compute in. `same label`
and `largest difference` (of a probability, at temperature 1) are beside OpenVINO in f32 with all instructions.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from flagger.artifacts import DEFAULT_MODEL, find_model
from flagger.classifiers.transformer import TOKENIZER_FILE, WEIGHTS_FILE
from flagger.training.dataset import read_articles
from flagger.training.evaluation import agreement_of

ARTICLES = Path("datasets/articles")
BATCH = 64
Batches = list[tuple[list[int], np.ndarray]]


class Row(NamedTuple):
    """What is measured in one process."""

    runtime: str
    processor: str
    instructions: str
    """For ONEDNN_MAX_CPU_ISA; empty for all that there are."""
    precision: str
    needs: str = "avx2"
    """What Linux calls the instructions, in /proc/cpuinfo."""


ROWS = (
    Row("openvino", "all instructions", "", "f32"),
    Row("openvino", "all instructions, AMX among them", "", "bf16", "amx_bf16"),
    Row("openvino", "AVX-512 with BF16", "AVX512_CORE_BF16", "bf16", "avx512_bf16"),
    Row("openvino", "AVX-512 alone", "AVX512_CORE", "f32", "avx512f"),
    Row("openvino", "AVX2 alone", "AVX2", "f32"),
    Row("onnxruntime", "all instructions", "", "f32"),
)


def measure(row: Row, n_sentences: int, logits_file: Path) -> float:
    """Return sentences a second, and leave the label logits in a file."""
    batches, n = read_batches(n_sentences)
    model = find_model(DEFAULT_MODEL) / WEIGHTS_FILE
    if row.runtime == "openvino":
        import openvino

        compiled = openvino.Core().compile_model(str(model), "CPU", {"INFERENCE_PRECISION_HINT": row.precision})
        run = lambda ids: compiled({"input_ids": ids})["label_logits"]  # noqa: E731
    else:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        run = lambda ids: session.run(["label_logits"], {"input_ids": ids})[0]  # noqa: E731
    logits = np.zeros((n, 4))
    run(batches[0][1])
    start = time.perf_counter()
    for rows, ids in batches:
        logits[rows] = run(ids)
    seconds = time.perf_counter() - start
    np.save(logits_file, logits)
    return n / seconds


def read_batches(n_sentences: int) -> tuple[Batches, int]:
    """Return rows and token ids of batches of one length, and how many sentences there are."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(find_model(DEFAULT_MODEL) / TOKENIZER_FILE))
    texts = [text for article in read_articles(ARTICLES, "test") for text in article.texts][:n_sentences]
    ids = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    batches = []
    for _, of_length in groupby(sorted(range(len(ids)), key=lambda i: len(ids[i])), key=lambda i: len(ids[i])):
        rows = list(of_length)
        for part in (rows[i : i + BATCH] for i in range(0, len(rows), BATCH)):
            batches.append((part, np.array([ids[i] for i in part], dtype=np.int64)))
    return batches, len(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=1500)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--inside", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        row, file = arguments.inside
        print(json.dumps(measure(ROWS[int(row)], arguments.sentences, Path(file))))  # noqa: T201
        return
    print("| runtime | processor | precision | sentences/s | same label | largest difference |")  # noqa: T201
    print("|---|---|---|---|---|---|")  # noqa: T201
    with TemporaryDirectory() as folder:
        speeds: dict[int, list[float]] = {i: [] for i in range(len(ROWS))}
        for _ in range(arguments.runs):
            for i, taken in speeds.items():
                taken.extend(_in_process(i, arguments.sentences, Path(folder, f"{i}.npy")))
        first = np.load(Path(folder, "0.npy"))
        for i, row in enumerate(ROWS):
            if not speeds[i]:
                print(f"| {row.runtime} | {row.processor} | {row.precision} | does not run here | | |")  # noqa: T201
                continue
            agreed = agreement_of(np.load(Path(folder, f"{i}.npy")), first)
            speed, same, difference = median(speeds[i]), agreed["same_label"], agreed["max_difference"]
            print(  # noqa: T201
                f"| {row.runtime} | {row.processor} | {row.precision} | {speed:,.0f} | {same:.2%} | {difference} |"
            )


def _in_process(row: int, n_sentences: int, file: Path) -> list[float]:
    if ROWS[row].needs not in Path("/proc/cpuinfo").read_text().split():
        return []
    environment = os.environ | ({"ONEDNN_MAX_CPU_ISA": ROWS[row].instructions} if ROWS[row].instructions else {})
    command = ["taskset", "-c", "0", sys.executable, "-m", "tests.benchmarks.runtimes", "--sentences", str(n_sentences)]
    done = subprocess.run([*command, "--inside", str(row), str(file)], env=environment, capture_output=True, text=True)
    return [json.loads(done.stdout)] if done.returncode == 0 else []


if __name__ == "__main__":
    main()
