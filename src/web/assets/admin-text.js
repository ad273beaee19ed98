// The text of a file: line numbers, faults in their lines, names to choose from, kept as one types.
// The field itself is the browser's own, so that everything one knows of fields works in it.

import { data, el, faultLine, make, saw, send, unkept } from "./admin-flow.js";

const { words, address } = data;
const text = el("text"), gutter = el("gutter"), list = el("names"), form = el("text-form");
const REST = 900;
let { faults, known } = data;

// ---- Line numbers, and the faults on them ----

let lines = 0;
function number() {
  const count = text.value.split("\n").length;
  if (count !== lines) {
    lines = count;
    gutter.replaceChildren(...Array.from({ length: count }, (_, at) => make("i", String(at + 1))));
  }
  const byLine = new Map();
  for (const fault of faults) byLine.set(fault.line, [...(byLine.get(fault.line) ?? []), fault]);
  Array.from(gutter.children).forEach((line, at) => {
    const own = byLine.get(at + 1);
    line.className = !own ? "" : own.some((fault) => fault.blocks) ? "blocks" : "warns";
    line.title = own ? own.map((fault) => `${fault.title}: ${fault.what.words}`).join("\n") : "";
  });
  follow();
}
const follow = () => { gutter.scrollTop = text.scrollTop; };
text.onscroll = follow;

function showFaults() {
  el("faults").replaceChildren(...faults.map((fault) => {
    const line = faultLine(fault, words);
    const to = make("a", words.line_n.replace("{n}", fault.line), { href: "#text" });
    to.onclick = (event) => { event.preventDefault(); goto(fault.line, fault.column); };
    line.querySelector("b").after(" ", to);
    return line;
  }));
  number();
}

/** Puts the cursor into a line and shows it. */
function goto(line, column = 1) {
  const before = text.value.split("\n").slice(0, line - 1);
  const at = before.reduce((sum, own) => sum + own.length + 1, 0) + column - 1;
  text.focus();
  text.setSelectionRange(at, at);
  const high = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (line - 6) * high);
}

// ---- Keeping ----

let waiting = 0, busy = false, dirty = false;

// The text as the draft had it when it was last seen here; nothing where nobody knows.
let kept = data.kept ? text.value : undefined;

/** What the text stands over from now on: the draft as it was seen, and the version below it. */
function over({ rev, base }) {
  form.elements.rev.value = rev;
  form.elements.base.value = base;
}

/** What somebody else changed comes in; the cursor stays at what it stood at. */
function merge(merged) {
  const own = text.value, { scrollTop } = text, { activeElement } = document;
  let same = 0;
  while (same < own.length && own.at(-1 - same) === merged.at(-1 - same)) same++;
  const moved = (at) => own.length - at <= same ? at + merged.length - own.length : at;
  const [from, to] = [moved(text.selectionStart), moved(text.selectionEnd)];
  text.value = merged;
  if (activeElement === text) text.setSelectionRange(from, to);
  text.scrollTop = scrollTop;
}

/** Sends the text; when somebody else was first, once more with what it was typed over. */
async function put() {
  const fields = new FormData(form);
  const answer = await send(address, fields);
  if (answer.status !== 409 || kept === undefined) return answer;
  fields.append("was", kept);
  return send(address, fields);
}

async function save() {
  clearTimeout(waiting);
  if (busy) return void (waiting = setTimeout(save, 150));
  busy = true;
  const sent = text.value;
  el("saved").textContent = words.saving;
  try {
    const answer = await put();
    const told = answer.type === "opaqueredirect" ? null : await answer.json().catch(() => null);
    if (answer.ok && told) {
      dirty = text.value !== sent;
      kept = sent;
      // Who typed on while both were put together sends the rest over what it was typed over, as before.
      if (!told.merged || !dirty) over(told);
      if (told.merged && !dirty) {
        merge(told.merged);
        kept = told.merged;
      }
      saw(told);
      ({ faults, known } = told);
      for (const chip of document.querySelectorAll("nav.files [aria-current] .chip")) chip.hidden = !told.draft;
      el("discard").hidden = !told.draft;
      el("discard").querySelector("[name=rev]").value = told.rev;
      el("clash").hidden = true;
      el("saved").textContent = dirty ? "" : told.merged ? words.merged : words.saved;
      showFaults();
      if (told.elsewhere && !dirty) location.assign(told.elsewhere);
    } else {
      el("saved").textContent = told?.told ?? unkept(answer);
      if (told?.clash) showClash(told.clash);
    }
  } catch {
    el("saved").textContent = words.unsaved;
    waiting = setTimeout(save, 5000);
  }
  busy = false;
}

function showClash(clash) {
  el("clash").hidden = false;
  el("clash").scrollIntoView({ block: "nearest" });
  el("clash-words").textContent = clash.words;
  el("clash-theirs").value = clash.theirs;
  for (const id of ["clash-keep", "clash-take"]) el(id).hidden = false;
  el("clash-keep").onclick = () => { over(clash); kept = undefined; save(); };
  el("clash-take").onclick = () => { text.value = kept = clash.theirs; over(clash); dirty = false; save(); };
}

text.addEventListener("input", () => {
  dirty = true;
  el("saved").textContent = "";
  clearTimeout(waiting);
  // Who empties it goes on typing most often; clearing it for good takes the button.
  if (text.value.trim()) waiting = setTimeout(save, REST);
  number();
  if (!list.hidden) offer();
});
form.onsubmit = (event) => { event.preventDefault(); save(); };
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

// ---- Names to choose from ----

/** What may stand here, and from where it is typed already. */
function choices() {
  const before = text.value.slice(0, text.selectionStart);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const typed = /[\w.-]*$/.exec(line)[0];
  const field = /([\w-]+):\s*[\w.-]*$/.exec(line)?.[1];
  const targets = ["then", "otherwise", "failed", "missing", "go", "else", "pending", "refused", "open", "closed", "start", "person", "denied",
    "answered", "busy", "no-answer", "long-wait", "empty"];
  let names = [];
  if (targets.includes(field)) names = known.steps;
  else if (field === "lookup" || field === "act") names = known.sources;
  else if (field === "hours") names = known.calendars;
  else if (field === "call") names = known.sub_flows;
  else if (/^\s*[\w-]*$/.test(line)) names = data.kinds;
  else names = [...known.names, ...known.steps];
  return { typed, found: names.filter((name) => name.startsWith(typed) && name !== typed).slice(0, 12) };
}

let chosen = 0;
function offer() {
  const { found } = choices();
  chosen = Math.min(chosen, Math.max(found.length - 1, 0));
  list.hidden = found.length === 0;
  list.replaceChildren(...found.map((name, at) => {
    const item = make("li", name, { role: "option", id: "name-" + at, "aria-selected": String(at === chosen) });
    item.onmousedown = (event) => { event.preventDefault(); chosen = at; take(); };
    return item;
  }));
  if (list.hidden) text.removeAttribute("aria-activedescendant");
  else text.setAttribute("aria-activedescendant", "name-" + chosen);
}

function close() {
  list.hidden = true;
  text.removeAttribute("aria-activedescendant");
}

function take() {
  const { typed, found } = choices();
  const name = found[chosen];
  close();
  if (!name) return;
  text.focus();
  // As if it were typed, so that it can be taken back.
  if (!document.execCommand("insertText", false, name.slice(typed.length))) {
    text.setRangeText(name.slice(typed.length), text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input"));
  }
  close();
}

text.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (!list.hidden) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const count = list.children.length;
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      return offer();
    }
    if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); return take(); }
    if (event.key === "Escape") { event.preventDefault(); return close(); }
  }
  if (event.key === " " && event.ctrlKey) { event.preventDefault(); chosen = 0; return offer(); }
  if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); return save(); }
});
text.addEventListener("blur", close);

showFaults();
if (data.line) goto(data.line);
