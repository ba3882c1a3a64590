from flagger.labels import FLAGS, LABELS, Label


def test_the_order_is_the_order_of_the_columns() -> None:
    assert list(LABELS) == ["confirmed", "estimated", "unverified", "no_claim"]
    assert LABELS[:3] == FLAGS
    assert f"{Label.NO_CLAIM}" == "no_claim"
