"""One article with all that offsets stumble over, for the tests of every export."""

from flagger.labels import Label
from tests.flag_files import flagged, records_of

TEXT = (
    "Fire in Łódź 🔥!\r\n\r\nThe café\u2019s owner, Zoe\u0308, reportedly\r\nfled. "
    "\u05d4\u05de\u05e9\u05d8\u05e8\u05d4 said it could burn 👩🏽\u200d🚒 till June.\nWhat a day!\n"
)
SENTENCES = [
    ("Fire in Łódź 🔥!", Label.CONFIRMED, [], None),
    ("The café\u2019s owner, Zoe\u0308, reportedly\r\nfled.", Label.UNVERIFIED, ["reportedly\r\nfled"], None),
    (
        "\u05d4\u05de\u05e9\u05d8\u05e8\u05d4 said it could burn 👩🏽\u200d🚒 till June.",
        Label.ESTIMATED,
        ["could", "👩🏽\u200d🚒 till"],
        "\u05d4\u05de\u05e9\u05d8\u05e8\u05d4",
    ),
    ("What a day!", Label.NO_CLAIM, [], None),
]
RECORDS = records_of(flagged(TEXT, SENTENCES, "in/łódź fire.txt"))
OTHER = records_of(flagged("It fell.", [("It fell.", Label.CONFIRMED, [], None)], "b.txt"))
