// What the pages of a hotline share: what the server told the page, faults beside fields, and reading
// aloud what callers will hear. No text ever becomes markup.

import { say } from "./voice.js";

export const data = JSON.parse(document.getElementById("data").textContent);
export const el = (id) => document.getElementById(id);

/** Says something to those who listen to the page. */
export const tell = (text) => { el("told").textContent = text; };

/** An element with text. */
export function make(tag, text, more = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(more)) made.setAttribute(name, value);
  return made;
}

/** A line about a fault, as the server writes them. */
export function faultLine(fault, words) {
  const line = make("li", undefined, { class: `fault-line ${fault.blocks ? "blocks" : "warns"}` });
  line.append(make("b", `${fault.blocks ? words.blocks : words.warns}: ${fault.title}`), " ");
  const said = ({ words: text, foreign }) => make("span", text, foreign ? { lang: foreign } : {});
  line.append(said(fault.what), ...(fault.hint.words ? [" — ", said(fault.hint)] : []));
  return line;
}

// ---- What callers hear, aloud ----

let stop = () => {};

function listen(button) {
  stop();
  const pieces = Array.from(button.closest(".spoken").querySelectorAll("p[data-pace]"),
    (line) => ({ lang: line.dataset.lang, pace: line.dataset.pace, words: line.textContent, line }));
  const now = (piece) => {
    document.querySelector(".spoken .now")?.classList.remove("now");
    piece?.line.classList.add("now");
  };
  stop = say(pieces, false, { now, then: () => {}, voiceless: () => tell(data.words?.no_voice ?? data.no_voice ?? "") });
}

/** Shows the buttons that read aloud; without a voice in the browser there are none. */
export function withVoices(root = document) {
  if (!window.speechSynthesis) return;
  for (const button of root.querySelectorAll(".listen")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".listen");
  if (button) listen(button);
});

/** Sends a form's fields as the button would. */
export const send = (url, fields) => fetch(url, { method: "PUT", body: new URLSearchParams(fields), cache: "no-store", redirect: "manual" });

/** Why something was not kept, where the answer itself does not say so. */
export const unkept = (answer) => answer.status === 401 || answer.type === "opaqueredirect" ? data.words.signed_out : data.words.unsaved;

// ---- Whoever else changes the draft meanwhile is told of ----

const draft = el("draft-state");

/** The draft as this page has it now. */
export function saw({ rev, draft: by, state }) {
  draft.dataset.rev = rev;
  el("draft-by").hidden = !by;
  draft.querySelector("[data-testid=draft-by]").textContent = by ?? "";
  el("flow-state").textContent = state;
}

async function others() {
  if (!document.hidden) {
    try {
      const answer = await fetch(draft.dataset.address, { cache: "no-store" });
      const told = answer.ok && !answer.redirected ? await answer.json() : null;
      if (told && told.rev > Number(draft.dataset.rev) && told.by !== draft.dataset.me) {
        el("others").textContent = draft.dataset.words.replace("{who}", told.by ?? "");
        el("others").hidden = false;
      }
    } catch { /* asked again in five seconds */ }
  }
  setTimeout(others, 5000);
}
if (draft) setTimeout(others, 5000);
