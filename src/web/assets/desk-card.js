// The card while it is open: goes on holding the request, keeps what is typed, and says when it is
// somebody else's now.

import { address, el, keep, kept, tell, words } from "./desk-page.js";
import { refresh } from "./desk-live.js";

const card = el("card");

// ---- The lease ----

async function extend() {
  if (card.dataset.mine !== "true" || document.hidden) return;
  try {
    const answer = await fetch(`/desk/requests/${card.dataset.id}/extend`, { method: "POST" });
    if (answer.ok) {
      const { until } = await answer.json();
      const lease = document.querySelector(".holder time");
      if (lease) lease.dateTime = until;
    } else if (answer.status === 409) {
      tell(words.lease_over);
      refresh();
    }
  } catch { /* tried again in half a minute */ }
}

// ---- Drafts: for as long as the tab lives, until they are sent ----

const name = (field) => `draft.${card.dataset.id}.${field.id}`;
const drafts = () => document.querySelectorAll("[data-draft]");

function restore() {
  for (const field of drafts()) {
    const draft = kept(name(field), "sessionStorage");
    if (draft && field.value === "") field.value = draft;
  }
  // A note that was to go with an outcome which cannot be said any more becomes a note of its own.
  const orphan = `draft.${card.dataset.id}.outcome-note`, left = kept(orphan, "sessionStorage"), note = el("note");
  if (el("outcome-note") || !note || !left || note.value.includes(left)) return;
  note.value = note.value === "" ? left : note.value + "\n" + left;
  keep(name(note), note.value, "sessionStorage");
  keep(orphan, "", "sessionStorage");
}

if (card) {
  // What was refused, and a number that was shown, stand at the address of a form: whoever loads the
  // page again wants the card.
  if (location.pathname !== address) history.replaceState(null, "", address);
  // The page was written anew after a note was taken: its draft is done.
  const sent = kept("sent." + card.dataset.id, "sessionStorage");
  if (sent && !el("fault")) {
    for (const field of sent.split(" ")) keep(`draft.${card.dataset.id}.${field}`, "", "sessionStorage");
  }
  keep("sent." + card.dataset.id, "", "sessionStorage");
  restore();
  document.addEventListener("desk:placed", restore);
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-draft]")) return;
    keep(name(event.target), event.target.value, "sessionStorage");
    el("kept").textContent = event.target.value ? words.draft_kept : "";
  });
  document.addEventListener("submit", (event) => {
    const fields = Array.from(event.target.querySelectorAll("[data-draft]"), (field) => field.id);
    if (fields.includes("outcome-note")) fields.push("outcome-note");
    if (fields.length) keep("sent." + card.dataset.id, fields.join(" "), "sessionStorage");
    // Pressed twice, sent once.
    const button = event.submitter;
    if (button) setTimeout(() => { button.disabled = true; setTimeout(() => { button.disabled = false; }, 3000); });
  });
  setInterval(extend, 30000);
  document.addEventListener("visibilitychange", extend);
  document.querySelector("[aria-invalid=true]")?.focus();
}
