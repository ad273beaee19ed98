// The card while it is open: goes on holding the request, keeps what is typed, and says when it is
// somebody else's now.

import { address, el, keep, kept, me, tell, words } from "./desk-page.js";
import { notice, refresh, signedOut } from "./desk-live.js";

const card = el("card");

// ---- The lease ----

// Whoever looks something up is in another window and works all the same; whoever has gone home does not.
const WORKING = 10 * 60_000;
let touched = Date.now();
for (const sign of ["keydown", "pointerdown", "pointermove", "input", "visibilitychange", "focus"]) {
  addEventListener(sign, () => { touched = Date.now(); }, { capture: true, passive: true });
}

async function extend() {
  if (card.dataset.mine !== "true" || Date.now() - touched > WORKING) return;
  try {
    const answer = await fetch(`/desk/requests/${card.dataset.id}/extend`, { method: "POST" });
    if (answer.ok) {
      const { until } = await answer.json();
      const lease = document.querySelector(".holder time");
      if (lease) lease.dateTime = until;
    } else if (answer.status === 401) {
      signedOut();
    } else if (answer.status === 409) {
      tell(words.lease_over);
      await refresh();
      if (card.dataset.mine !== "true" && el("changed")?.hidden) notice(words.lease_over);
    }
  } catch { /* tried again in half a minute */ }
}

// ---- Drafts: for as long as the tab lives, and until the history shows that they were taken ----

const place = (what, field = "") => `${what}.${me}.${card.dataset.id}.${field}`;
const get = (name) => kept(name, "sessionStorage");
const put = (name, text) => keep(name, text, "sessionStorage");
const fields = ["note", "outcome-note", "done-note", "back-why", "why"];
const plain = (text) => text.replaceAll("\r\n", "\n").trim();

/** How often a text stands in the history shown. */
const times = (text) => Array.from(document.querySelectorAll("#history q")).filter((it) => plain(it.textContent) === plain(text)).length;

/** Lets go of drafts that were sent and taken: they stand in the history once more than before. */
function settle() {
  const sent = JSON.parse(get(place("sent")) || "{}");
  for (const [field, { text, before }] of Object.entries(sent)) {
    if (times(text) <= before) continue;
    if (plain(get(place("draft", field))) === plain(text)) put(place("draft", field), "");
    const here = el(field);
    if (here && here !== document.activeElement && plain(here.value) === plain(text)) here.value = "";
    delete sent[field];
  }
  put(place("sent"), Object.keys(sent).length ? JSON.stringify(sent) : "");
}

function restore() {
  settle();
  for (const field of document.querySelectorAll("[data-draft]")) {
    const draft = get(place("draft", field.id));
    if (draft && field.value === "") field.value = draft;
  }
  // What was to go with something that cannot be done any more becomes a note of its own.
  const note = el("note");
  for (const gone of fields.filter((field) => !el(field))) {
    const left = get(place("draft", gone));
    if (!note || !left) continue;
    if (!note.value.includes(left)) note.value = note.value === "" ? left : note.value + "\n" + left;
    put(place("draft", "note"), note.value);
    put(place("draft", gone), "");
    // It may have been taken all the same, and the page not have come back to tell.
    const sent = JSON.parse(get(place("sent")) || "{}");
    if (sent[gone]) put(place("sent"), JSON.stringify({ ...sent, note: sent[gone] }));
  }
}

if (card) {
  // What was refused, and a number that was shown, stand at the address of a form: whoever loads the
  // page again wants the card.
  if (location.pathname !== address) history.replaceState(null, "", address);
  restore();
  document.addEventListener("desk:placed", restore);
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-draft]")) return;
    put(place("draft", event.target.id), event.target.value);
    el("kept").textContent = event.target.value ? words.draft_kept : "";
  });
  document.addEventListener("submit", (event) => {
    const sent = JSON.parse(get(place("sent")) || "{}");
    for (const { id, value } of event.target.querySelectorAll("[data-draft]")) {
      if (value === "") continue;
      put(place("draft", id), value);
      sent[id] = { text: value, before: times(value) };
    }
    put(place("sent"), JSON.stringify(sent));
    // Pressed twice, sent once.
    const button = event.submitter;
    if (button) setTimeout(() => { button.disabled = true; setTimeout(() => { button.disabled = false; }, 3000); });
  });
  setInterval(extend, 30000);
  document.addEventListener("visibilitychange", extend);
  document.querySelector("[aria-invalid=true]")?.focus();
}
