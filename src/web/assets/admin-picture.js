// The picture of a hotline: a click opens a step beside it without leaving the place, and callers are
// shown where they are.

import { show, start, withZoom } from "./admin-chart.js";
import { data, el, make, withVoices } from "./admin-flow.js";

const picture = el("picture");

// ---- A step beside ----

async function open(address, push) {
  const answer = await fetch(address, { headers: { accept: "text/html" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) return void location.assign(address);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("step");
  if (!fresh) return void location.assign(address);
  el("step").replaceWith(document.importNode(fresh, true));
  const place = new URL(address, location.href).searchParams.get("step");
  mark(place);
  withVoices(el("step"));
  if (push) history.pushState(null, "", address);
  el("step").focus({ preventScroll: matchMedia("(min-width: 60rem)").matches });
}

function mark(place) {
  for (const step of picture?.querySelectorAll(".c-step") ?? []) {
    if (step.dataset.place === place) step.setAttribute("aria-current", "true");
    else step.removeAttribute("aria-current");
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='?step=']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const to = new URL(location.href);
  to.searchParams.set("step", new URL(link.getAttribute("href"), location.href).searchParams.get("step"));
  to.hash = "";
  open(to.pathname + to.search, true);
});
addEventListener("popstate", () => open(location.pathname + location.search, false));

withZoom();
show(picture?.querySelector("[aria-current]") ?? start());

// ---- Where callers are ----

function showLive({ now = {}, left = {} }) {
  for (const sign of document.querySelectorAll("[data-live]")) {
    const [here, gone] = [now[sign.dataset.live] ?? 0, left[sign.dataset.live] ?? 0];
    sign.toggleAttribute("hidden", !here && !gone);
    sign.querySelector("text").textContent = `● ${here} · ↩ ${gone}`;
    sign.classList.toggle("somebody", here > 0);
  }
  const places = [...new Set([...Object.keys(now), ...Object.keys(left)])].sort();
  el("live-table").tBodies[0].replaceChildren(...places.map((place) => {
    const row = make("tr");
    row.append(make("th", place, { scope: "row" }), make("td", String(now[place] ?? 0)), make("td", String(left[place] ?? 0)));
    return row;
  }));
  el("live-none").hidden = places.length > 0;
  el("live-table").hidden = places.length === 0;
}

async function live() {
  if (!document.hidden) {
    try {
      const answer = await fetch(data.live, { cache: "no-store" });
      if (answer.ok && !answer.redirected) showLive(await answer.json());
    } catch { /* asked again in five seconds */ }
  }
  setTimeout(live, 5000);
}
el("live-table").hidden = true;
live();
withVoices();
