"""What was measured -> SVG pictures: confusion matrix, reliability diagram, training curve. Needs matplotlib."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay

from flagger.calibration import apply_temperature
from flagger.errors import writing
from flagger.training.evaluation import N_BINS, Epoch, Scored, confidence_bins

# The same picture is the same file: ids without chance, no date; text stays text.
_STYLE = {"svg.hashsalt": "flagger", "svg.fonttype": "none", "font.size": 9}


def plot_scored(folder: Path, prefix: str, scored: Scored, temperature: float) -> list[Path]:
    """Write ``{prefix}-confusion.svg`` and ``{prefix}-reliability.svg`` and return their paths.

    Raises:
        ConfigError: If the folder cannot be written to.
    """
    probabilities = apply_temperature(scored.logits, temperature)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    paths = [folder / f"{prefix}-confusion.svg", folder / f"{prefix}-reliability.svg"]
    with _axes(paths[0], 4.2, 3.6) as axes:
        ConfusionMatrixDisplay.from_predictions(
            scored.wanted,
            predicted,
            labels=range(len(scored.labels)),
            display_labels=scored.labels,
            normalize="true",
            values_format=".2f",
            cmap="Blues",
            colorbar=False,
            ax=axes,
        )
        axes.set(title=f"{prefix}: share of each label", xlabel="said", ylabel="labelled")
    with _axes(paths[1], 3.6, 3.6) as axes:
        bins = confidence_bins(confidence)
        used = np.unique(bins)
        right = [float((predicted == scored.wanted)[bins == b].mean()) for b in used]
        axes.bar((used + 0.5) / N_BINS, right, width=0.9 / N_BINS, color="#4a7ebb", label="right")
        axes.plot([0, 1], [0, 1], color="black", linewidth=0.8, linestyle="--", label="probability")
        shares = [float((bins == b).mean()) for b in used]
        axes.plot((used + 0.5) / N_BINS, shares, color="#c0504d", marker=".", label="share of sentences")
        axes.set(title=f"{prefix}: reliability", xlabel="probability of the label given", xlim=(0, 1), ylim=(0, 1))
        axes.legend(loc="upper left")
    return paths


def plot_training(path: Path, history: Sequence[Epoch]) -> Path:
    """Write the training loss and the macro-F1 on validation over epochs, and return the path.

    Raises:
        ConfigError: If the file cannot be written.
    """
    epochs, losses, macro_f1 = zip(*history, strict=True)
    with _axes(path, 4.2, 3.2) as axes:
        axes.plot(epochs, losses, color="#4a7ebb", marker=".", label="training loss")
        axes.plot(epochs, macro_f1, color="#c0504d", marker=".", label="macro-F1 on validation")
        axes.set(title="training", xlabel="epoch", ylim=(0, None), xticks=list(epochs))
        axes.legend()
    return path


def plot_shares(path: Path, curves: Mapping[str, Sequence[tuple[float, float]]]) -> Path:
    """Write the macro-F1 over the share of the articles that was trained on, a curve a set, and return the path.

    Args:
        path: Where to.
        curves: The name of a set -> its points, as over_shares gives them.

    Raises:
        ConfigError: If the file cannot be written.
    """
    with _axes(path, 4.2, 3.2) as axes:
        for name, points in curves.items():
            axes.plot(*zip(*points, strict=True), marker=".", label=name)
        axes.set(title="score and size of the data", xlabel="share of the train articles", ylabel="macro-F1")
        axes.set(xscale="log")
        axes.set_xticks([share for share, _ in points], labels=[f"{share:g}" for share, _ in points], minor=False)
        axes.minorticks_off()
        axes.legend()
    return path


@contextmanager
def _axes(path: Path, width: float, height: float) -> Iterator[Axes]:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")  # without pyplot: no window, no global state
        yield figure.add_subplot()
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            figure.savefig(path, format="svg", metadata={"Date": None})
