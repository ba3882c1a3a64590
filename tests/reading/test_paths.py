import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagger.reading.paths import Paths

NAMES = st.lists(st.binary(min_size=1, max_size=20).map(os.fsdecode).map(Path) | st.just("s3://bucket/a b.txt"))


@given(NAMES)
def test_they_come_back_as_they_went_in(names: list[Path | str]) -> None:
    paths = Paths(names)
    assert list(paths) == names
    assert [paths[i] for i in range(-len(names), 0)] == names
    with pytest.raises(IndexError):
        paths[len(names)]
