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
  line.append(make("span", fault.hint ? `${fault.what} — ${fault.hint}` : fault.what, { lang: "en" }));
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
