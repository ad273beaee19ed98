// What the scripts of the desk share: the words they say, what this browser remembers, and what is
// announced. It knows of no request.

export const { address, me, since, lang, time, words } = JSON.parse(document.getElementById("data").textContent);
export const el = (id) => document.getElementById(id);
export const fill = (text, holes) => text.replace(/\{(\w+)\}/g, (_, name) => holes[name]);

// ---- Settings and drafts. A browser may forbid keeping them; then they last a visit. ----

const visit = new Map();
export function keep(name, value, where = "localStorage") {
  visit.set(name, value);
  try {
    if (value === "") window[where].removeItem("desk." + name);
    else window[where].setItem("desk." + name, value);
  } catch { /* kept for this visit only */ }
}
export function kept(name, where = "localStorage") {
  try { return window[where].getItem("desk." + name) ?? ""; } catch { return visit.get(name) ?? ""; }
}

/** Says something to whoever listens to the page instead of looking at it. */
export function tell(text) {
  const told = el("told");
  told.textContent = "";
  // A text that stands there already is not said again.
  setTimeout(() => { told.textContent = text; }, 50);
}

/** Whether keys typed now are text. */
export function isWriting(target) {
  return target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]") != null;
}
