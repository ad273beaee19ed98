// The pages of notices: listening to a text as it is typed, and which languages the chosen line needs.

import { say } from "./voice.js";

const words = JSON.parse(document.getElementById("data").textContent);
let stop = null;

function listens(area) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "listen";
  button.textContent = words.listen;
  button.dataset.testid = `listen-${area.lang}`;
  button.setAttribute("aria-describedby", `${area.id}-label`);
  const silent = document.createElement("span");
  silent.className = "hint";
  silent.setAttribute("role", "status");
  area.after(button, silent);
  button.addEventListener("click", () => {
    const was = button.textContent;
    stop?.();
    stop = null;
    if (was === words.stop) return;
    silent.textContent = "";
    button.textContent = words.stop;
    const over = () => { button.textContent = words.listen; };
    const halt = say([{ lang: area.lang, pace: "normal", words: area.value }], false, {
      now: () => {},
      then: over,
      voiceless: () => { silent.textContent = words.voiceless; },
    });
    stop = () => { halt(); over(); };
  });
}

for (const area of document.querySelectorAll("textarea[lang]")) listens(area);

const line = document.querySelector("select[name=line]");
function needs() {
  const tags = (line.selectedOptions[0]?.dataset.tags ?? "").split(" ");
  for (const area of document.querySelectorAll("textarea[lang]")) {
    area.required = tags.includes(area.lang);
    document.getElementById(`${area.id}-needed`).hidden = !area.required;
  }
}
if (line) {
  line.addEventListener("change", needs);
  needs();
}
