"""metrics -> the model card, in Markdown."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from shlex import quote
from statistics import mean, stdev
from typing import Any

from flagger.artifacts import METRICS_FILE, ModelInfo
from flagger.errors import ConfigError
from flagger.labels import LABELS
from flagger.training.config import Recipe, TransformerConfig, load_config
from flagger.training.dataset import LabelledArticle
from flagger.training.trials import over_seeds

_CARD = """\
---
{licence}language: en
library_name: flagger
tags: [text-classification, hedging{tags}]
---

# {name}

{description}

It tags a sentence as {labels} by how it is worded, never by what is true. {meaning}

## Use

{use}

## Data

{data}
Content SHA-256 `{dataset_sha256}`. {origin} Outside sets were only measured on: nothing was trained, calibrated or
chosen on them.

## Measured

{summary}
In brackets: 95% intervals, by the bootstrap over articles. Calibration error is the expected calibration error of the
top label in 15 bins; cue and source F1 count exact spans; a contrast set is right when every sentence of it is.
`{metrics_file}` has every figure.

{seeds}{per_label}{pictures}## Probabilities

Temperature {temperature}, fitted on the validation split. A sentence needs review when its two likeliest labels are
less than {review_margin} apart.{shifted}{thresholds}

## Limits

{limits}

## Made by

flagger {flagger_version}, seed {seed}, from this configuration (`config.json`){command}
"""

# What is true of a model with flagger's own labels, and of one with another corpus's.
_OWN = {
    "licence": "license: apache-2.0\n",
    "tags": ", factuality, news",
    "meaning": "The labels are defined in\n[the guideline](../../datasets/GUIDELINE.md).",
    "use": """\
For sorting English news sentences by how well established they present their content, so that a person checks the
right ones first. Not for deciding what is true, and not for judging a person, a source or an outlet.

```
flagger score articles/ --model {model}
```""",
    "origin": """\
The articles are invented and written for this project; see
[the dataset card](../../datasets/README.md).""",
}
_OTHER = {
    "licence": "",
    "tags": "",
    "meaning": "The labels are those of the data below, not\nflagger's own.",
    "use": """\
For measuring on sentences with these labels. It cannot score articles.

```
flagger evaluate {output} articles.jsonl
```""",
    "origin": "They come from `{articles}`; their licence is that of the corpus.",
}

_DESCRIPTIONS = {
    "baseline": "The baseline: hashed n-grams of words, characters and masked words, TF-IDF, logistic regression. It "
    "trains in seconds, explains itself and guards the tests; the weights are saved with skops.",
    "transformer": "A pretrained encoder, fine-tuned to label a sentence and to tag its cue and source words in one "
    "pass. The weights are saved as ONNX (word embeddings in bytes, other matrices in half precision) and run on "
    "OpenVINO.",
}
_LIMITS = {
    "baseline": "It reads each sentence alone, so what depends on the neighbours (a quote that runs on, *That has not "
    "been confirmed.*) is beyond it. It knows words, not scope: a hedge in an aside can decide. Cues are the words "
    "with most weight, which is not always the words that a reader would mark, and sources follow a plain rule.",
    "transformer": "It reads each sentence alone, so what depends on the neighbours is beyond it: a quote that runs on "
    "from an accuser without a marker is taken for a fact. On real news most other mistakes are plain statements that "
    "it takes for more than they are: in feature prose and quotes for opinion, in stories full of allegations for one "
    "of them. There it is surer of itself than it should be; see the calibration error.",
}
_OTHER_LIMITS = (
    "It reads each sentence alone, so what depends on the neighbours is beyond it. Other kinds of text than these were "
    "not measured."
)


def _command(config: Recipe) -> str:
    """Return what trains this again, if it is a recipe of configs/ but for its seeds, shares and outside sets."""
    given = {f"outside.{name}": path for name, path in config.outside.items()}
    overrides = [f"{key}={value}" for key, value in (given | config.model_dump(include={"seeds", "shares"})).items()]
    recipe = Path("configs", f"{config.name}.toml")
    try:
        if load_config(recipe, overrides) != config:
            return "."
    except ConfigError:
        return "."
    command = ["flagger train", recipe.as_posix(), *(f"--set {quote(override)}" for override in overrides)]
    return f":\n\n```\n{' '.join(command)}\n```"


def render_card(
    info: ModelInfo,
    config: Recipe,
    splits: dict[str, list[LabelledArticle]],
    metrics: dict[str, dict[str, Any]],
    pictures: Sequence[Path] = (),
) -> str:
    """Return the card of a trained model; ``pictures`` lie in a folder beside it."""
    sizes = {name: (len(part), sum(len(a.sentences) for a in part)) for name, part in splits.items()}
    data = "".join(f"- {name}: {n} articles, {m} sentences\n" for name, (n, m) in sizes.items())
    is_own = info.labels == LABELS
    output = Path(config.output)
    told = {
        "model": output.name if output.parent == Path("models") else config.output,
        "output": config.output,
        "articles": config.data.articles,
    }
    return _CARD.format(
        **{key: text.format(**told) for key, text in (_OWN if is_own else _OTHER).items()},
        command=_command(config) if is_own else ".",
        name=info.name,
        description=_DESCRIPTIONS[info.kind] + _origin(config) + _export(metrics),
        labels=", ".join(f"`{label}`" for label in info.labels),
        data=data,
        dataset_sha256=info.dataset_sha256,
        summary=_summary(metrics),
        metrics_file=METRICS_FILE,
        seeds=_seeds(metrics, info.seed),
        per_label="".join(_label_section(name, values) for name, values in metrics.items()),
        pictures="".join(f"![{path.stem}]({path.parent.name}/{path.name})\n" for path in pictures)
        + "\n" * bool(pictures),
        shifted=_shifted(config),
        thresholds=_thresholds(info),
        temperature=info.temperature,
        review_margin=info.review_margin,
        limits=_LIMITS[info.kind] if is_own else _OTHER_LIMITS,
        flagger_version=info.flagger_version,
        seed=info.seed,
    )


def _origin(config: Recipe) -> str:
    if not isinstance(config, TransformerConfig):
        return ""
    base, told = config.encoder.base, ""
    if config.distillation:
        teachers = ", ".join(f"`{name}`" for name in config.distillation.teachers)
        told += f" It went on from `{base}` and learned the mean probabilities of {teachers} beside the labels."
    if config.pruning:
        left = f"{config.pruning.intermediate_size} neurons of each of its feed-forward layers are left"
        told += f" It went on from `{base}`: {left}, and learned to give what it gave with all of them."
    if share := config.training.base_share:
        told += f" The weights of `{base}` count {share:.0%} in the mean with what training made of them."
    return told


def _shifted(config: Recipe) -> str:
    if favoured := config.decision.favoured:
        allowed = ", if labels that are missing there are allowed for" if config.decision.incomplete else ""
        return f" `{favoured}` is said as often as gives it the best F1 on that split{allowed}."
    return " So were the biases of the labels' logits." if isinstance(config, TransformerConfig) else ""


def _thresholds(info: ModelInfo) -> str:
    if not info.thresholds:
        return ""
    least = ", ".join(f"{threshold} of a {kind}" for kind, threshold in info.thresholds.items())
    return (
        f"\nA span is shown when the model is this sure of its tags: {least}, each the lowest with an "
        "F1 on that split at most 0.002 below the best."
    )


def _summary(metrics: dict[str, dict[str, Any]]) -> str:
    rows = [
        [
            name,
            v["n_sentences"],
            _with_interval(v, v["accuracy"], "accuracy"),
            _with_interval(v, v["macro_f1"], "macro_f1"),
            f"{v['sure']['macro_f1']:.3f}" if "sure" in v else "",
            _with_interval(v, v["calibration_error"], "calibration_error"),
            *(_with_interval(v, v[kind]["f1"], kind) if kind in v else "" for kind in ("cues", "sources")),
            _sets(v),
        ]
        for name, v in metrics.items()
    ]
    head = [
        "set",
        "sentences",
        "accuracy",
        "macro-F1",
        "macro-F1, sure ones",
        "calibration error",
        "cue F1",
        "source F1",
        "contrast sets right",
    ]
    return _table(head, rows)


def _seeds(metrics: dict[str, dict[str, Any]], first: int) -> str:
    """Tell the mean and the sample standard deviation over the seeds, a row a set, where there were several."""
    by_set = {name: of_set for name, values in metrics.items() if (of_set := over_seeds(values))}
    if not by_set:
        return ""
    measures = list(dict.fromkeys(measure for of_set in by_set.values() for measure in of_set))
    n_seeds = len(by_set["validation"]["macro_f1"])
    head = ["set", *(measure.replace("macro_f1", "macro-F1").replace("_", " ") for measure in measures)]
    rows: list[list[object]] = [
        [name, *(f"{mean(v[of]):.3f} ± {stdev(v[of]):.3f}" if of in v else "" for of in measures)]
        for name, v in by_set.items()
    ]
    return (
        f"Mean and standard deviation of {n_seeds} trainings by the same recipe, with the seeds {first} to "
        f"{first + n_seeds - 1}; the first is this model:\n\n{_table(head, rows)}\n"
    )


def _sets(values: dict[str, Any]) -> str:
    sets = values.get("contrast_sets")
    return f"{_with_interval(values, sets['right'], 'contrast_sets')} of {sets['n_sets']}" if sets else ""


def _export(metrics: dict[str, dict[str, Any]]) -> str:
    agreement = metrics.get("validation", {}).get("export")
    if not agreement:
        return ""
    return (
        f" Where they were exported, they give the trained model's label on {agreement['same_label']:.2%} of the "
        f"validation sentences; probabilities differ by at most {agreement['max_difference']}, on 99 of 100 sentences "
        f"by at most {agreement['p99_difference']}."
    )


def _with_interval(values: dict[str, Any], value: float, name: str) -> str:
    low, high = values["intervals"][name]
    return f"{value:.3f} ({low:.3f}-{high:.3f})"


def _label_section(name: str, values: dict[str, Any]) -> str:
    head = ["label", "precision", "recall", "F1", "support", *(f"said {label}" for label in values["labels"])]
    rows = (
        [
            label,
            *(_with_interval(values, v[key], f"{label} {key}") for key in ("precision", "recall")),
            _with_interval(values, v["f1"], label),
            v["support"],
            *confused,
        ]
        for (label, v), confused in zip(values["labels"].items(), values["confusion_matrix"], strict=True)
    )
    return f"### {name}\n\n{_table(head, rows)}\n{_mistakes(values.get('mistakes', {}))}"


def _mistakes(kinds: dict[str, dict[str, Any]]) -> str:
    if not kinds:
        return ""
    rows = (
        [
            kind,
            v["n_sentences"],
            f"{v['n_wrong']} ({v['n_wrong'] / v['n_sentences']:.1%})",
            f"{v['said']} said for {v['wanted']}: {v['n']}" if v["n_wrong"] else "",
        ]
        for kind, v in kinds.items()
    )
    return f"{_table(['kind of sentence', 'sentences', 'wrong', 'most often'], rows)}\n"


def _table(head: list[str], rows: Iterable[list[object]]) -> str:
    lines: list[list[object]] = [[*head], ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
