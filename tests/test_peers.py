"""The parts of tests/benchmarks/peers.py that need no virtual environment: the lexicon and the table."""

import json
import subprocess
import sys
from pathlib import Path

from flagger.labels import LABELS
from tests.benchmarks.peer_workers import protocol
from tests.benchmarks.peers import COLUMNS, PEERS, WORKERS, table

LABELLED = {
    "confirmed": ["Police said the bridge fell.", "The court found the firm at fault."],
    "estimated": ["It could reopen by June.", "It could take 12 weeks."],
    "unverified": ["It reportedly fell.", "The mayor reportedly left."],
    "no_claim": ["What now?", "Who pays?"],
}
CUES = ("could", "reportedly", "said", "found")


def test_workers_and_tables_have_the_same_order_of_labels() -> None:
    """Workers cannot import flagger, so they have their own."""
    assert protocol.LABELS == LABELS


def test_the_lexicon_learns_its_cues(tmp_path: Path) -> None:
    rows = [
        {"text": text, "label": label, "cues": [cue for cue in CUES if cue in text]}
        for label, texts in LABELLED.items()
        for text in texts
    ]
    for split in ("train", "validation"):
        (tmp_path / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows * 5))
    unseen = ["A dam REPORTEDLY broke.", "The dam could hold for 20 years.", "How long?"]
    (tmp_path / "unseen.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in unseen))
    worker, model = [sys.executable, WORKERS / "lexicon.py"], tmp_path / "model"
    subprocess.run([*worker, "train", tmp_path, model], check=True)
    subprocess.run([*worker, "score", model, tmp_path / "unseen.jsonl", tmp_path / "rows.json", "--once"], check=True)
    scored = json.loads((tmp_path / "rows.json").read_text())
    assert [row.index(max(row)) for row in scored["rows"]] == [2, 1, 3]
    assert all(abs(sum(row) - 1) < 1e-9 for row in scored["rows"])
    assert scored["peak_mb"] > 1


def test_the_table_has_a_row_a_peer() -> None:
    about = {"data": "new", "cpu": "Some CPU", "command": "python -m x", "measured": "2026-01-02T00:00:00+00:00"}
    whole = {**dict.fromkeys(COLUMNS, 0.5), "calibration_error_real": None, "version": "medspacy 1"}
    results = {
        "medspacy": whole | about,
        "fasttext": {"failed": "no | wheel"} | about,
        "lexicon": whole | about | {"data": "old", "measured": "2025-01-01T00:00:00+00:00"},
    }
    lines = table(results).splitlines()
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in lines[2 : 2 + len(PEERS)]}
    assert list(rows) == list(PEERS)
    assert "| 0.500 | - |" in rows["medspacy"]
    assert "failed: no \\| wheel" in rows["fasttext"]
    assert "other data" in rows["lexicon"]
    assert "not measured" in rows["flagger"]
    assert len({row.replace("\\|", "").count("|") for row in rows.values()} | {lines[0].count("|")}) == 1
    assert lines[-1] == "2026-01-02, Some CPU: `python -m x`"
