'use strict';
// What the report holds, and which of it passes the filters and in which order.

const LABELS = JSON.parse(document.getElementById('labels').textContent).map(([name, sign], index) =>
  ({index, name, sign, word: name.replaceAll('_', ' ')}));
const FLAGS = LABELS.filter((label) => label.name !== 'no_claim');
const UNVERIFIED = LABELS.find((label) => label.name === 'unverified');

/** Take a sentence apart as HtmlSink puts it together. Spans count code points from the sentence's start. */
function readSentence(article, row, position) {
  const [index, start, end, text, label, probabilities, review, cues, source] = row;
  const sentence = {article, position, index, start, end, text, label: LABELS[label], probabilities};
  sentence.review = review === 1;
  sentence.confidence = probabilities[label];
  sentence.cues = cues.map((span) => inUtf16(text, span));
  sentence.source = source && inUtf16(text, source);
  sentence.sourceText = source ? text.slice(...sentence.source) : '';
  return sentence;
}

function inUtf16(text, span) {
  if (!/[\ud800-\udfff]/.test(text)) return span;
  const characters = Array.from(text);
  return span.map((offset) => characters.slice(0, offset).join('').length);
}

function readArticle(element, position) {
  const {id, path, model, sentences = [], status = 'ok', reason = ''} = JSON.parse(element.textContent);
  const article = {id, path, model, status, reason, position};
  article.sentences = sentences.map((row, n) => readSentence(article, row, n));
  summarize(article);
  return article;
}

/** Count what the whole article says, whatever the filters are. */
function summarize(article) {
  article.counts = countLabels(article.sentences);
  article.claims = FLAGS.reduce((sum, label) => sum + article.counts[label.index], 0);
  article.reviews = article.sentences.filter((sentence) => sentence.review).length;
  const total = article.sentences.reduce((sum, sentence) => sum + sentence.confidence, 0);
  article.confidence = article.sentences.length ? total / article.sentences.length : 0;
}

/** Share of a flag among the sentences with a claim. */
function share(article, label) {
  return article.claims ? article.counts[label.index] / article.claims : 0;
}

function countLabels(sentences) {
  const counts = LABELS.map(() => 0);
  for (const sentence of sentences) counts[sentence.label.index] += 1;
  return counts;
}

function readReport() {
  return Array.from(document.querySelectorAll('script.article'), readArticle);
}

/** Return a pattern that finds a text in any case, spacing and kind of quote; null for nothing to find. */
function pattern(text) {
  const words = text.trim().replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  if (!words) return null;
  const quotes = words.replace(/['‘’]/g, '[\'‘’]').replace(/["“”]/g, '["“”]');
  return new RegExp(quotes.replace(/\s+/g, '\\s+'), 'i');
}

/** Read the form: what a sentence and its article must be like. */
function readFilter(form) {
  const data = new FormData(form);
  const percent = (name, otherwise) => (data.get(name) === '' ? otherwise : Number(data.get(name))) / 100;
  const flags = new Set(data.getAll('flag'));
  return {
    flags: flags.size === LABELS.length ? null : flags,
    least: percent('least', 0),
    most: percent('most', 100),
    review: data.has('review'),
    source: data.get('source'),
    text: pattern(data.get('text')),
    sourceText: pattern(data.get('sourceText')),
    article: pattern(data.get('article')),
  };
}

/** How many conditions the filter sets on sentences, besides the one on the article. */
function countConditions(filter) {
  const range = filter.least > 0 || filter.most < 1;
  return [filter.flags, range, filter.review, filter.source, filter.text, filter.sourceText].filter(Boolean).length;
}

function passes(sentence, filter) {
  if (filter.flags && !filter.flags.has(sentence.label.name)) return false;
  if (sentence.confidence < filter.least || sentence.confidence > filter.most) return false;
  if (filter.review && !sentence.review) return false;
  if (filter.source && (filter.source === 'with') !== (sentence.source !== null)) return false;
  if (filter.sourceText && !filter.sourceText.test(sentence.sourceText)) return false;
  return !filter.text || filter.text.test(sentence.text);
}

function passesByName(article, filter) {
  if (!filter.article) return true;
  const {id, status, reason, sentences} = article;
  return [id, `${status}: ${reason}`, sentences[0]?.text ?? ''].some((text) => filter.article.test(text));
}

/** Columns of the list of articles: what each sorts by, and whether the largest comes first. */
const SORTS = {
  order: {word: 'as given', key: (article) => article.position},
  id: {word: 'by name', key: (article) => article.id},
  sentences: {word: 'by sentences', key: (article) => article.passing.length, descends: true},
  ...Object.fromEntries(FLAGS.map((label) =>
    [label.name, {word: `by share of ${label.word}`, key: (article) => share(article, label), descends: true}])),
  reviews: {word: 'by sentences to review', key: (article) => article.reviews, descends: true},
  confidence: {word: 'by mean confidence', key: (article) => article.confidence, descends: true},
};

const byName = new Intl.Collator('en', {numeric: true});

/** Sort articles; those that could not be scored come last, equal ones as they were given. */
function sortArticles(articles, name, descending) {
  const {key} = SORTS[name];
  const sign = descending ? -1 : 1;
  const failed = (article) => Number(article.status !== 'ok');
  const compare = (a, b) => (typeof a === 'string' ? byName.compare(a, b) : a - b);
  return articles.sort((a, b) =>
    failed(a) - failed(b) || sign * compare(key(a), key(b)) || a.position - b.position);
}

/** Return the articles with a sentence that passes, in order, and these sentences. */
function select(articles, filter, sort) {
  const conditions = countConditions(filter);
  for (const article of articles) {
    const named = passesByName(article, filter);
    for (const sentence of article.sentences) sentence.passes = named && passes(sentence, filter);
    article.passing = article.sentences.filter((sentence) => sentence.passes);
    article.isShown = article.passing.length > 0 || (named && !conditions);
  }
  const shown = sortArticles(articles.filter((article) => article.isShown), sort.name, sort.descending);
  shown.forEach((article, rank) => { article.rank = rank; });
  return {conditions, articles: shown, sentences: shown.flatMap((article) => article.passing)};
}
