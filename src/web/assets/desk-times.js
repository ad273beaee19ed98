// Moves on what the server told of moments: how long still, how long ago. Same words, same rules.

import { fill, lang, time } from "./desk-page.js";

/** A span in words, as the server writes it. */
function span(seconds) {
  const n = Math.floor(seconds / 60), h = Math.floor(seconds / 3600), d = Math.floor(seconds / 86400);
  if (n === 0) return time.now;
  if (h === 0) return fill(time.minutes, { n });
  if (d < 2) return n % 60 === 0 ? fill(time.hours, { h }) : fill(time.hours_minutes, { h, n: n % 60 });
  return h % 24 === 0 ? fill(time.days, { d }) : fill(time.days_hours, { d, h: h % 24 });
}

/** How far this machine's clock is from the server's, in ms: times count by the server's. */
let apart = 0;
export function setClock(serversNow) { apart = serversNow - Date.now(); }

const clock = new Intl.DateTimeFormat(lang, { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });

/** Writes every moment of a part of the page anew. */
export function tick(part = document) {
  const now = Date.now() + apart;
  for (const it of part.querySelectorAll("time[data-tells]")) {
    const seconds = Math.trunc((Date.parse(it.dateTime) - now) / 1000);
    const kind = it.dataset.tells;
    const ago = Math.abs(seconds) < 60 ? time.just : time.ago;
    const sentence = kind === "due" ? (seconds <= 0 ? time.over : time.left) : kind === "ago" ? ago : it.dataset.sentence;
    const whole = Math.max(seconds, 0);
    const t = kind === "lease" ? Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0") : span(Math.abs(seconds));
    const text = fill(sentence, { t });
    if (it.textContent !== text) it.textContent = text;
    if (kind === "due" && seconds <= 0) it.closest(".one:has(> .due time)")?.classList.add("overdue");
  }
  for (const it of part.querySelectorAll("time[data-guessed]")) {
    it.textContent = clock.format(new Date(it.dateTime));
    delete it.dataset.guessed;
  }
}

tick();
setInterval(tick, 1000);
