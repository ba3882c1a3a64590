"""fastText, supervised: the setting with the best macro-F1 on the validation split. Not autotuned, not quantised."""

from pathlib import Path

import fasttext
from protocol import LABELS, SEED, Predict, Sentence, macro_f1, run, tokens_of

SETTINGS = (
    {"minn": 0, "maxn": 0, "epoch": 25, "lr": 0.5},
    {"minn": 3, "maxn": 5, "epoch": 10, "lr": 0.2},
    {"minn": 3, "maxn": 5, "epoch": 25, "lr": 0.5},
)
BUCKET = 200_000  # fastText's own 2,000,000 make a file ten times as large


def prepare(text: str) -> str:
    return " ".join(tokens_of(text))


def train(sentences: list[Sentence], validation: list[Sentence], folder: Path, variant: str) -> None:
    file = folder / "train.txt"
    lines = (f"__label__{sentence['label']} {prepare(sentence['text'])}\n" for sentence in sentences)
    file.write_text("".join(lines), encoding="utf-8")
    wanted = [LABELS.index(sentence["label"]) for sentence in validation]
    best = -1.0
    for setting in SETTINGS:
        model = fasttext.train_supervised(
            str(file), wordNgrams=2, bucket=BUCKET, thread=1, seed=SEED, verbose=0, **setting
        )
        rows = rows_of(model, [sentence["text"] for sentence in validation])
        f1 = macro_f1([row.index(max(row)) for row in rows], wanted)
        print(f"{setting}: macro-F1 {f1:.4f} on validation")  # noqa: T201
        if f1 > best:
            best = f1
            model.save_model(str(folder / "model.bin"))
    file.unlink()


def rows_of(model: object, texts: list[str]) -> list[list[float]]:
    rows = []
    for names, values in zip(*model.predict(list(map(prepare, texts)), k=len(LABELS)), strict=True):
        said = dict(zip(names, map(float, values), strict=True))
        row = [said.get(f"__label__{label}", 0.0) for label in LABELS]
        rows.append([value / sum(row) for value in row])  # fastText's own sum is 1.00004
    return rows


def load(folder: Path) -> Predict:
    model = fasttext.load_model(str(folder / "model.bin"))
    return lambda texts: rows_of(model, texts)


if __name__ == "__main__":
    run(load, train)
