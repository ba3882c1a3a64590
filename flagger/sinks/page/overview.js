'use strict';
// The overview: totals, a card a label with the distribution of its confidence, and the list of articles.

const ARTICLES_A_PAGE = 50;
const BINS = {from: 0.25, step: 0.05, n: 15}; // the likeliest of four labels has at least a quarter

function drawTotals(report, selection) {
  const scored = report.articles.filter((article) => article.status === 'ok').length;
  const failed = report.articles.length - scored;
  const reviews = selection.sentences.filter((sentence) => sentence.review).length;
  const models = [...new Set(report.articles.map((article) => article.model).filter(Boolean))];
  const totals = [counted(scored, 'article'), counted(report.nSentences, 'sentence'), `${number(reviews)} to review`];
  const by = models.length ? ` · scored by ${plain(models.slice(0, 3).join(', '))}` : '';
  byId('totals').replaceChildren(totals.join(' · '),
    failed ? ' · ' : '',
    failed ? element('button', {type: 'button', id: 'failed'}, `${number(failed)} could not be scored`) : '',
    element('span.model', {}, by));
}

/** Numbers of sentences by confidence, in BINS. */
function bin(sentences) {
  const bins = Array(BINS.n).fill(0);
  for (const {confidence} of sentences) {
    const place = Math.floor((confidence - BINS.from) / BINS.step + 1e-9);
    bins[Math.min(BINS.n - 1, Math.max(0, place))] += 1;
  }
  return bins;
}

function svg(tag, attributes, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function histogram(sentences) {
  const bins = bin(sentences);
  const largest = Math.max(1, ...bins);
  const bars = bins.map((n, place) => {
    const height = n && Math.max(1, (n / largest) * 40);
    const from = Math.round((BINS.from + place * BINS.step) * 100);
    const title = svg('title', {}, `${from}–${from + 5}%: ${number(n)}`);
    return svg('rect', {x: place * 10 + 0.5, y: 40 - height, width: 9, height}, title);
  });
  const upTo = (most) => number(sentences.filter(({confidence}) => confidence < most).length);
  const told = `Confidence: ${upTo(0.5)} under 50%, ${upTo(0.75)} under 75%, ${upTo(0.9)} under 90%, of ${number(sentences.length)}`;
  return svg('svg', {viewBox: '0 0 150 41', role: 'img', 'aria-label': told, preserveAspectRatio: 'none'},
    ...bars, svg('line', {x1: 0, x2: 150, y1: 40.5, y2: 40.5}));
}

function drawCards(selection) {
  const cards = LABELS.map((label) => {
    const sentences = selection.sentences.filter((sentence) => sentence.label === label);
    const part = selection.sentences.length ? sentences.length / selection.sentences.length : 0;
    const read = element('a', {href: '#/sentences', 'data-only': label.name}, 'Read them');
    read.setAttribute('aria-label', `Read the ${label.word} sentences`);
    return element(`section.card.${label.name}`, {},
      element('h3', {}, sign(label)),
      element('p.figure', {}, element('strong', {}, number(sentences.length)), ` ${percent(part)}`),
      histogram(sentences),
      element('p.axis', {'aria-hidden': 'true'}, element('span', {}, '25%'), element('span', {}, 'confidence'), element('span', {}, '100%')),
      read);
  });
  byId('cards').replaceChildren(...cards);
}

/** The heads of the list, once: buttons that sort. */
function makeColumns(choose) {
  const words = {id: 'Article', sentences: 'Sentences', reviews: 'Review', confidence: 'Confidence'};
  const flags = Object.fromEntries(FLAGS.map((label) => [label.name, label.word]));
  const heads = ['id', 'sentences', ...FLAGS.map((label) => label.name), 'reviews', 'confidence'].map((name) => {
    const button = element('button', {type: 'button'}, words[name] ?? flags[name]);
    button[name === 'id' ? 'append' : 'prepend'](element('span.arrow', {'aria-hidden': 'true'})); // figures keep their edge
    button.addEventListener('click', () => choose(name));
    return element('th', {scope: 'col', 'data-sort': name}, button);
  });
  byId('columns').replaceChildren(...heads);
}

function markSorted(sort) {
  for (const head of byId('columns').children) {
    const isSorted = head.dataset.sort === sort.name;
    if (isSorted) head.setAttribute('aria-sort', sort.descending ? 'descending' : 'ascending');
    else head.removeAttribute('aria-sort');
  }
  byId('sorted').textContent = SORTS[sort.name].word;
}

function articleAddress(article) {
  return `#/article/${article.position + 1}`;
}

function articleCell(article) {
  const first = article.sentences[0]?.text;
  return element('th', {scope: 'row'},
    element('a', {href: articleAddress(article)}, isolated(first ?? (shortName(article)))),
    element('span.id', {}, isolated(article.id)));
}

function shareCell(article, label) {
  const part = share(article, label);
  const bar = element(`span.part.${label.name}`, {'aria-hidden': 'true'});
  bar.style.setProperty('--share', part);
  return element('td', {}, element('span.amount', {}, article.claims ? percent(part) : '–'), bar);
}

function articleRow(article, conditions) {
  if (article.status !== 'ok') {
    return element('tr.failed', {},
      element('th', {scope: 'row'}, isolated(shortName(article)), element('span.id', {}, isolated(article.id))),
      element('td', {colspan: FLAGS.length + 3}, element('strong', {}, `✕ ${article.status.replaceAll('_', ' ')}`), ' ', isolated(article.reason)));
  }
  const all = number(article.sentences.length);
  return element('tr', {},
    articleCell(article),
    element('td', {}, conditions ? `${number(article.passing.length)} of ${all}` : all),
    ...FLAGS.map((label) => shareCell(article, label)),
    element('td', {}, number(article.reviews)),
    element('td', {}, percent(article.confidence)));
}

function drawArticles(selection, page, turn) {
  const start = page * ARTICLES_A_PAGE;
  const rows = selection.articles.slice(start, start + ARTICLES_A_PAGE).map((article) => articleRow(article, selection.conditions));
  if (!rows.length) rows.push(element('tr', {}, element('td.none', {colspan: FLAGS.length + 4}, 'No article passes the filters.')));
  byId('articles').replaceChildren(...rows);
  fillPager(byId('articles-pager'), {page, size: ARTICLES_A_PAGE, total: selection.articles.length, noun: 'article', turn});
}
