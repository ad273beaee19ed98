// Keeps the page as it is on the server: listens for changes, fetches the page again and puts its new
// parts in place of the old ones, without taking focus, place or typed text away from anybody.

import { el, fill, kept, me, since, tell, words } from "./desk-page.js";
import { tick } from "./desk-times.js";

const link = el("link");
const card = el("card");

/** Shows whether the page is live. */
export function show(state, text) {
  if (link.dataset.state === state) return;
  const was = link.dataset.state;
  link.dataset.state = state;
  link.hidden = false;
  link.lastElementChild.textContent = text;
  if (state === "off" || state === "out") tell(text);
  else if (was === "off") tell(words.back_again);
}

/** Nobody is signed in here any more: says so, and stays as it is. */
export const signedOut = () => show("out", link.dataset.out);

/** Says on the card what has become of it. */
export function notice(text) {
  const notice = el("changed");
  if (!notice) return;
  notice.textContent = text;
  notice.hidden = false;
}

// ---- The new page in place of the old ----

const fields = "input:not([type=hidden]), textarea, select";

/** Puts a new part in place of the old one; what is typed in it and who has the focus stays. */
function swap(old, fresh) {
  if (old.outerHTML === fresh.outerHTML) return;
  const typed = Array.from(old.querySelectorAll(fields), (it) => [it.id, it.type === "checkbox" ? it.checked : it.value, it.defaultValue]);
  const open = Array.from(old.querySelectorAll("details[open]"), (it) => it.className);
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  const at = focus?.selectionStart != null ? [focus.selectionStart, focus.selectionEnd] : null;
  const name = focus?.id || focus?.dataset.testid;
  const shown = old.querySelector("#shown");
  const told = old.querySelector("#changed:not([hidden])")?.textContent;
  const playing = Array.from(old.querySelectorAll("audio")).some((it) => !it.paused);
  if (playing) return;
  old.replaceWith(fresh);
  if (shown && fresh.dataset.mine !== "false" && !fresh.querySelector("#shown") && fresh.dataset.next === old.dataset.next) fresh.querySelector("h2").after(shown);
  if (told && fresh.dataset.next === old.dataset.next) notice(told);
  for (const [id, value, before] of typed) {
    const it = id && fresh.querySelector("#" + CSS.escape(id));
    if (!it) continue;
    if (it.type === "checkbox") it.checked = value;
    else if (value !== before) it.value = value;
  }
  for (const name of open) for (const it of fresh.getElementsByClassName(name)) it.open = true;
  if (!name) return;
  const again = fresh.querySelector(`#${CSS.escape(name)}, [data-testid="${CSS.escape(name)}"]`);
  again?.focus({ preventScroll: true });
  if (again && at && again.selectionStart != null) again.setSelectionRange(...at);
}

/** The rows people can take, and how urgent they are. */
const rows = () => new Map(Array.from(document.querySelectorAll("#waiting .one"), (it) => [it.dataset.id, it.dataset.priority]));

/** The rows one has. */
const own = () => new Map(Array.from(document.querySelectorAll("#mine .one"), (it) => [it.dataset.id, it.querySelector(".what a").textContent]));

function place(fresh) {
  const before = rows(), had = own();
  const list = Array.from(document.querySelectorAll("main .one a[id]"), (it) => it.id);
  const focused = document.activeElement?.closest?.(".one a[id]")?.id;
  for (const old of document.querySelectorAll("[data-swap]")) {
    const found = fresh.getElementById(old.id);
    if (found) swap(old, document.importNode(found, true));
    else old.remove();
  }
  let last = null;
  for (const found of fresh.querySelectorAll("main [data-swap]")) {
    const here = el(found.id);
    if (!here && last) last.after(document.importNode(found, true));
    last = el(found.id) ?? last;
  }
  if (card) {
    const now = fresh.getElementById("card");
    if (now) Object.assign(card.dataset, now.dataset);
  }
  // Whoever stood on a row that went stands on the next one.
  if (focused && !el(focused)) {
    const next = list.slice(list.indexOf(focused)).concat(list.slice(0, list.indexOf(focused)).reverse()).find((id) => el(id));
    el(next ?? "main").focus({ preventScroll: true });
  }
  tick();
  document.dispatchEvent(new Event("desk:placed"));
  if (!el("waiting")) return;
  const come = Array.from(rows()).filter(([id]) => !before.has(id));
  const given = Array.from(own()).filter(([id]) => !had.has(id));
  const urgent = come.some(([, priority]) => priority === "urgent");
  const said = given.map(([, topic]) => fill(words.given, { topic }));
  if (urgent) said.push(words.urgent_new);
  if (come.length > 0) said.push(come.length === 1 ? words.one_new : fill(words.many_new, { n: come.length }));
  if (said.length > 0) tell(said.join(". "));
  if (urgent) alarm();
}

let due = false, busy = false, last = 0;
/** Fetches the page again: at most once a second, and once more when something came meanwhile. */
export async function refresh() {
  due = true;
  if (busy) return;
  busy = true;
  while (due) {
    const wait = last + 1000 - Date.now();
    if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    due = false;
    last = Date.now();
    try {
      const answer = await fetch(location.pathname + location.search, { headers: { accept: "text/html" }, cache: "no-store" });
      if (answer.redirected && new URL(answer.url).pathname.startsWith("/sign-in") || answer.status === 401) {
        signedOut();
        break;
      }
      if (answer.ok) place(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* the connection tells when it is back, and then everything is fetched again */ }
  }
  busy = false;
}

// ---- Listening ----

/** What a change made of the request on this card, for whoever has it open. */
function becameOf({ holder, state }) {
  const mine = card.dataset.mine === "true", other = holder && holder !== me;
  if (mine && other) return fill(words.lost_to, { who: holder });
  if (mine && state === "open") return words.lease_over;
  // How one's own call goes on is seen where it stands, and what colleagues add, in the history.
  if (mine && ["ringing", "say"].includes(el("now")?.dataset.next)) return "";
  return other ? fill(words.changed_by, { who: holder }) : words.changed;
}

let source = null, newest = since, was = false;
function listen() {
  source = new EventSource("/desk/events?since=" + newest);
  source.onopen = () => {
    show("on", link.dataset.live);
    // What was missed is told too; but the page may be older than what the server remembers.
    if (was) refresh();
    was = true;
  };
  source.onerror = () => {
    show("off", link.dataset.off);
    if (source.readyState !== EventSource.CLOSED) return;
    // Refused for good, as while a server starts or when one is signed out: found out by asking.
    setTimeout(async () => { await refresh(); if (link.dataset.state !== "out") listen(); }, 2000);
  };
  source.addEventListener("reload", refresh);
  source.addEventListener("change", (event) => {
    newest = Math.max(newest, Number(event.lastEventId) || 0);
    const change = JSON.parse(event.data);
    if (!card) return void refresh();
    if (change.id !== card.dataset.id || change.version <= Number(card.dataset.version)) return;
    const text = becameOf(change);
    refresh().then(() => text && notice(text));
  });
}

// ---- A new urgent one ----

export function beep() {
  try {
    const context = new AudioContext(), volume = context.createGain();
    volume.connect(context.destination);
    volume.gain.value = 0.12;
    [880, 1174].forEach((pitch, at) => {
      const tone = context.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(volume);
      tone.start(context.currentTime + at * 0.18);
      tone.stop(context.currentTime + at * 0.18 + 0.14);
    });
    setTimeout(() => context.close(), 1000);
  } catch { /* a browser without sound */ }
}

const title = document.title;
let unseen = 0;
function alarm() {
  if (kept("sound") === "yes") beep();
  if (kept("badge") !== "yes") return;
  unseen++;
  document.title = `(${unseen}) ${title}`;
}
addEventListener("focus", () => { unseen = 0; document.title = title; });

if (document.querySelector("[data-swap]")) listen();
