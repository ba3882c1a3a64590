"""flags -> ArticleSummary."""

from collections import Counter

from flagger.labels import LABELS, Label
from flagger.results import ArticleResult, ArticleSummary


def summarize(result: ArticleResult) -> ArticleSummary:
    """Count what an article's flags say."""
    flags = result.flags
    counts = Counter(flag.label for flag in flags)
    return ArticleSummary(
        id=result.id,
        path=result.path,
        status=result.status,
        reason=result.reason,
        n_sentences=len(flags),
        counts={label: counts[label] for label in LABELS},
        n_needs_review=sum(flag.needs_review for flag in flags),
        mean_confidence=sum(flag.confidence for flag in flags) / len(flags) if flags else None,
        first_unverified=next((flag.text for flag in flags if flag.label is Label.UNVERIFIED), None),
    )
