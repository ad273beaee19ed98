// Replays recent calls without leaving the page: it may take some seconds.

const form = document.getElementById("replay-form");
const state = document.getElementById("replay-state");
const waiting = JSON.parse(document.getElementById("data").textContent);

if (form) form.onsubmit = async (event) => {
  event.preventDefault();
  state.textContent = waiting;
  try {
    const answer = await fetch(form.action, { headers: { accept: "text/html" }, cache: "no-store" });
    if (!answer.ok || answer.redirected) return void form.submit();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("replayed");
    if (fresh) document.getElementById("replayed").replaceWith(document.importNode(fresh, true));
    state.textContent = "";
  } catch {
    form.submit();
  }
};

// Whose zone nobody knows here types times in that of the browser.
const zone = document.getElementById("zone-name");
if (zone && zone.value === "") {
  zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  const said = document.getElementById("zone");
  if (zone.value) said.textContent = said.dataset.words.replace("{zone}", zone.value);
}
