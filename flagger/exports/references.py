"""Where an article lies, as the IRI reference that JSON-LD and SARIF want."""

from urllib.parse import quote

from flagger.urls import is_url

_RESERVED = "/:?#[]@!$&'()*+,;=%~"


def reference(place: str) -> str:
    """Quote a URL, which keeps what it is made of, or a local path."""
    return quote(place, safe=_RESERVED if is_url(place) else "/")
