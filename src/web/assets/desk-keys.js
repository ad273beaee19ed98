// Keys for everything, their overview, and the switches of this browser.

import { el, isWriting, keep, kept } from "./desk-page.js";
import { beep } from "./desk-live.js";

const dialog = el("keys");
const on = () => kept("keys") !== "no";
const links = () => Array.from(document.querySelectorAll("main .one .what a"));

function move(by) {
  const all = links();
  const at = all.indexOf(document.activeElement?.closest(".one")?.querySelector(".what a"));
  const to = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  to?.focus();
  to?.closest(".one").scrollIntoView({ block: "nearest" });
}

const press = (button) => { if (button && !button.disabled) button.click(); };

function filter() {
  const filter = el("filter");
  if (!filter) return;
  filter.open = true;
  filter.querySelector("input:not([type=hidden])").focus();
}

const done = {
  n: () => press(el("next")?.querySelector("button")),
  j: () => move(1), ArrowDown: () => move(1),
  k: () => move(-1), ArrowUp: () => move(-1),
  t: () => press(document.activeElement?.closest(".one")?.querySelector("form button") ?? document.querySelector("[data-press=t]")),
  c: () => press(document.querySelector("[data-press=c]")),
  m: () => el("note")?.focus(),
  "/": filter,
  "?": () => dialog.showModal(),
};

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open) return;
  if (event.key === "Escape" && isWriting(event.target)) return void event.target.blur();
  if (!on() || isWriting(event.target)) return;
  if (event.key === "Escape") {
    const open = document.querySelector(".filter[open]");
    if (open && open.contains(event.target)) { open.open = false; open.querySelector("summary").focus(); }
    else press(el("back"));
    return;
  }
  const act = done[event.key] ?? (/^[1-7]$/.test(event.key) ? () => press(document.querySelector(`[data-press="${event.key}"]`)) : null);
  if (!act || event.repeat && !/^(j|k|Arrow)/.test(event.key)) return;
  if (/^Arrow/.test(event.key) && links().length === 0) return;
  event.preventDefault();
  act();
});

function shown() { document.body.classList.toggle("with-keys", on()); }
for (const [id, name, otherwise] of [["keys-on", "keys", "yes"], ["sound-on", "sound", "no"], ["badge-on", "badge", "no"]]) {
  const box = el(id);
  box.checked = (kept(name) || otherwise) === "yes";
  box.onchange = () => { keep(name, box.checked ? "yes" : "no"); shown(); };
}
shown();
el("keys-open").hidden = false;
el("keys-open").onclick = () => dialog.showModal();
el("keys-close").onclick = () => dialog.close();
el("sound-test").onclick = beep;
