// Asks the daemon every other second and shows what it says. Words from pools are only ever set as
// text, never as HTML.

import { Chart } from "./chart.js";
import { ago, clock, count, difficulty, duration, rate, scaled } from "./format.js";
import { askToken, post } from "./control.js";

const EVERY = 2000, HISTORY_EVERY = 10000;
const at = (id) => document.getElementById(id);
const chart = new Chart(at("chart"));
let history = [], historyAsked = 0, paused = false, access = null;

function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

function cell(row, text, { under, number, kind, title } = {}) {
  const node = element("td", undefined, [number ? "n" : "", kind ?? ""].join(" ").trim());
  const top = element("span", text, number ? "" : "clip");
  if (title) top.title = title;
  node.append(top);
  if (under) {
    const below = element("span", under, "under clip");
    below.title = under;
    node.append(below);
  }
  row.append(node);
}

// On a narrow screen each cell stands below the others, with the heading of its column.
function fill(id, rows) {
  const heads = [...at(id).closest("table").querySelectorAll("th")].map((head) => head.textContent);
  for (const row of rows) {
    [...row.cells].forEach((place, index) => {
      place.dataset.label = heads[index];
      if (!place.textContent) place.classList.add("none");
    });
  }
  at(id).replaceChildren(...rows);
}

const amount = (row, text, options) => cell(row, text, { number: true, ...options });
const total = (counts) => Object.values(counts).reduce((sum, value) => sum + value, 0);
const words = (counts) => Object.entries(counts).map(([name, n]) => `${count(n)} ${name}`).join(", ");

function big(id, number, unit) {
  at(id).replaceChildren(number, element("small", unit));
}

function state(now) {
  const running = now.chains.some((chain) => chain.state === "running");
  if (now.paused) return ["paused", "warn"];
  if (!running) return ["no chips", "bad"];
  if (now.active_pool === null) return ["no work", "bad"];
  return ["mining", "good"];
}

function showTop(now) {
  const [word, kind] = state(now);
  at("state").textContent = word;
  at("state").className = `pill ${kind}`;
  at("about").textContent = `version ${now.version}, up ${duration(now.at - now.started_at)}`;
  paused = now.paused;
  at("toggle").textContent = paused ? "Resume" : "Pause";
  at("toggle").hidden = !access?.token;
  const [number, prefix] = scaled(now.rates.chips.minute_1);
  document.title = `${number} ${prefix}H/s – Sluice`;
  big("rate", number, `${prefix}H/s`);
  const rates = now.rates.chips;
  at("rate-more").textContent =
    `5 s ${rate(rates.seconds_5)} · 15 min ${rate(rates.minutes_15)} · average ${rate(rates.average)}`;
  at("shares").textContent = count(now.accepted);
  at("shares-more").textContent = `${count(now.stale)} stale · ${count(now.rejected)} rejected`;
  at("best").textContent = difficulty(now.best_difficulty_ever);
  at("best-more").textContent = `${difficulty(now.best_difficulty)} since the start`;
  at("found").textContent = count(now.blocks_found);
  at("found-more").textContent = `network difficulty ${difficulty(now.network_difficulty)}`;
}

const KINDS = {
  active: "good", running: "good", standby: "", connecting: "warn", opening: "warn",
  paused: "warn", dead: "bad", failed: "bad",
};

function showPools(now) {
  fill("pools", now.pools.map((pool) => {
    const row = element("tr");
    const response = pool.counts.responses.last;
    cell(row, pool.url, { under: pool.user, title: pool.coinbase.pays ? `pays ${pool.coinbase.pays}` : pool.url });
    cell(row, pool.state, { under: pool.error, kind: KINDS[pool.state] });
    amount(row, difficulty(pool.difficulty));
    amount(row, count(pool.counts.accepted), { under: difficulty(pool.counts.accepted_difficulty) });
    amount(row, count(pool.counts.stale));
    amount(row, count(total(pool.counts.rejected)), { under: words(pool.counts.rejected) });
    amount(row, difficulty(pool.counts.best_difficulty));
    const unusable = total(pool.counts.unusable);
    amount(row, count(unusable), { under: words(pool.counts.unusable), kind: unusable ? "warn" : "" });
    amount(row, response === null ? "–" : `${(response * 1000).toFixed(0)} ms`);
    amount(row, ago(pool.counts.last_share_at, now.at));
    return row;
  }));
}

const errors = (chip) => (chip.dropped["bad-hash"] ?? 0) + chip.nonce_errors;
const sum = (chips, value) => chips.reduce((so, chip) => so + value(chip), 0);

function chipCells(row, name, chips, rates, now, options) {
  cell(row, name.text, { under: name.under, title: name.title });
  cell(row, options.state, { under: options.error, kind: KINDS[options.state] });
  amount(row, rate(rates.chips.minute_1));
  amount(row, rate(rates.results.minute_1));
  amount(row, count(sum(chips, (chip) => chip.results)));
  const wrong = sum(chips, errors);
  amount(row, count(wrong), { kind: wrong ? "bad" : "" });
  amount(row, count(sum(chips, (chip) => total(chip.dropped)) + total(options.lost)));
  const last = Math.max(0, ...chips.map((chip) => chip.last_result_at ?? 0));
  amount(row, ago(last || null, now.at));
}

function showChips(now) {
  const rows = [];
  for (const chain of now.chains) {
    const head = element("tr", undefined, "group");
    const size = chain.chips.length
      ? `${chain.chips.length} × ${chain.model}, ${count(chain.baud)} baud` : "no chips";
    const name = { text: chain.path, under: size, title: chain.path };
    const options = { state: chain.state, error: chain.error, lost: chain.unattributed };
    chipCells(head, name, chain.chips, chain.rates, now, options);
    rows.push(head);
    if (chain.chips.length > 1) {
      for (const chip of chain.chips) {
        const row = element("tr", undefined, "part");
        const under = chip.sluice ? `cores ${chip.cores}, lanes ${chip.lanes}` : "";
        const label = { text: `chip ${chip.index}`, under };
        chipCells(row, label, [chip], chip.rates, now, { state: "", lost: {} });
        rows.push(row);
      }
    }
  }
  fill("chips", rows);
}

function entry(time, what, end, kind) {
  const item = element("li");
  const when = element("time", clock(time));
  when.dateTime = new Date(time * 1000).toISOString();
  item.append(when, element("span", what, `what ${kind ?? ""}`), end);
  return item;
}

function list(id, items, empty) {
  at(id).replaceChildren(...(items.length ? items : [element("li", empty, "empty")]));
}

// A pool judges the share and says nothing of the block.
function verdict(block) {
  if (block.accepted !== null) return block.accepted ? ["accepted", "good"] : ["refused", "bad"];
  if (block.share_accepted === null) return ["waiting", "warn"];
  return block.share_accepted ? ["candidate", "good"] : ["share refused", "bad"];
}

function showLists(now) {
  list("blocks", now.blocks.toReversed().map((block) => {
    const [word, kind] = verdict(block);
    const what = `${block.height === null ? "" : `${block.height} `}${block.hash}`;
    const item = entry(block.found_at, what, element("span", word, kind));
    item.title = `${block.hash}, version ${block.version.toString(16).padStart(8, "0")} ${block.reason}`;
    return item;
  }), "none yet");
  const kinds = { warning: "warn", error: "bad", info: "" };
  list("events", now.events.toReversed().map((event) =>
    entry(event.at, event.text, "", kinds[event.level])), "none yet");
}

async function get(path) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(10000) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function refresh() {
  try {
    access ??= await get("api/v1/access");
    const now = await get("api/v1/status");
    if (Date.now() - historyAsked >= HISTORY_EVERY) {
      history = await get("api/v1/history");
      historyAsked = Date.now();
    }
    for (const show of [showTop, showPools, showChips, showLists]) show(now);
    chart.show(history, now.at, now.started_at);
    document.body.dataset.ready = "yes";
  } catch (error) {
    at("state").textContent = "no answer from the daemon";
    at("state").className = "pill bad";
    console.warn(error);
  }
  setTimeout(refresh, EVERY);
}

at("ranges").addEventListener("click", (event) => {
  const seconds = Number(event.target.dataset.seconds);
  if (!seconds) return;
  for (const button of at("ranges").children) button.setAttribute("aria-pressed", button === event.target);
  chart.span(seconds);
});

at("toggle").addEventListener("click", async () => {
  const path = paused ? "api/v1/resume" : "api/v1/pause";
  let refused = await post(path);
  while (refused) {
    if (!(await askToken(refused))) return;
    refused = await post(path);
  }
});

refresh();
