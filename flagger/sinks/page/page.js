'use strict';
// The page at work: what is shown, what a click, a key and the address do.

const byId = (id) => document.getElementById(id);

const state = {
  articles: [], nSentences: 0,
  sort: {name: 'order', descending: false},
  selection: null, // what passes the filters, see select()
  view: 'overview',
  article: null,
  sentence: null, // the one we stand at
  pages: {overview: 0, sentences: 0, article: 0},
};

function say(text) {
  byId('message').textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { byId('message').textContent = ''; }, 6000);
}

// Filters

function makeFlags() {
  const counts = countLabels(state.articles.flatMap((article) => article.sentences));
  byId('flags').replaceChildren(...LABELS.map((label) => {
    const box = element('input', {type: 'checkbox', name: 'flag', value: label.name, checked: ''});
    return element('label.check', {}, box, sign(label), element('span.amount', {}, number(counts[label.index])));
  }));
}

function refilter() {
  const filter = readFilter(byId('filter'));
  state.selection = select(state.articles, filter, state.sort);
  state.pages.overview = state.pages.sentences = 0;
  const {sentences, articles, conditions} = state.selection;
  const active = conditions + Number(filter.article !== null);
  byId('active').textContent = active ? `(${active})` : '';
  byId('count').textContent = `${number(sentences.length)} of ${counted(state.nSentences, 'sentence')}, in ${counted(articles.length, 'article')}`;
  draw();
}

function refilterSoon() {
  clearTimeout(refilterSoon.timer);
  refilterSoon.timer = setTimeout(refilter, 120);
}

function keepOnly(name) {
  for (const box of byId('filter').elements.flag) box.checked = box.value === name;
  refilter();
}

function sortBy(name) {
  const again = state.sort.name === name;
  state.sort = {name, descending: again ? !state.sort.descending : Boolean(SORTS[name].descends)};
  refilter();
}

// Views

function draw() {
  const turn = (page) => { state.pages[state.view] = page; draw(); byId(state.view).scrollIntoView(); };
  const page = state.pages[state.view];
  if (state.view === 'overview') {
    drawTotals(state, state.selection);
    drawCards(state.selection);
    markSorted(state.sort);
    drawArticles(state.selection, page, turn);
  } else if (state.view === 'sentences') {
    drawSentences(state.selection, page, turn);
  } else {
    drawArticle(state.article, state.selection, page, turn);
  }
}

function show(view) {
  state.view = view;
  byId('loading').hidden = true;
  for (const name of ['overview', 'sentences', 'article']) byId(name).hidden = name !== view;
  for (const link of document.querySelectorAll('[data-view]')) {
    if (link.dataset.view === view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const name = view === 'article' ? plain(shortName(state.article)) : view;
  document.title = `${name} – flagger report`;
  document.querySelector('[data-view="article"]').hidden = !state.articles.some((article) => article.status === 'ok');
}

/** Take what the address asks for: #/, #/sentences, #/article/NUMBER or #/article/NUMBER/SENTENCE. */
function route(focus = true) {
  if (location.hash && !location.hash.startsWith('#/')) return; // a place on the page
  const [view, ...numbers] = location.hash.slice(2).split('/');
  if (view === 'article' && openArticle(...numbers)) return;
  show(view === 'sentences' ? 'sentences' : 'overview');
  draw();
  scrollTo(0, 0);
  if (focus) byId(`${state.view}-title`).focus({preventScroll: true});
}

/** Open an article, or the first of the list; false when there is none. */
function openArticle(number, sentenceNumber) {
  const first = state.article ?? state.selection.articles.find((one) => one.status === 'ok') ?? state.articles.find((one) => one.status === 'ok');
  const article = number ? state.articles[number - 1] : first;
  if (article?.status !== 'ok') return false;
  state.article = article;
  state.sentence = article.sentences[sentenceNumber - 1] ?? null;
  state.pages.article = state.sentence ? Math.floor(state.sentence.position / TEXT_A_PAGE) : 0;
  show('article');
  draw();
  if (state.sentence) {
    focusSentence(state.sentence);
  } else {
    scrollTo(0, 0);
    byId('article-title').focus({preventScroll: true});
  }
  return true;
}

function focusSentence(sentence) {
  const place = sentenceElement(sentence.position);
  place.scrollIntoView({block: 'center'});
  place.querySelector('.tag').focus({preventScroll: true});
}

/** Go to a sentence; the address tells where we are, so that the browser's way back works. */
function goTo(sentence) {
  if (location.hash === sentenceAddress(sentence)) focusSentence(sentence);
  else location.hash = sentenceAddress(sentence);
}

/** Turn to the first article that could not be scored: they come last. */
function showFailed() {
  const place = state.selection.articles.findIndex((article) => article.status !== 'ok');
  if (place < 0) {
    say('The filters leave them out; clear the filters.');
    return;
  }
  state.pages.overview = Math.floor(place / ARTICLES_A_PAGE);
  draw();
  byId('articles').querySelector('.failed').scrollIntoView({block: 'center'});
}

// Steps

/** Where a sentence or an article stands in the order of the list; articles outside the filters come first. */
function compareOrder(a, b) {
  const rank = (one) => (one.article.isShown ? one.article.rank : -1);
  return rank(a) - rank(b) || a.position - b.position;
}

function stepUnverified(way) {
  const list = state.selection.sentences.filter((sentence) => sentence.label === UNVERIFIED);
  if (!list.length) {
    say('No unverified sentence passes the filters.');
    return;
  }
  const here = state.sentence ?? (state.view === 'article' ? {article: state.article, position: -1} : null);
  const ordered = way > 0 ? list : [...list].reverse();
  const found = here ? ordered.find((sentence) => way * compareOrder(sentence, here) > 0) : ordered[0];
  const target = found ?? ordered[0];
  const place = `${number(list.indexOf(target) + 1)} of ${number(list.length)}`;
  byId('position').textContent = place;
  goTo(target);
  say(`Unverified sentence ${place}${found ? '' : way > 0 ? ', again from the first' : ', again from the last'}`);
}

function stepSentence(way) {
  if (state.view !== 'article') return;
  const position = state.sentence ? state.sentence.position + way : 0;
  const target = state.article.sentences[position];
  if (target) goTo(target);
}

function stepArticle(way) {
  if (state.view === 'article') byId(way > 0 ? 'article-after' : 'article-before').click();
}

// Theme and keys

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  byId('theme').setAttribute('aria-pressed', isDark());
}

/** Remember a choice where the browser allows it: pages opened from a disk may have no storage. */
function remember(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(`flagger-${name}`);
    localStorage.setItem(`flagger-${name}`, value);
  } catch { /* then it is not remembered */ }
  return null;
}

function toggleTheme() {
  setTheme(isDark() ? 'light' : 'dark');
  remember('theme', document.documentElement.dataset.theme);
}

const KEYS = {
  n: () => stepUnverified(1),
  p: () => stepUnverified(-1),
  j: () => stepSentence(1),
  k: () => stepSentence(-1),
  ']': () => stepArticle(1),
  '[': () => stepArticle(-1),
  o: () => { location.hash = '#/'; },
  s: () => { location.hash = '#/sentences'; },
  t: toggleTheme,
  '/': () => { byId('filters').open = true; byId('filter').elements.text.focus(); },
  '?': () => byId('keys').showModal(),
};

function onKey(event) {
  if (event.key === 'Escape') hideNote();
  const isTyping = event.target.closest('input:not([type="checkbox"]), select, textarea, dialog');
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !byId('letters').checked) return;
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
}

// Wiring

function sentenceAt(node) {
  const place = node.closest?.('[data-sentence]');
  return place ? state.article.sentences[place.dataset.sentence] : null;
}

function wireText() {
  const text = byId('text');
  text.addEventListener('pointerover', (event) => {
    const sentence = sentenceAt(event.target);
    if (sentence) showNote(sentence);
  });
  text.addEventListener('focusin', (event) => {
    state.sentence = sentenceAt(event.target);
    showNote(state.sentence);
  });
  text.addEventListener('click', (event) => {
    const place = event.target.closest('.sentence');
    if (place && getSelection().isCollapsed) place.querySelector('.tag').focus({preventScroll: true});
  });
  addEventListener('resize', placeNote);
}

function wireFilters() {
  const form = byId('filter');
  form.addEventListener('input', refilterSoon);
  form.addEventListener('change', refilterSoon); // some browsers tell of a chosen option only so
  form.addEventListener('reset', () => setTimeout(refilter)); // the fields are reset after the event
  form.addEventListener('submit', (event) => { event.preventDefault(); refilter(); });
  byId('cards').addEventListener('click', (event) => {
    const name = event.target.dataset.only;
    if (name) keepOnly(name);
  });
}

async function copySelection() {
  const {sentences} = state.selection;
  say(await copyCsv(sentences) ? `Copied ${counted(sentences.length, 'sentence')}` : 'The browser does not allow copying; use Export CSV.');
}

function exportSelection() {
  exportCsv(state.selection.sentences);
  say(`Exported ${counted(state.selection.sentences.length, 'sentence')}`);
}

function wireButtons() {
  byId('next').addEventListener('click', () => stepUnverified(1));
  byId('previous').addEventListener('click', () => stepUnverified(-1));
  byId('totals').addEventListener('click', (event) => { if (event.target.id === 'failed') showFailed(); });
  byId('copy').addEventListener('click', copySelection);
  byId('export').addEventListener('click', exportSelection);
  byId('theme').addEventListener('click', toggleTheme);
  byId('help').addEventListener('click', () => byId('keys').showModal());
  byId('letters').addEventListener('change', (event) => remember('letters', event.target.checked ? 'on' : 'off'));
  document.addEventListener('keydown', onKey);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => setTheme());
  addEventListener('hashchange', () => route());
}

function start() {
  state.articles = readReport();
  state.nSentences = state.articles.reduce((sum, article) => sum + article.sentences.length, 0);
  byId('filters').open = matchMedia('(min-width: 60rem)').matches;
  byId('letters').checked = remember('letters') !== 'off';
  byId('scope').textContent = `report, ${counted(state.articles.length, 'article')}`;
  setTheme(remember('theme'));
  makeFlags();
  makeColumns(sortBy);
  wireText();
  wireFilters();
  wireButtons();
  refilter();
  route(false);
}

start();
