"""Labelled articles -> a fine-tuned JointModel, with transformers' Trainer."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from datasets import Dataset
from sklearn.metrics import f1_score
from tokenizers import Tokenizer
from torch import nn
from transformers import (
    EarlyStoppingCallback,
    EvalPrediction,
    PrinterCallback,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from transformers.trainer import TRAINER_STATE_NAME
from transformers.utils import logging
from typing_extensions import override

from flagger.calibration import FloatArray
from flagger.classifiers.transformer import BEGIN, INSIDE, OUTSIDE, SPAN_KINDS, TAGS
from flagger.errors import ConfigError, DatasetError
from flagger.results import Offsets
from flagger.training.config import FineTuning, TransformerConfig
from flagger.training.dataset import LabelledArticle, LabelledSentence
from flagger.training.distillation import corrected, taught_by
from flagger.training.evaluation import Epoch
from flagger.training.export_transformer import round_embeddings
from flagger.training.fit_calibration import fit_biases, fit_shift
from flagger.training.joint_model import JointModel
from flagger.training.joint_trainer import IGNORED, JointTrainer
from flagger.training.pretrained import SPECIAL_TOKENS, base_folder, load_tokenizer, window_of
from flagger.training.pruning import PrunedTrainer

Features = dict[str, list[Any]]


class Fitted(NamedTuple):
    """What training gives."""

    model: JointModel
    tokenizer: Tokenizer
    history: list[Epoch]


def fit_transformer(
    train: Sequence[LabelledArticle],
    validation: Sequence[LabelledArticle],
    config: TransformerConfig,
    *,
    checkpoints: Path,
    report: Callable[[str], None] = lambda message: None,
) -> Fitted:
    """Fine-tune on the sentences of ``train`` and keep the epoch with the best macro-F1 on ``validation``.

    A pruned model learns to give what the whole one gives, and keeps the epoch whose labels and tags come nearest.

    The same articles and recipe give the same weights on the same machine, also when a run was cut off and resumed.

    Args:
        train: Articles to learn from.
        validation: Articles that choose the epoch.
        config: The recipe.
        checkpoints: A folder that the Trainer writes after each epoch; training goes on from the last one there.
        report: Called with a line an epoch.

    Raises:
        ConfigError: If the encoder cannot be loaded, a teacher does not fit (see taught_by), memory is short, or the
            loss is no longer a number.
        DatasetError: If a sentence is longer than the encoder can read.
        ModelError: If a teacher is missing or damaged.
    """
    settings, labels = config.training, config.data.labels
    logging.set_verbosity_error()  # what goes wrong comes as an error, what goes right is reported
    logging.disable_progress_bar()
    torch.manual_seed(config.seed)
    base = base_folder(config.encoder.base)
    tokenizer = load_tokenizer(base)
    model = JointModel.from_encoder(base, config.encoder, settings.dropout, labels)
    pruning = config.pruning
    if (settings.base_share or pruning) and not model.goes_on:
        key = "pruning" if pruning else "training.base_share"
        raise ConfigError(f"{key}: {base} is no model of these labels that flagger trained")
    if settings.freeze_embeddings:
        words = model.encoder.get_input_embeddings().weight
        words.data = round_embeddings(words.data)
        words.requires_grad = False
    window = window_of(model)
    data = {name: _encode(part, tokenizer, labels, window) for name, part in (("train", train), ("val", validation))}
    if teaching := config.distillation:
        report(f"asking {', '.join(teaching.teachers)}")
        texts = [text for article in train for text in article.texts]
        taught = taught_by(teaching, texts, data["train"]["input_ids"][:], labels)
        taught = corrected(taught, data["train"]["labels"][:], data["train"]["tags"][:])
        data["train"] = data["train"].add_column("taught", list(taught.labels))
        data["train"] = data["train"].add_column("taught_tags", [of_sentence.ravel() for of_sentence in taught.tags])
    trainer = (partial(PrunedTrainer, pruning) if pruning else JointTrainer)(
        settings,
        teaching,
        mask_id=_mask_id(tokenizer, settings),
        model=model,
        args=_arguments(config, checkpoints, len(data["train"])),
        train_dataset=data["train"],
        eval_dataset=data["val"],
        data_collator=collate,
        compute_metrics=partial(_macro_f1, n_labels=len(labels)),
        preprocess_logits_for_metrics=lambda logits, _: logits[0],
        callbacks=[EarlyStoppingCallback(settings.patience), _Told(report)],
    )
    trainer.remove_callback(PrinterCallback)
    start = deepcopy(model.state_dict()) if settings.base_share else {}
    last = _last_checkpoint(checkpoints)
    if last:
        state = TrainerState.load_from_json(str(last / TRAINER_STATE_NAME))
        stopping = state.stateful_callbacks[EarlyStoppingCallback.__name__]["attributes"]
        if stopping["early_stopping_patience_counter"] >= settings.patience:
            trainer.args.num_train_epochs = state.epoch or 0  # it had stopped here: only the best epoch is to be loaded
    try:
        trainer.train(resume_from_checkpoint=str(last) if last else None)
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise ConfigError(
            f"training.batch_size: out of memory with {settings.batch_size} sentences a step; ask for fewer"
        ) from error
    # In bf16 the Trainer wraps the model's forward, and an export would take the casts along.
    model = trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)
    model.eval()
    if start:  # Wortsman et al. 2022, arXiv:2109.01903: between start and end a model does better on other data
        for name, weights in model.state_dict().items():
            weights.lerp_(start[name], settings.base_share)
    return Fitted(model, tokenizer, _history(trainer.state.log_history))


def _arguments(config: TransformerConfig, checkpoints: Path, n_sentences: int) -> TrainingArguments:
    settings = config.training
    steps_an_epoch = -(-n_sentences // settings.batch_size)
    return TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=4 * settings.batch_size,
        learning_rate=settings.learning_rate,
        warmup_steps=round(settings.warmup * settings.epochs * steps_an_epoch),
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        train_sampling_strategy="group_by_length",
        length_column_name="length",
        bf16=_uses_bf16(settings.precision),
        use_cpu=not torch.cuda.is_available(),
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="loss" if config.pruning else "macro_f1",
        greater_is_better=not config.pruning,
        logging_strategy="epoch",
        logging_nan_inf_filter=False,
        remove_unused_columns=False,
        label_names=["labels", "tags"],
        dataloader_pin_memory=False,
        seed=config.seed,
        report_to=[],
        disable_tqdm=True,
        restore_callback_states_from_checkpoint=True,  # how many epochs were no better
    )


def _last_checkpoint(checkpoints: Path) -> Path | None:
    """Return the newest folder that the Trainer finished: it writes its own state last."""
    whole = [state.parent for state in checkpoints.glob(f"checkpoint-*/{TRAINER_STATE_NAME}")]
    return max(whole, key=lambda folder: int(folder.name.rpartition("-")[2]), default=None)


def _history(logs: Sequence[dict[str, float]]) -> list[Epoch]:
    losses = {entry["epoch"]: entry["loss"] for entry in logs if "loss" in entry}
    scores = {entry["epoch"]: entry["eval_macro_f1"] for entry in logs if "eval_macro_f1" in entry}
    return [Epoch(number, loss, scores[number]) for number, loss in losses.items()]


def shift_labels(
    model: JointModel, tokenizer: Tokenizer, validation: Sequence[LabelledArticle], config: TransformerConfig
) -> tuple[FloatArray, FloatArray]:
    """Add to each label's logit, in the model itself, what calibration finds on ``validation``.

    Returns:
        What was added, shape (n_labels,), and the label logits on ``validation`` with it, as of label_logits.
    """
    labels, favoured = config.data.labels, config.decision.favoured
    logits = label_logits(model, tokenizer, validation)
    wanted = np.array([labels.index(s.final.label) for article in validation for s in article.sentences])
    if favoured:
        column = labels.index(favoured)
        shifts = np.zeros(len(labels))
        shifts[column] = fit_shift(logits, column, wanted == column, incomplete=config.decision.incomplete)
    else:
        shifts = fit_biases(logits, wanted)
    model.label_head.bias.data += torch.from_numpy(shifts)
    return shifts, logits + shifts


def label_logits(model: JointModel, tokenizer: Tokenizer, articles: Sequence[LabelledArticle]) -> FloatArray:
    """Return the trained model's label logits in fp32, one row a sentence, columns in the labels' order."""
    rows = []
    with torch.no_grad():
        for article in articles:
            for encoding in tokenizer.encode_batch(article.texts):
                rows.append(model(torch.tensor([encoding.ids])).label_logits[0].numpy())
    return np.array(rows, dtype=np.float64)


def collate(rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """Pad rows to the longest: ``input_ids``, ``attention_mask`` and ``tags`` (n, n_tokens, ...), ``labels`` (n,).

    Where there are teachers, ``taught`` (n, n_labels) and ``taught_tags`` (n, n_tokens, n_span_kinds, n_tags) too.
    """

    def padded(tensors: list[torch.Tensor], value: int = 0) -> torch.Tensor:
        return nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=value)

    ids = [torch.tensor(row["input_ids"]) for row in rows]
    batch = {
        "input_ids": padded(ids),
        "attention_mask": padded([torch.ones_like(of_row) for of_row in ids]),
        "labels": torch.tensor([row["labels"] for row in rows]),
        "tags": padded([torch.tensor(row["tags"]) for row in rows], IGNORED),
    }
    if "taught" in rows[0]:
        batch["taught"] = torch.tensor([row["taught"] for row in rows])
        tags = [torch.tensor(row["taught_tags"]).view(-1, len(SPAN_KINDS), len(TAGS)) for row in rows]
        batch["taught_tags"] = padded(tags)
    return batch


def tag_tokens(sentence: LabelledSentence, offsets: Sequence[Offsets]) -> list[list[int]]:
    """Return for each token its index in TAGS for cues and for the source; IGNORED for special tokens.

    Args:
        sentence: The labelled sentence.
        offsets: Each token's characters, end excluded; an empty range is a special token.
    """
    spans = (sentence.final.cues, [sentence.final.source] if sentence.final.source else [])
    tags = [[IGNORED if start == end else OUTSIDE] * len(SPAN_KINDS) for start, end in offsets]
    for kind, of_kind in enumerate(spans):
        for start, end in of_kind:
            inside = [i for i, (a, b) in enumerate(offsets) if a < end and b > start and a < b]
            for position, i in enumerate(inside):
                tags[i][kind] = INSIDE if position else BEGIN
    return tags


def _encode(articles: Sequence[LabelledArticle], tokenizer: Tokenizer, labels: Sequence[str], window: int) -> Dataset:
    rows: Features = {"input_ids": [], "tags": [], "labels": [], "length": []}
    for article in articles:
        for sentence, encoding in zip(article.sentences, tokenizer.encode_batch(article.texts), strict=True):
            if len(encoding.ids) > window:
                raise DatasetError(
                    f"article {article.id}: a sentence has {len(encoding.ids)} tokens, the encoder reads {window}"
                )
            rows["input_ids"].append(encoding.ids)
            rows["tags"].append(tag_tokens(sentence, encoding.offsets))
            rows["labels"].append(labels.index(sentence.final.label))
            rows["length"].append(len(encoding.ids))
    return Dataset.from_dict(rows)


def _macro_f1(prediction: EvalPrediction, n_labels: int) -> dict[str, float]:
    wanted = prediction.label_ids[0] if isinstance(prediction.label_ids, tuple) else prediction.label_ids
    predicted = np.asarray(prediction.predictions).argmax(axis=-1)
    return {"macro_f1": float(f1_score(wanted, predicted, average="macro", labels=range(n_labels), zero_division=0))}


def _mask_id(tokenizer: Tokenizer, settings: FineTuning) -> int:
    masks = SPECIAL_TOKENS["mask_token"]
    found = [int(mask) for name in masks if (mask := tokenizer.token_to_id(name)) is not None]
    if not found and settings.token_dropout:
        raise ConfigError(f"training.token_dropout: the tokenizer has none of {', '.join(masks)}; set it to 0")
    return found[0] if found else -1


def _uses_bf16(precision: str) -> bool:
    if precision != "auto":
        return precision == "bf16"
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported()
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


class _Told(TrainerCallback):
    """Reports an epoch's loss and validation macro-F1 in a line."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report

    @override
    def on_evaluate(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: dict[str, float]
    ) -> None:
        last = _history(state.log_history)[-1]
        self._report(
            f"epoch {last.number:.0f} of {args.num_train_epochs}: loss {last.loss:.3f}, macro-F1 {last.macro_f1:.3f}"
        )
