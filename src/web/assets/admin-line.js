// One line: copies addresses, and looks whether the first call has arrived.

const { arrived, came, copied } = JSON.parse(document.getElementById("data").textContent);

for (const button of document.querySelectorAll("button[data-copy]")) {
  // Where a browser gives no way to copy, the address is there to be marked.
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      getSelection().selectAllChildren(button.previousElementSibling);
      return;
    }
    button.textContent = copied;
    document.getElementById("told").textContent = copied;
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}

const place = document.getElementById("arrived");
const refused = document.getElementById("refused");

/** Why something was refused, within its sentence; in English where it is known in nothing else. */
function tell({ before, why, after }) {
  if (refused.textContent === before + why.words + after) return;
  const span = document.createElement("span");
  span.textContent = why.words;
  if (why.foreign) span.lang = why.foreign;
  refused.replaceChildren(before, span, after);
}

async function look() {
  try {
    const answer = await fetch(arrived, { headers: { accept: "application/json" } });
    if (answer.ok) {
      const told = await answer.json();
      if (told.refused) tell(told.refused);
      if (told.came) {
        refused.textContent = "";
        const line = document.createElement("p");
        line.className = "good-news";
        line.textContent = "✓ " + told.came.words;
        place.replaceChildren(line);
        return;
      }
    }
  } catch { /* the server is away for a moment: looked at again */ }
  setTimeout(look, 1500);
}
if (!came) setTimeout(look, 1500);
