// The hash rate's history as one SVG: an area for what the chips counted, a line for their results.

import { clock, rate } from "./format.js";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 74, RIGHT = 6, TOP = 10, BOTTOM = 24;

// Shortest time shown, in seconds.
const LEAST = 120;

// Seconds between two marks below, of which the first is taken that leaves room for the words.
const STEPS = [60, 300, 600, 1800, 3600, 7200, 14400];

function make(parent, name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
}

// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below.
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 2.5, 5, 10].find((step) => step * power >= value * 0.999999);
  return factor * power;
}

// Means over so many samples that there is about one to two pixels.
function thinned(samples, width) {
  const size = Math.max(1, Math.ceil(samples.length / (width / 2)));
  if (size === 1) return samples;
  const means = [];
  for (let at = 0; at < samples.length; at += size) {
    const part = samples.slice(at, at + size);
    const mean = (key) => part.reduce((sum, sample) => sum + sample[key], 0) / part.length;
    means.push({ at: part.at(-1).at, chips: mean("chips"), results: mean("results") });
  }
  return means;
}

export class Chart {
  constructor(place) {
    this.place = place;
    this.samples = [];
    this.seconds = 3600;
    this.now = Date.now() / 1000;
    this.age = 0;
    this.tip = document.createElement("div");
    this.tip.className = "tip";
    this.tip.hidden = true;
    place.addEventListener("pointermove", (event) => this.point(event));
    place.addEventListener("pointerleave", () => this.leave());
    new ResizeObserver(() => this.draw()).observe(place);
  }

  // All times in seconds; `started` is when the daemon did.
  show(samples, now, started) {
    this.samples = samples;
    this.now = now;
    this.age = now - started;
    this.draw();
  }

  span(seconds) {
    this.seconds = seconds;
    this.draw();
  }

  draw() {
    const width = this.place.clientWidth, height = this.place.clientHeight;
    if (width < LEFT + RIGHT + 20) return;
    // A young daemon's history fills the picture all the same.
    const seconds = Math.min(this.seconds, Math.max(LEAST, this.age * 1.02));
    const begin = this.now - seconds;
    const inside = this.samples.filter((sample) => sample.at > begin);
    this.points = thinned(inside, width - LEFT - RIGHT);
    const highest = Math.max(...this.points.map((p) => Math.max(p.chips, p.results)), 0) || 1000;
    const step = roundUp(highest / 4);
    const top = step * Math.ceil(highest / step);
    this.x = (at) => LEFT + ((at - begin) / seconds) * (width - LEFT - RIGHT);
    this.y = (value) => height - BOTTOM - (value / top) * (height - TOP - BOTTOM);

    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `Hash rate, ${this.points.length} points`);
    for (let value = 0; value <= top * 1.0001; value += step) {
      const y = this.y(value);
      make(svg, "line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y, y2: y });
      make(svg, "text", { x: LEFT - 10, y: y + 4, "text-anchor": "end" }, rate(value));
    }
    this.marks(svg, begin, seconds, width, height);
    if (this.points.length) this.lines(svg);
    else make(svg, "text", { x: width / 2, y: height / 2, "text-anchor": "middle" }, "no history yet");
    this.place.replaceChildren(svg, this.tip);
    this.svg = svg;
    this.leave();
  }

  marks(svg, begin, seconds, width, height) {
    const room = Math.floor((width - LEFT - RIGHT) / 80);
    const step = STEPS.find((step) => seconds / step <= room) ?? 21600;
    const zone = new Date(begin * 1000).getTimezoneOffset() * 60;
    let at = Math.ceil((begin - zone) / step) * step + zone;
    for (; at <= this.now; at += step) {
      const place = { x: this.x(at), y: height - 4, "text-anchor": "middle" };
      if (place.x > LEFT + 16 && place.x < width - 18) make(svg, "text", place, clock(at, false));
    }
  }

  lines(svg) {
    const path = (key) =>
      this.points.map((p, i) => `${i ? "L" : "M"}${this.x(p.at).toFixed(1)} ${this.y(p[key]).toFixed(1)}`).join("");
    const first = this.x(this.points[0].at), last = this.x(this.points.at(-1).at);
    const floor = this.y(0);
    make(svg, "path", { class: "area", d: `${path("chips")}L${last} ${floor}L${first} ${floor}Z` });
    make(svg, "path", { class: "line results", d: path("results") });
    make(svg, "path", { class: "line chips", d: path("chips") });
  }

  point(event) {
    if (!this.points?.length) return;
    const box = this.place.getBoundingClientRect();
    const x = event.clientX - box.left;
    const nearest = this.points.reduce((best, p) =>
      Math.abs(this.x(p.at) - x) < Math.abs(this.x(best.at) - x) ? p : best);
    const at = this.x(nearest.at);
    this.svg.querySelector(".cursor")?.remove();
    make(this.svg, "line", { class: "cursor", x1: at, x2: at, y1: TOP, y2: this.y(0) });
    this.tip.hidden = false;
    this.tip.textContent =
      `${clock(nearest.at)}   chips ${rate(nearest.chips)}   results ${rate(nearest.results)}`;
    const left = at + 14 + this.tip.offsetWidth > box.width ? at - 14 - this.tip.offsetWidth : at + 14;
    this.tip.style.left = `${left}px`;
  }

  leave() {
    this.tip.hidden = true;
    this.svg?.querySelector(".cursor")?.remove();
  }
}
