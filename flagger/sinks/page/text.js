'use strict';
// Text -> nodes. All text enters the page here, as text nodes; nothing is ever parsed as markup.

// Control and format characters could reorder or hide text, so they are shown by their code. Left as they are: white
// space, the soft hyphen, and the marks and joiners that Arabic, Hebrew, Indic scripts and emoji need.
const CONTROLS = /((?![\t\n\f\r\u0085\u00ad\u061c\u200c-\u200f])[\p{Cc}\p{Cf}\u2028\u2029])/u;
const RIGHT_TO_LEFT = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

/** Make an element: element('p.lead', {id: 'x'}, 'text', node, ...); null children are left out. */
function element(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split('.');
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

function codeOf(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Text for the page: control characters as boxes with their code. */
function shown(text) {
  return text.split(CONTROLS).filter(Boolean).map((part) =>
    (CONTROLS.test(part) ? element('span.control', {}, codeOf(part)) : part));
}

/** Text for a title or a label, where there can be no box. */
function plain(text) {
  return text.split(CONTROLS).map((part) => (CONTROLS.test(part) ? `<${codeOf(part)}>` : part)).join('');
}

/** A stretch of foreign text that cannot reorder what is around it. */
function isolated(text) {
  return element('bdi', {}, ...shown(text));
}

/** A sentence's text with its cues and its source marked. */
function markedText(sentence) {
  const {text, cues, source} = sentence;
  const spans = source ? [...cues, source] : cues;
  const inside = ([start, end], at) => start <= at && at < end;
  const cuts = [...new Set([0, text.length, ...spans.flat()])].sort((a, b) => a - b);
  const parts = cuts.slice(0, -1).flatMap((start, n) => {
    let nodes = shown(text.slice(start, cuts[n + 1]));
    if (cues.some((cue) => inside(cue, start))) nodes = [element('mark.cue', {}, ...nodes)];
    return source && inside(source, start) ? [element('span.source', {}, ...nodes)] : nodes;
  });
  return element('bdi', {}, ...parts);
}

/** A probability in percent that never rounds to certainty. */
function percent(probability) {
  if (probability > 0 && probability < 0.005) return '<1%';
  if (probability < 1 && probability >= 0.995) return '>99%';
  return `${Math.round(probability * 100)}%`;
}

function number(value) {
  return value.toLocaleString('en');
}

function counted(value, noun) {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A label's sign and word. */
function sign(label) {
  return element(`span.flag.${label.name}`, {}, element('span.sign', {'aria-hidden': 'true'}, label.sign), ` ${label.word}`);
}

/** The last part of an article's id, which tells articles of one folder apart. */
function shortName(article) {
  return article.id.replace(/\/+$/, '').split('/').pop() || article.id || 'text';
}

/** Fill a pager: buttons to the pages before and after, and where we are; it hides when there is one page. */
function fillPager(pager, {page, size, total, noun, turn}) {
  const last = Math.max(0, Math.ceil(total / size) - 1);
  pager.hidden = last === 0;
  if (!pager.firstChild) {
    const button = (word, step) => element('button', {type: 'button', 'data-step': step}, word);
    pager.append(button('← Previous', -1), element('span', {'aria-live': 'polite'}), button('Next →', 1));
  }
  const [before, place, after] = pager.children;
  place.textContent = `${number(page * size + 1)}–${number(Math.min(total, (page + 1) * size))} of ${counted(total, noun)}`;
  // aria-disabled, not disabled: a button that is disabled while it has the focus loses it
  before.setAttribute('aria-disabled', page === 0);
  after.setAttribute('aria-disabled', page === last);
  pager.onclick = (event) => {
    const step = Number(event.target.closest('button')?.dataset.step ?? 0);
    if (step && page + step >= 0 && page + step <= last) turn(page + step);
  };
}
