'use strict';
const EVERY = 2000, PATIENCE = 5000, MINUTE = 60000, GAP = 10000;
// Minutes that a chart may show: a worker that has just begun has no quarter of an hour yet.
const SPANS = [3, 6, 15];
const SVG = 'http://www.w3.org/2000/svg';
let history = [], last = null, heard = 0, failing = false;

const $ = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat('en');
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

const rate = (n) => (n < 10 ? tenth : whole).format(n < 10 ? n : Math.round(n));
const count = (n, one, many) => `${whole.format(n)} ${n === 1 ? one : many}`;
const sum = (counts) => Object.values(counts).reduce((a, b) => a + b, 0);
const mebi = (n) => (n / 1048576 < 10 ? tenth : whole).format(n / 1048576 < 10 ? n / 1048576 : Math.round(n / 1048576));

function seconds(s) {
  if (s === null || s === undefined) return '–';
  if (s < 0.0095) return `${tenth.format(s * 1000)} ms`;
  if (s < 0.9995) return `${Math.round(s * 1000)} ms`;
  return `${s < 9.95 ? tenth.format(s) : Math.round(s)} s`;
}

function span(s) {
  const units = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const at = units.findIndex(([size]) => s >= size);
  if (at < 0) return '0 s';
  const [size, name] = units[at];
  const next = units[at + 1];
  const rest = next ? Math.floor((s % size) / next[0]) : 0;
  const fine = rest && at < 2 ? ` ${rest} ${next[1]}` : '';
  return `${Math.floor(s / size)} ${name}${fine}`;
}

function make(name, attributes = {}, ...children) {
  const drawn = ['svg', 'g', 'path', 'line', 'text'].includes(name);
  const node = drawn ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function text(id, value) {
  if ($(id).textContent !== value) $(id).textContent = value;
}

// What has not changed is left alone, so that a selection or a screen reader's place in it stays.
function fill(node, ...children) {
  const fresh = make('div', {}, ...children);
  if (node.innerHTML !== fresh.innerHTML) node.replaceChildren(...fresh.childNodes);
}

// --- tables ---

const empty = (words) => make('p', { class: 'none' }, words);

function facts(rows) {
  const body = make('tbody');
  for (const [name, value, alert] of rows) {
    body.append(make('tr', {}, make('th', { scope: 'row' }, name), make('td', alert ? { class: 'alert' } : {}, value)));
  }
  return make('table', {}, body);
}

// Widths go through the style object: the policy forbids style attributes.
function bars(id, counts, none, { warn = false, name = (key) => make('code', {}, key), hint = '', order } = {}) {
  const box = $(id);
  const shown = Object.entries(counts).filter(([, n]) => n > 0);
  shown.sort(order || ((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
  if (!shown.length) return box.replaceChildren(empty(none));
  const most = Math.max(...shown.map(([, n]) => n));
  let table = box.querySelector('table');
  if (!table || table.rows.length !== shown.length) {
    table = make('table', { class: warn ? 'bars warn' : 'bars' });
    const body = make('tbody');
    for (let i = 0; i < shown.length; i++) {
      body.append(make('tr', {}, make('th', { scope: 'row' }), make('td', { 'aria-hidden': 'true' }, make('span', { class: 'bar' })), make('td')));
    }
    table.append(body);
    box.replaceChildren(table);
    if (hint) box.append(make('p', { class: 'hint' }, hint));
  }
  shown.forEach(([key, n], i) => {
    const [label, bar, number] = table.rows[i].cells;
    if (label.textContent !== key) label.replaceChildren(name(key));
    bar.firstChild.style.width = `${(n / most) * 100}%`;
    number.textContent = whole.format(n);
  });
}

function meter(id, share, rows) {
  const box = $(id);
  if (!box.firstChild) box.append(make('span', { class: 'meter', 'aria-hidden': 'true' }, make('i')), make('div'));
  const [track, table] = box.children;
  track.hidden = share === null;
  track.firstChild.style.width = `${Math.min(1, share || 0) * 100}%`;
  fill(table, facts(rows));
}

// --- charts ---

function nice(top) {
  const power = 10 ** Math.floor(Math.log10(top));
  return [1, 2, 4, 5, 10].map((m) => m * power).find((m) => m >= top);
}

class Chart {
  constructor(id, series, format, floor, none) {
    Object.assign(this, { series, format, floor, none, picked: null });
    this.box = $(id);
    this.plot = this.box.querySelector('.plot');
    this.legend = this.box.querySelector('.legend');
    for (const { label, style } of series) {
      const sample = make('svg', { width: 26, height: 8, 'aria-hidden': 'true' }, make('line', { class: `line ${style}`, x1: 1, x2: 25, y1: 4, y2: 4 }));
      this.legend.append(make('li', {}, sample, label, make('b')));
    }
    this.plot.addEventListener('pointermove', (event) => {
      const { left } = this.plot.getBoundingClientRect();
      this.pick(this.nearest(event.clientX - left));
    });
    this.plot.addEventListener('pointerleave', () => this.pick(null));
    this.plot.addEventListener('blur', () => this.pick(null));
    this.plot.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
      if (event.key === 'Escape') this.pick(null);
      if (!step || !history.length) return;
      event.preventDefault();
      const at = this.picked ? history.indexOf(this.picked) : history.length - 1;
      this.pick(history[Math.max(0, Math.min(history.length - 1, at + step))]);
    });
    this.box.querySelector('details').addEventListener('toggle', () => this.tabulate());
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  x(at) { return this.left + (1 - (this.end - at) / (this.minutes * MINUTE)) * (this.width - this.left); }

  nearest(x) {
    const far = (point) => Math.abs(this.x(point.at) - x);
    return history.reduce((best, point) => (best === null || far(point) < far(best) ? point : best), null);
  }

  pick(point) {
    this.picked = point;
    this.draw();
  }

  draw() {
    const height = this.plot.clientHeight;
    this.width = this.plot.clientWidth;
    this.left = 46;
    this.end = history.length ? history[history.length - 1].at : Date.now();
    const age = history.length ? (this.end - history[0].at) / MINUTE : 0;
    this.minutes = SPANS.find((minutes) => age <= minutes) || SPANS[SPANS.length - 1];
    const known = this.series.flatMap(({ key }) => history.map((p) => p[key])).filter((v) => v !== null);
    const highest = Math.max(0, ...known);
    const top = nice(Math.max(highest * 1.05, this.floor));
    const bottom = height - 24;
    const y = (value) => bottom - (value / top) * (bottom - 8);
    const svg = make('svg', { role: 'img', 'aria-label': this.summary(highest) });
    for (const value of [0, top / 2, top]) {
      svg.append(make('line', { class: 'gridline', x1: this.left, x2: this.width, y1: y(value), y2: y(value) }));
      svg.append(make('text', { x: this.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, value ? this.format(value) : '0'));
    }
    for (const part of this.width > 400 ? [3, 2, 1, 0] : [3, 0]) {
      const minutes = (this.minutes / 3) * part;
      const anchor = part === 3 ? 'start' : part ? 'middle' : 'end';
      const label = part ? `${minutes} min ago` : 'now';
      svg.append(make('text', { x: this.x(this.end - minutes * MINUTE), y: height - 4, 'text-anchor': anchor }, label));
    }
    [...this.series].reverse().forEach(({ key, style, area }) => {
      const runs = highest ? this.runs(key) : [];
      const line = runs.map((run) => 'M' + run.map((p) => `${this.x(p.at).toFixed(1)},${y(p[key]).toFixed(1)}`).join('L')).join('');
      if (area) {
        const shape = runs.map((run) => {
          const upper = run.map((p) => `${this.x(p.at).toFixed(1)},${y(p[key]).toFixed(1)}`).join('L');
          return `M${this.x(run[0].at).toFixed(1)},${bottom}L${upper}L${this.x(run[run.length - 1].at).toFixed(1)},${bottom}Z`;
        }).join('');
        svg.append(make('path', { class: `area ${style}`, d: shape }));
      }
      svg.append(make('path', { class: `line ${style}`, d: line }));
    });
    if (this.picked) {
      const x = this.x(this.picked.at);
      svg.append(make('line', { class: 'cross', x1: x, x2: x, y1: 8, y2: bottom }));
    }
    this.plot.replaceChildren(svg);
    if (!highest) this.plot.append(make('p', { class: 'empty' }, make('span', {}, this.none)));
    const shown = this.picked || history[history.length - 1];
    // Read out where somebody asks for it, not at every poll.
    this.legend.setAttribute('aria-live', this.picked && document.activeElement === this.plot ? 'polite' : 'off');
    this.box.querySelector('.when').textContent = this.picked ? clock.format(this.picked.at) : '';
    this.series.forEach(({ key }, i) => {
      this.legend.children[i].lastChild.textContent = shown ? this.format(shown[key]) : '–';
    });
  }

  // Unbroken stretches: a line over a gap would be invented.
  runs(key) {
    const runs = [];
    let before = null;
    for (const point of history) {
      if (point[key] !== null) {
        if (before === null || point.at - before > GAP) runs.push([]);
        runs[runs.length - 1].push(point);
        before = point.at;
      } else before = null;
    }
    return runs;
  }

  summary(highest) {
    const now = history[history.length - 1];
    if (!now || !highest) return this.none;
    const values = this.series.map(({ key, label }) => `${label} ${this.format(now[key])}`).join(', ');
    return `Line chart of the last ${this.minutes} minutes. Now: ${values}. Highest: ${this.format(highest)}.`;
  }

  tabulate() {
    if (!this.box.querySelector('details').open) return;
    const head = make('tr', {}, make('th', { scope: 'col' }, 'Time'), ...this.series.map(({ label }) => make('th', { scope: 'col' }, label)));
    const body = make('tbody');
    const each = Math.round(MINUTE / EVERY);
    for (let i = history.length - 1; i >= 0; i -= each) {
      const cells = this.series.map(({ key }) => make('td', {}, this.format(history[i][key])));
      body.append(make('tr', {}, make('th', { scope: 'row' }, clock.format(history[i].at)), ...cells));
    }
    fill(this.box.querySelector('.scroll'), make('table', { class: 'wide' }, make('thead', {}, head), body));
  }
}

const NONE = 'No conversation in this time.';
const charts = [
  new Chart('c-rate', [
    { key: 'published', label: 'published', style: 's0', area: true },
    { key: 'failed', label: 'put off or dead-lettered', style: 's3' },
  ], rate, 10, NONE),
  new Chart('c-latency', [
    { key: 'p50', label: 'median', style: 's0' },
    { key: 'p95', label: 'p95', style: 's1' },
    { key: 'p99', label: 'p99', style: 's2' },
  ], seconds, 0.01, NONE),
];

// --- the page ---

const ICONS = { ready: '%230b6e63', 'not-ready': '%23c77700', stuck: '%23b3261e', gone: '%23b3261e' };

function state(name, headline, reasons, worker) {
  if (document.body.dataset.state !== name) {
    document.body.dataset.state = name;
    const icon = `<svg xmlns='${SVG}' viewBox='0 0 16 16'><circle cx='8' cy='8' r='6' fill='COLOUR'/></svg>`;
    document.querySelector('link[rel=icon]').href = 'data:image/svg+xml,' + icon.replace('COLOUR', ICONS[name]);
  }
  text('headline', headline);
  fill($('reasons'), ...reasons.map((reason) => make('li', {}, reason)));
  document.title = `${headline} · ${worker || 'transcript-interceptor'}`;
}

function figure(id, value, unit, note) {
  fill($(`f-${id}`), value, ...(unit ? [' ', make('small', {}, unit)] : []));
  text(`n-${id}`, note);
}

function depth(report, role) {
  const found = report.queues.find((queue) => queue.role === role);
  return found && found.ready !== null ? found.ready : null;
}

function show(report) {
  const now = history[history.length - 1] || { published: 0, calls: 0, waited: 0, p50: null, p95: null, p99: null };
  const { budget, inFlight, broker } = report;
  if (report.notLive) state('stuck', 'Stuck', [report.notLive, ...report.notReady], report.worker);
  else if (report.ready) state('ready', 'Ready', ['Connected, authorized, and taking jobs.'], report.worker);
  else state('not-ready', 'Not ready', report.notReady, report.worker);
  text('worker', `${report.worker}, version ${report.version}`);

  const published = report.conversations.published || 0;
  figure('rate', rate(now.published), 'a minute', `${whole.format(published)} published since the start`);
  figure('latency', seconds(now.p95), '', now.p95 === null ? 'no conversation just now' : `median ${seconds(now.p50)}, p99 ${seconds(now.p99)}`);
  const used = budget.share ? now.calls / budget.share : null;
  if (used === null) figure('budget', 'No limit', '', `${rate(now.calls)} calls a minute`);
  else figure('budget', whole.format(Math.round(used * 100)), '%', `${rate(now.calls)} of ${rate(budget.share)} calls a minute`);
  const ready = depth(report, 'jobs');
  const left = ready && now.published >= 1 ? `about ${span((ready / now.published) * 60)} at this rate` : ready === 0 ? 'the queue is empty' : ready === null ? 'not counted yet' : '';
  figure('queue', ready === null ? '–' : whole.format(ready), '', left);

  meter('budget', used, [
    ['All replicas together', budget.limit ? `${whole.format(budget.limit)} a minute` : 'no limit'],
    ['This replica’s share', budget.share ? `${rate(budget.share)} a minute` : 'no limit'],
    ['Used by this replica', `${rate(now.calls)} a minute`],
    ['Waiting for budget', `${Math.round(Math.min(100, now.waited / 0.6))} % of the time`],
    ['Replicas that share it', whole.format(budget.members)],
  ]);
  meter('hand', inFlight.jobs / inFlight.workers, [
    ['Jobs', `${whole.format(inFlight.jobs)} of ${count(inFlight.workers, 'worker', 'workers')}`],
    ['Memory', `${mebi(inFlight.bytes)} of ${mebi(inFlight.bytesBound)} MiB`],
  ]);
  queues(report);
  const outcomes = { published: 'published', retrying: 'put off', failed: 'dead-lettered', ignored: 'ignored, other media' };
  bars('outcomes', report.conversations, 'No job settled yet.', { name: (key) => outcomes[key] || key });
  const size = ([tier]) => parseFloat(tier.replace(/^\D*/, '')) * ({ s: 1, m: 60, h: 3600, d: 86400 }[tier.slice(-1)] || 0);
  bars('retries', report.retries, 'No job has been put off.', { warn: true, order: (a, b) => size(a) - size(b) });
  bars('dead', report.deadLetters, 'None. A job that fails for good is kept, and counted here.', { warn: true, hint: make('span', {}, make('code', {}, 'interceptor dead-letters list'), ' shows them.') });
  bars('redactions', report.redactions, 'Nothing redacted yet.');
  bars('skipped', report.skipped, 'No message skipped.');
  const answers = (key) => (key === '0' ? 'no answer' : make('code', {}, key));
  bars('calls', report.genesysCalls, 'Genesys has not been called yet.', { name: answers });
  fill($('broker'), facts([
    ['Session', broker.connected ? 'connected' : 'not connected', !broker.connected],
    ['Takes messages', !broker.connected ? '–' : broker.blocked ? 'no, it is blocked' : 'yes', broker.blocked],
    ['Reconnects', whole.format(broker.reconnects)],
    ['Address', broker.address],
  ]));
  fill($('about'), facts([
    ['Name', report.worker],
    ['Up for', span(report.uptimeSeconds)],
    ['Version', report.version],
    ['Policy version', make('code', {}, report.policyVersion)],
    ['Genesys API', make('code', {}, report.genesysApi)],
  ]));
  for (const chart of charts) {
    chart.draw();
    chart.tabulate();
  }
}

function queues(report) {
  if (!report.queues.length) return fill($('queues'), empty(report.broker.connected ? 'Counting …' : 'Not known without a broker.'));
  const retries = report.queues.filter(({ role }) => role.startsWith('retry.'));
  const put = retries.some(({ ready }) => ready === null) ? null : retries.reduce((all, { ready }) => all + ready, 0);
  const unrouted = (role) => depth(report, role);
  const shown = (n) => (n === null ? 'not known' : whole.format(n));
  const dead = depth(report, 'dead'), suspects = depth(report, 'suspects');
  const [transcripts, audits] = [unrouted('transcripts.unrouted'), unrouted('audit.unrouted')];
  fill($('queues'), facts([
    ['Jobs', shown(depth(report, 'jobs'))],
    ['Put off, to be tried again', shown(put)],
    ['Suspects, to run alone', shown(suspects), suspects > 0],
    ['Dead letters', shown(dead), dead > 0],
    ['Transcripts without a consumer', shown(transcripts), transcripts > 0],
    ['Audit records without a consumer', shown(audits), audits > 0],
  ]));
}

function age() {
  if (!heard) return;
  const s = Math.round((Date.now() - heard) / 1000);
  text('freshness', failing ? `last heard from ${span(s)} ago` : 'live');
}

async function poll() {
  if (document.hidden) return;
  try {
    const after = history.length ? history[history.length - 1].at : 0;
    const answer = await fetch(`status.json?after=${after}`, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const report = await answer.json();
    history.push(...report.history);
    const end = history.length ? history[history.length - 1].at : 0;
    history = history.filter((point) => point.at > end - SPANS[SPANS.length - 1] * MINUTE);
    failing = false;
    heard = Date.now();
    last = report;
    show(report);
  } catch (error) {
    failing = true;
    const since = heard ? `The numbers below are from ${clock.format(heard)}.` : 'Nothing has been heard from it yet.';
    state('gone', 'The worker does not answer', [`${since} Still asking.`], last && last.worker);
  }
  age();
}

let wake = () => {};
document.addEventListener('visibilitychange', () => wake());

async function forever() {
  for (;;) {
    await poll();
    await new Promise((next) => {
      wake = next;
      setTimeout(next, EVERY);
    });
  }
}
setInterval(age, 1000);
forever();
