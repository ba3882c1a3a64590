"""A fitted BaselineClassifier -> its file in a model folder, the same bytes for the same model."""

import io
import re
import zipfile
from pathlib import Path

import skops.io

from flagger.classifiers.baseline import BaselineClassifier

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip archive can hold


def export_skops(classifier: BaselineClassifier) -> bytes:
    """Return the skops archive with what varies between runs made constant.

    skops names objects by their memory address, a vectorizer keeps one, and a zip archive dates its members.
    """
    for _, branch in classifier.pipeline["features"].transformer_list:
        vars(branch["hash"]).pop("_stop_words_id", None)  # made anew when it is missed
    state = {"pipeline": classifier.pipeline, "cue_floor": classifier.cue_floor}
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(state))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    schema = members.pop("schema.json").decode()
    addresses = dict.fromkeys(re.findall(r'"__id__": (\d+)', schema) + [Path(name).stem for name in members])
    number = {address: str(n) for n, address in enumerate(addresses)}
    schema = re.sub(r'(?<="__id__": )\d+', lambda m: number[m.group()], schema)
    schema = re.sub(r'(?<=")\d+(?=\.np[yz]")', lambda m: number[m.group()], schema)
    renamed = {f"{number[Path(name).stem]}{Path(name).suffix}": content for name, content in members.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {"schema.json": schema.encode(), **dict(sorted(renamed.items()))}.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()
