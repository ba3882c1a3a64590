"""The order of the stages: Article -> sentences -> classifier -> calibration -> decision -> cues -> ArticleResult."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from flagger.artifacts import DEFAULT_MODEL, ModelInfo, find_model, read_info
from flagger.calibration import apply_temperature
from flagger.classifiers import Classifier, Prediction, load_classifier
from flagger.cues import conventional
from flagger.decision import decide
from flagger.labels import LABELS, Label
from flagger.results import Article, ArticleResult, FailedArticle, Sentence, SentenceFlag, Span, Status
from flagger.sentences import split_sentences
from flagger.surrogates import replace_surrogates

# Sentences that go to the classifier together: first few, so that the first results come soon, then twice as many each
# time, because more sentences of one length at once are faster.
_FIRST_BATCH = 128
LARGEST_BATCH = 4096


class Flagger:
    """Flags the sentences of articles with one loaded model. Safe to share between threads: it holds no state."""

    def __init__(self, classifier: Classifier, info: ModelInfo) -> None:
        self._classifier = classifier
        self.info = info

    @classmethod
    def load(cls, model: str | Path = DEFAULT_MODEL, *, n_threads: int | None = None) -> "Flagger":
        """Load a model by its shipped name or its folder.

        Args:
            model: The name or the folder.
            n_threads: How many threads a transformer may use; None for one a core.

        Raises:
            ModelError: If the model is missing, damaged or untrusted.
        """
        folder = find_model(model)
        info = read_info(folder)
        return cls(load_classifier(folder, info, n_threads), info)

    def flag(self, text: str | Article, *, three_way: bool = False) -> list[SentenceFlag]:
        """Flag every sentence of one text, in order.

        Args:
            text: The article; offsets of the flags index it.
            three_way: Leave no_claim out, so that every sentence carries one of the three flags.
        """
        return next(self.flag_many([text], three_way=three_way)).flags

    def flag_many(
        self,
        articles: Iterable[str | Article | FailedArticle],
        *,
        three_way: bool = False,
        first_batch: int = _FIRST_BATCH,
    ) -> Iterator[ArticleResult]:
        """Flag texts or articles lazily, one ArticleResult each, in order.

        A FailedArticle, as reading yields them, passes through as a result with its status and reason.

        Args:
            articles: Texts or articles, read only as far as results are asked for, some thousand sentences ahead.
            three_way: Leave no_claim out, so that every sentence carries one of the three flags.
            first_batch: About how many sentences are scored together at first, and before there is a result; then twice
                as many each time. LARGEST_BATCH is fastest where nobody waits for the first ones.

        Raises:
            TypeError: If an item is none of these, or ``articles`` is one text or article.
            ValueError: If the sentences that an Article names do not lie in its text one after the other.
        """
        if isinstance(articles, str | Article):
            raise TypeError("flag_many takes many texts or articles; use flag for one")
        batch: list[tuple[Article | FailedArticle, list[Sentence]]] = []
        n_sentences, wanted = 0, first_batch
        for item in articles:
            article = _as_article(item)
            sentences = _sentences(article) if isinstance(article, Article) else []
            batch.append((article, sentences))
            n_sentences += len(sentences) or 1  # an empty or unreadable article waits in the batch too
            if n_sentences >= wanted:
                yield from self._flag_batch(batch, three_way=three_way)
                batch, n_sentences, wanted = [], 0, min(2 * wanted, LARGEST_BATCH)
        yield from self._flag_batch(batch, three_way=three_way)

    def flag_sentences(self, sentences: Sequence[str], *, three_way: bool = False) -> list[SentenceFlag]:
        """Flag one document whose text is split already: one SentenceFlag a sentence, in order.

        Offsets are in the frame of each sentence: ``start`` is 0 and ``end`` its length.

        Raises:
            TypeError: If ``sentences`` is one string or holds something else than strings.
        """
        texts = list(sentences)
        if isinstance(sentences, str) or not all(isinstance(text, str) for text in texts):
            raise TypeError("flag_sentences takes a sequence of strings, one a sentence; use flag for a whole text")
        texts = list(map(replace_surrogates, texts))
        document = [Sentence(i, 0, len(text), text) for i, text in enumerate(texts)]
        return self._flags(document, self._classifier.predict([texts])[0], three_way=three_way)

    def _flag_batch(
        self, batch: list[tuple[Article | FailedArticle, list[Sentence]]], *, three_way: bool
    ) -> Iterator[ArticleResult]:
        predictions = self._classifier.predict([[s.text for s in sentences] for _, sentences in batch])
        for (article, sentences), prediction in zip(batch, predictions, strict=True):
            if isinstance(article, FailedArticle):
                yield ArticleResult(article.id, article.path, article.status, article.reason)
            elif not sentences:
                yield ArticleResult(article.id, article.path, Status.EMPTY, "there is no text in it", article.title)
            else:
                flags = self._flags(sentences, prediction, three_way=three_way)
                yield ArticleResult(article.id, article.path, Status.OK, "", article.title, flags)

    def _flags(self, sentences: Sequence[Sentence], prediction: Prediction, *, three_way: bool) -> list[SentenceFlag]:
        logits = prediction.logits
        if three_way:  # before they are probabilities, of which the three flags may have none left
            logits = np.where(np.array(LABELS) == Label.NO_CLAIM, -np.inf, logits)
        probabilities = apply_temperature(logits, self.info.temperature)
        flags = []
        for sentence, row, cues, source in zip(
            sentences, probabilities, prediction.cues, prediction.sources, strict=True
        ):
            decision = decide(row, self.info.review_margin)
            claims = decision.label is not Label.NO_CLAIM
            claimed = conventional(sentence.text, decision.label, cues, source)
            flags.append(
                SentenceFlag(
                    index=sentence.index,
                    start=sentence.start,
                    end=sentence.end,
                    text=sentence.text,
                    label=decision.label,
                    probabilities=decision.probabilities,
                    confidence=decision.confidence,
                    needs_review=decision.needs_review,
                    cues=[_span(sentence, *offsets) for offsets in claimed],
                    source=_span(sentence, *source) if claims and source else None,
                    model=self.info.version,
                )
            )
        return flags


def _as_article(item: str | Article | FailedArticle) -> Article | FailedArticle:
    if isinstance(item, str):
        return Article(replace_surrogates(item))
    if isinstance(item, Article):
        if not isinstance(item.text, str):
            raise TypeError(f"expected an Article's text to be a str, got {type(item.text).__name__}")
        return replace(item, text=replace_surrogates(item.text))
    if isinstance(item, FailedArticle):
        return item
    raise TypeError(f"expected a str or an Article, got {type(item).__name__}")


def _sentences(article: Article) -> list[Sentence]:
    if article.sentences is None:
        return split_sentences(article.text)
    end = 0
    sentences = []
    for index, (start, next_end) in enumerate(article.sentences):
        if not end <= start <= next_end <= len(article.text):
            raise ValueError(
                f"article {article.id!r}: sentence {index} goes from {start} to {next_end}; expected it to start where "
                f"the one before ends, at {end}, or later, and to end where the text does, at {len(article.text)}, or "
                "earlier"
            )
        end = next_end
        sentences.append(Sentence(index, start, end, article.text[start:end]))
    return sentences


def _span(sentence: Sentence, start: int, end: int) -> Span:
    return Span(sentence.start + start, sentence.start + end, sentence.text[start:end])
