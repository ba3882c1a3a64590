"""Articles -> tasks of Label Studio with predictions, as one JSON array; training/label_studio.py reads them corrected.

A task is an article; a sentence is a region ``sentence`` with its label as a choice, cues and source are regions
within it. A region's score is its sentence's confidence, a task's the lowest of them, so that Label Studio can show
the least sure articles first. The project needs this labelling interface:

    <View>
      <Labels name="span" toName="text">
        <Label value="sentence" background="#d0d0d0"/>
        <Label value="cue" background="#d62728"/>
        <Label value="source" background="#1f77b4"/>
      </Labels>
      <Choices name="label" toName="text" choice="single" perRegion="true"
               whenTagName="span" whenLabelValue="sentence" required="true">
        <Choice value="confirmed"/>
        <Choice value="estimated"/>
        <Choice value="unverified"/>
        <Choice value="no_claim"/>
      </Choices>
      <Text name="text" value="$text" granularity="word"/>
    </View>

Offsets count code points, as Label Studio does; some versions count UTF-16 units, which only shows after an emoji.
Source: https://labelstud.io/guide/predictions and /guide/task_format.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from flagger.exports.json_array import json_array
from flagger.recorded import article_text
from flagger.sinks.records import Record


def label_studio_tasks(articles: Iterable[list[Record]]) -> Iterator[str]:
    """Return the pieces of the JSON array, a task a line."""
    return json_array(map(_task, articles))


def _task(records: list[Record]) -> dict[str, Any]:
    first = records[0]
    return {
        "data": {"text": article_text(records), "article_id": first["article_id"], "path": first["path"]},
        "predictions": [
            {
                "model_version": first["model"],
                "score": min(record["confidence"] for record in records),
                "result": [item for record in records for item in _regions(record)],
            }
        ],
    }


def _regions(record: Record) -> Iterator[dict[str, Any]]:
    number = record["sentence"]
    yield _region(f"s{number}", record, record, "labels", ["sentence"])
    yield _region(f"s{number}", record, record, "choices", [record["label"]])
    for index, cue in enumerate(record["cues"]):
        yield _region(f"s{number}-cue{index}", record, cue, "labels", ["cue"])
    if record["source"]:
        yield _region(f"s{number}-source", record, record["source"], "labels", ["source"])


def _region(region_id: str, record: Record, span: Record, kind: str, values: list[str]) -> dict[str, Any]:
    return {
        "id": region_id,
        "from_name": "span" if kind == "labels" else "label",
        "to_name": "text",
        "type": kind,
        "value": {"start": span["start"], "end": span["end"], "text": span["text"], kind: values},
        "score": record["confidence"],
    }
