// Numbers and times as people read them.

const PREFIXES = ["", "k", "M", "G", "T", "P", "E", "Z"];

// Three or four significant digits.
function digits(number) {
  if (number === 0) return "0";
  const places = number >= 100 ? 0 : number >= 10 ? 1 : 2;
  return number.toFixed(places);
}

// [number, prefix] of a value that is not negative.
export function scaled(value) {
  let power = 0;
  while (value >= 999.5 && power < PREFIXES.length - 1) {
    value /= 1000;
    power += 1;
  }
  return [digits(value), PREFIXES[power]];
}

export function rate(value) {
  const [number, prefix] = scaled(value ?? 0);
  return `${number} ${prefix}H/s`;
}

// Difficulties of test networks are far below one.
export function difficulty(value) {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "0";
  if (value < 0.01) return value.toExponential(2);
  return scaled(value).join(" ").trim();
}

export function count(value) {
  return value.toLocaleString("en-US");
}

export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${minutes} min`;
  if (minutes) return `${minutes} min ${whole % 60} s`;
  return `${whole} s`;
}

export function ago(at, now) {
  return at === null || at === undefined ? "–" : `${duration(now - at)} ago`;
}

export function clock(at, seconds = true) {
  const form = { hour: "2-digit", minute: "2-digit", hour12: false };
  if (seconds) form.second = "2-digit";
  return new Date(at * 1000).toLocaleTimeString("en-GB", form);
}
