// Who calls whom: the line, the caller, the number. It knows of no call.

import { el } from "./page.js";

/** The number to call from: null when withheld, undefined when what was typed is none. */
export function callingFrom() {
  const choice = el("caller").selectedOptions[0];
  if (choice.id !== "other") return choice.value || null;
  const number = el("number").value.replace(/[\s().-]/g, "");
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined;
}

export function showNumberFault(bad) {
  const hint = el("number-hint");
  hint.dataset.good ??= hint.textContent;
  hint.textContent = bad ? hint.dataset.bad : hint.dataset.good;
  el("number").ariaInvalid = String(bad);
}

function chooseLine() {
  const line = el("line").selectedOptions[0];
  el("peer-title").textContent = line?.dataset.title ?? "";
  // A line without a number of its own is dialled by its name, which says nothing new.
  el("peer-number").textContent = /^\+?\d/.test(line?.value) ? line.value : "";
  const speaks = line?.dataset.speaks.split(" ") ?? [];
  for (const item of el("speaks").children) item.hidden = !speaks.includes(item.lang);
}

function chooseCaller() {
  const choice = el("caller").selectedOptions[0];
  el("own").hidden = choice.id !== "other";
  if (!el("card")) return;
  el("card").hidden = !choice.dataset.account;
  el("type-it").hidden = !choice.dataset.account;
  el("note").hidden = !choice.dataset.note;
  el("knowledge").hidden = !choice.dataset.knowledge;
  for (const spot of el("card").querySelectorAll("[data-show]"))
    spot.textContent = spot.dataset.show === "number" ? choice.value : choice.dataset[spot.dataset.show] ?? "";
}

const wanted = new URLSearchParams(location.search).get("flow");
for (const line of el("line").options) if (line.dataset.flow === wanted) line.selected = true;
el("line").onchange = chooseLine;
el("caller").onchange = chooseCaller;
chooseLine();
chooseCaller();
