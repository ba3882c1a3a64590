"""Hugging Face datasets reads the dataset as its card says, without a network, and maps flagger over columns."""

import json
import os
import subprocess
import sys
from pathlib import Path

from flagger import flag_sentences
from flagger.training.dataset import SPLITS, article_record, read_articles
from tests.test_security import NO_SOCKETS

ROOT = Path(__file__).parent.parent.parent


def _stdout(script: str, folder: Path, *args: str) -> str:
    (folder / "script.py").write_text(script)
    environment = os.environ | {"HF_HOME": str(folder / "hf"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", str(folder / "script.py"), *args]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


_LOAD = f"""
{NO_SOCKETS}
from datasets import load_dataset
for splits in (
    load_dataset("json", data_files={{s: f"datasets/articles/{{s}}.jsonl" for s in {SPLITS}}}),
    load_dataset("./datasets"),  # by the card's configs
):
    assert list(splits) == list({SPLITS})
    for split in splits.values():
        split.to_json(sys.argv[1], lines=True)
        print(split.num_rows, sum(map(len, split["sentences"])))
"""


def test_the_dataset_loads_as_its_card_says(tmp_path: Path) -> None:
    out = tmp_path / "last.jsonl"
    sizes = [list(map(int, line.split())) for line in _stdout(_LOAD, tmp_path, str(out)).splitlines()]
    articles = {split: read_articles(ROOT / "datasets" / "articles", split) for split in SPLITS}
    assert sizes == 2 * [[len(part), sum(len(a.sentences) for a in part)] for part in articles.values()]
    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == [
        article_record(article) for article in articles["test"]
    ]


_MAP = """
import json
from datasets import Dataset
from flagger import flag_sentences

def tag(batch):
    flags = flag_sentences(batch["text"], model="baseline")
    return {"label": [f.label for f in flags], "confidence": [f.confidence for f in flags]}

if __name__ == "__main__":
    notes = Dataset.from_dict({"text": ["The bridge fell.", "It reportedly rose.", "What a day!"]})
    for n in (None, 2):
        tagged = notes.map(tag, batched=True, batch_size=2, num_proc=n)
        print(json.dumps(tagged.to_list()))
    again = notes.map(tag, batched=True, batch_size=2, num_proc=2)
    print(json.dumps(again._fingerprint == tagged._fingerprint))
"""


def test_map_adds_columns_in_one_process_and_in_two(tmp_path: Path) -> None:
    *tables, is_same = map(json.loads, _stdout(_MAP, tmp_path).splitlines())
    texts = ["The bridge fell.", "It reportedly rose.", "What a day!"]
    flags = flag_sentences(texts, model="baseline")
    expected = [{"text": f.text, "label": str(f.label), "confidence": f.confidence} for f in flags]
    assert tables == [expected, expected]
    assert is_same  # what tag does can be hashed, or every run would begin anew
