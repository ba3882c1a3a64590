'use strict';
// What is read: the list of sentences, an article as running text, and the note with a sentence's probabilities.

const SENTENCES_A_PAGE = 100;
const TEXT_A_PAGE = 500; // sentences of one article; few are as long

function sentenceAddress(sentence) {
  return `${articleAddress(sentence.article)}/${sentence.position + 1}`;
}

function listedSentence(sentence) {
  const {article, label} = sentence;
  const where = element('a', {href: sentenceAddress(sentence)}, isolated(shortName(article)), ` · ${number(sentence.index + 1)}`);
  where.setAttribute('aria-label', `Read in ${plain(article.id)}, sentence ${sentence.index + 1}`);
  const text = element('p.quote', {}, markedText(sentence));
  text.dir = direction(sentence.text);
  return element(`li.${label.name}`, {},
    element('p.head', {}, sign(label), ` ${percent(sentence.confidence)}`, sentence.review ? element('span.review', {}, '~ review') : null),
    text,
    element('p.where', {}, where, sentence.source ? element('span', {}, 'source: ', isolated(sentence.sourceText)) : null));
}

function drawSentences(selection, page, turn) {
  const start = page * SENTENCES_A_PAGE;
  const items = selection.sentences.slice(start, start + SENTENCES_A_PAGE).map(listedSentence);
  if (!items.length) items.push(element('li.none', {}, 'No sentence passes the filters.'));
  byId('listing').replaceChildren(...items);
  byId('listing').start = start + 1;
  fillPager(byId('sentences-pager'), {page, size: SENTENCES_A_PAGE, total: selection.sentences.length, noun: 'sentence', turn});
}

function direction(text) {
  return RIGHT_TO_LEFT.test(text) ? 'rtl' : 'ltr';
}

/** A sentence of the running text: its tag is a button, so that the keyboard reaches its probabilities. */
function textSentence(sentence) {
  const {label} = sentence;
  const review = sentence.review ? ' ~ review' : '';
  const told = `${label.word}, ${percent(sentence.confidence)}${sentence.review ? ', needs review' : ''}`;
  const tag = element('button.tag', {type: 'button', 'aria-label': told, 'data-sentence': sentence.position},
    element('span.sign', {}, label.sign), ` ${label.word}${review}`,
    element('span.printed', {}, ` ${percent(sentence.confidence)}`));
  return element(`span.sentence.${label.name}${sentence.passes ? '' : '.out'}`, {'data-sentence': sentence.position},
    tag, ' ', markedText(sentence),
    sentence.source ? element('span.printed', {}, ' [source: ', isolated(sentence.sourceText), ']') : null);
}

/** Running text: a gap of two or more characters between sentences starts a paragraph; sentences that are not in the report are told. */
function paragraphs(sentences) {
  const made = [];
  let last = null;
  for (const sentence of sentences) {
    const missing = last ? sentence.index - last.index - 1 : 0;
    if (!last || missing || sentence.start - last.end > 1) {
      made.push(element('p', {dir: direction(sentence.text)}));
    }
    if (missing) made.at(-1).append(element('span.missing', {}, `[${counted(missing, 'sentence')} not in this report]`), ' ');
    made.at(-1).append(textSentence(sentence), ' ');
    last = sentence;
  }
  return made;
}

function drawCounts(article) {
  const parts = LABELS.map((label) => element('span', {}, sign(label), ` ${number(article.counts[label.index])}`));
  const out = article.sentences.length - article.passing.length;
  byId('article-counts').replaceChildren(...parts,
    element('span', {}, `~ ${number(article.reviews)} to review`),
    out ? element('span', {}, `${number(out)} outside the filters, greyed`) : '');
}

function drawTurn(article, articles) {
  const scored = articles.filter((one) => one.status === 'ok');
  const place = scored.indexOf(article);
  const link = (id, target) => {
    if (target) byId(id).href = articleAddress(target);
    else byId(id).removeAttribute('href');
    byId(id).setAttribute('aria-disabled', !target);
  };
  link('article-before', scored[place - 1]);
  link('article-after', scored[place + 1]);
  byId('article-number').textContent = place < 0 ? 'outside the filters' : `${number(place + 1)} of ${number(scored.length)}`;
}

function drawArticle(article, selection, page, turn) {
  const start = page * TEXT_A_PAGE;
  byId('article-title').replaceChildren(isolated(article.id || 'text'));
  drawTurn(article, selection.articles);
  drawCounts(article);
  byId('text').replaceChildren(...paragraphs(article.sentences.slice(start, start + TEXT_A_PAGE)));
  fillPager(byId('text-pager'), {page, size: TEXT_A_PAGE, total: article.sentences.length, noun: 'sentence', turn});
  hideNote();
}

function probabilityLine(label, probability) {
  const bar = element(`span.part.${label.name}`, {'aria-hidden': 'true'});
  bar.style.setProperty('--share', probability);
  return element('div', {}, element('dt', {}, sign(label)), element('dd', {}, element('span.amount', {}, percent(probability)), bar));
}

/** Show a sentence's probabilities in the margin beside it (in a narrow window: at the foot). */
function showNote(sentence) {
  const note = byId('note');
  const line = (word, ...rest) => element('p', {}, element('b', {}, word), ' ', ...rest);
  note.replaceChildren(
    element('dl', {}, ...LABELS.map((label) => probabilityLine(label, sentence.probabilities[label.index]))),
    ...(sentence.review ? [line('~ Needs review:', 'the two likeliest flags are close.')] : []),
    ...(sentence.source ? [line('Source:', isolated(sentence.sourceText))] : []),
    ...(sentence.cues.length ? [line('Cues:', isolated(sentence.cues.map((cue) => sentence.text.slice(...cue)).join('; ')))] : []),
    element('p.where', {}, `Sentence ${number(sentence.index + 1)}, characters ${number(sentence.start)}–${number(sentence.end)}`));
  note.hidden = false;
  markCurrent(sentence.position);
  placeNote();
}

function hideNote() {
  byId('note').hidden = true;
  markCurrent(null);
}

function markCurrent(position) {
  for (const marked of byId('text').querySelectorAll('.current')) {
    marked.classList.remove('current');
    marked.querySelector('.tag').removeAttribute('aria-describedby');
  }
  const current = position === null ? null : sentenceElement(position);
  current?.classList.add('current');
  current?.querySelector('.tag').setAttribute('aria-describedby', 'note');
}

function sentenceElement(position) {
  return byId('text').querySelector(`.sentence[data-sentence="${position}"]`);
}

function placeNote() {
  const current = byId('text').querySelector('.current');
  if (!current) return;
  const note = byId('note');
  const frame = note.parentElement.getBoundingClientRect();
  const wanted = current.getClientRects()[0].top - frame.top;
  note.style.top = `${Math.max(0, Math.min(wanted, frame.height - note.offsetHeight))}px`;
}
