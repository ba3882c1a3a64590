'use strict';
// Sentences -> CSV, to the clipboard or into a file.

const CSV_COLUMNS = {
  article_id: (sentence) => sentence.article.id,
  path: (sentence) => sentence.article.path ?? '',
  sentence: (sentence) => sentence.index,
  start: (sentence) => sentence.start,
  end: (sentence) => sentence.end,
  text: (sentence) => sentence.text,
  label: (sentence) => sentence.label.name,
  ...Object.fromEntries(LABELS.map((label) =>
    [`p_${label.name}`, (sentence) => sentence.probabilities[label.index]])),
  confidence: (sentence) => sentence.confidence,
  needs_review: (sentence) => sentence.review,
  cues: (sentence) => sentence.cues.map((span) => sentence.text.slice(...span)).join('; '),
  source: (sentence) => sentence.sourceText,
  model: (sentence) => sentence.article.model,
};

/** A cell that no spreadsheet takes for a formula, as flagger/sinks/csv.py guards it. */
function csvCell(value) {
  const text = String(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠']/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function toCsv(sentences) {
  const columns = Object.values(CSV_COLUMNS);
  const rows = sentences.map((sentence) => columns.map((column) => csvCell(column(sentence))));
  return [Object.keys(CSV_COLUMNS), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

async function copyCsv(sentences) {
  const text = toCsv(sentences);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // not allowed, or the page came by plain http, where there is no clipboard
    return copyBySelection(text);
  }
}

function copyBySelection(text) {
  const area = element('textarea.aside', {'aria-hidden': 'true', readonly: ''});
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  focused?.focus();
  return done;
}

function exportCsv(sentences) {
  const blob = new Blob(['\ufeff', toCsv(sentences)], {type: 'text/csv'}); // the mark tells spreadsheets that it is UTF-8
  const link = element('a', {href: URL.createObjectURL(blob), download: 'flagged-sentences.csv'});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
