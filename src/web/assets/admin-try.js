// The picture follows the call: the steps it went through are marked, the one it is at is in sight.

import { show as bring, start } from "./admin-chart.js";
import "./phone.js";

const el = (id) => document.getElementById(id);
const { path: address, story } = JSON.parse(el("try-data").textContent);
let call = null;

function show(steps, over) {
  const been = new Set(steps), here = over ? null : steps.at(-1);
  for (const step of document.querySelectorAll("#picture .c-step")) {
    step.classList.toggle("been", been.has(step.dataset.place));
    step.classList.toggle("here", step.dataset.place === here);
  }
  el("path")?.replaceChildren(...steps.slice(-24).map((place) => {
    const item = document.createElement("li");
    item.textContent = place;
    return item;
  }));
  bring(document.querySelector("#picture .here"), false);
}

async function follow() {
  if (!call) return;
  try {
    const answer = await fetch(`${address}?call=${encodeURIComponent(call)}`, { cache: "no-store" });
    if (answer.ok && !answer.redirected) {
      const { steps, over } = await answer.json();
      show(steps, over);
    }
  } catch { /* the next turn asks again */ }
}

bring(start());

document.addEventListener("phone:turn", (event) => {
  if (event.detail.call) call = event.detail.call;
  if (!call) return;
  const keep = el("keep-story");
  keep.href = `${story}?call=${encodeURIComponent(call)}`;
  keep.hidden = false;
  follow();
});
