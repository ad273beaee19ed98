// The form of a step, kept as one types. What the check says stands beside the field at once, and
// what callers will hear is read back from the server, which makes it as it makes calls.

import { data, el, faultLine, make, saw, send, tell, unkept, withVoices } from "./admin-flow.js";

const { words, address } = data;
const REST = 700;
let waiting = 0, dirty = false;

const form = () => el("step-form");
const fields = (act) => {
  const all = Array.from(new FormData(form()));
  if (act) all.push(["do", act]);
  return all;
};

function state(text) {
  el("saved").textContent = text;
}

/** Puts what the check says beside the fields. */
function showFaults(faults) {
  const places = Array.from(form().querySelectorAll("[data-faults]"));
  const lines = new Map(places.map((place) => [place, []]));
  for (const fault of faults) {
    const inside = (name) => name !== "" && (fault.field === name || fault.field.startsWith(name + "."));
    const best = places.filter((place) => inside(place.dataset.faults)).sort((a, b) => b.dataset.faults.length - a.dataset.faults.length)[0];
    lines.get(best ?? places.find((place) => place.dataset.faults === ""))?.push(fault);
  }
  for (const [place, own] of lines) {
    place.replaceChildren(...own.map((fault) => faultLine(fault, words)));
    const name = place.dataset.faults;
    if (!name) continue;
    for (const input of form().querySelectorAll("[name]")) {
      if (!input.getAttribute("aria-describedby")?.split(" ").includes("p-" + name)) continue;
      if (own.length) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }
}

function showSpoken(spoken) {
  const place = el("spoken");
  place.replaceChildren(...spoken.map((said) => {
    const box = make("div", undefined, { class: "spoken", lang: said.lang });
    const head = make("h3", said.language + " ");
    const button = make("button", "▶ " + place.dataset.listen, { type: "button", class: "quiet listen", "data-lang": said.lang });
    button.hidden = true;
    head.append(button);
    box.append(head, ...said.pieces.map((piece) => make("p", piece.words, { class: piece.pace, "data-lang": piece.lang, "data-pace": piece.pace })));
    return box;
  }));
  withVoices(place);
}

function showClash(clash, seen) {
  el("clash").hidden = false;
  el("clash").scrollIntoView({ block: "nearest" });
  el("clash-words").textContent = clash.words;
  el("clash-theirs").textContent = clash.theirs;
  el("clash-mine").textContent = clash.mine;
  el("clash-keep").hidden = false;
  el("clash-keep").onclick = () => {
    form().elements.seen.value = seen;
    el("clash").hidden = true;
    save();
  };
}

// One after another; what a form became is known of every form that was replaced.
let turn = Promise.resolve();
const became = new WeakMap();

/** Keeps the form as it is now; `act` also moves, adds or takes away a row of the form `made`. */
function save(act, made = form()) {
  clearTimeout(waiting);
  return turn = turn.then(() => {
    let now = act;
    for (let old = made; now && became.has(old); old = became.get(old).form) now = became.get(old).moved(now);
    return act && !now ? undefined : keep(now);
  });
}

async function keep(act) {
  dirty = false;
  state(words.saving);
  try {
    const sent = fields(act);
    const answer = await send(address, sent);
    const told = answer.type === "opaqueredirect" ? null : await answer.json().catch(() => null);
    if (answer.ok && told) {
      form().elements.seen.value = told.seen;
      saw(told);
      el("clash").hidden = true;
      if (act) await again(act, sent);
      showFaults(told.faults);
      showSpoken(told.spoken);
      // What was typed meanwhile is not.
      state(dirty ? "" : words.saved);
    } else {
      dirty = true;
      state(told?.clash?.words ?? told?.told ?? unkept(answer));
      if (told?.clash) showClash(told.clash, told.seen);
    }
  } catch {
    dirty = true;
    state(words.unsaved);
    const made = form(), later = setTimeout(() => save(act, made), 5000);
    // Keys that are pressed meanwhile save sooner; a row that is to move moves all the same.
    if (!act) waiting = later;
  }
}

/** Where a field or a button of a row is once `act` was done; nothing where its row is gone. */
function mover(act) {
  const [what, list, number] = act.split(".");
  const at = Number(number), other = what === "up" ? at - 1 : what === "down" ? at + 1 : at;
  const moved = (row) => {
    if (what === "remove" && row >= at) return row === at ? undefined : row - 1;
    return row === at ? other : row === other ? at : row;
  };
  return (name) => {
    const parts = name.split("."), place = parts.indexOf(list);
    if (what === "add" || place < 0 || !/^\d+$/.test(parts[place + 1] ?? "")) return name;
    const row = moved(Number(parts[place + 1]));
    if (row === undefined) return undefined;
    parts[place + 1] = row;
    return parts.join(".");
  };
}

/** The form with its rows as they are now, and what was typed since `sent`; the focus stays where it was. */
async function again(act, sent) {
  const answer = await fetch(location.pathname + location.search, { headers: { accept: "text/html" }, cache: "no-store" });
  if (!answer.ok) return;
  const read = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("step-form");
  if (!read) return;
  const old = form(), fresh = document.importNode(read, true), focus = document.activeElement, moved = mover(act);
  const before = new Map(sent);
  for (const [name, value] of new FormData(old)) {
    const to = before.get(name) === value ? undefined : fresh.elements[moved(name) ?? ""];
    if (to && name !== "seen") to.value = value;
  }
  const name = old.contains(focus) ? focus.name : "", place = [focus.selectionStart, focus.selectionEnd];
  old.replaceWith(fresh);
  became.set(old, { form: fresh, moved });
  watch();
  if (name === "do" && focus.value === act) return neighbour(act);
  const to = name === "do" ? fresh.querySelector(`button[value="${moved(focus.value)}"]`) : fresh.elements[moved(name) ?? ""];
  to?.focus?.();
  if (name !== "do" && place[0] != null) to?.setSelectionRange?.(...place);
}

/** Whoever stood on a button stands on its neighbour. */
function neighbour(act) {
  const [what, list, at] = act.split(".");
  const to = what === "up" ? Number(at) - 1 : what === "down" ? Number(at) + 1 : Number(at);
  const rows = Array.from(form().querySelectorAll(`[data-field="${list}"] [data-row]`));
  const row = what === "add" ? rows.at(-1) : rows[Math.min(Math.max(to, 0), rows.length - 1)];
  const button = what === "add" ? row?.querySelector("input, textarea") : row?.querySelector(`button[value^="${what}"]:not(:disabled), button:not(:disabled)`);
  (button ?? form().querySelector(`button[value="add.${list}"]`))?.focus();
}

function watch() {
  form().oninput = () => {
    dirty = true;
    state("");
    clearTimeout(waiting);
    waiting = setTimeout(save, REST);
  };
  form().onsubmit = (event) => {
    event.preventDefault();
    const act = event.submitter?.value;
    save(act && act !== "save" ? act : undefined).then(() => tell(el("saved").textContent));
  };
}

watch();
withVoices();
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
