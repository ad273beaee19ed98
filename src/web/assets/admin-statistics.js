// Shows the picture of a flow from where calls begin: it is larger than any screen.

const picture = document.querySelector(".picture");
const image = picture?.querySelector("img");

/** How far an element of the drawing is from its upper left corner. */
function place(element) {
  let x = 0, y = 0;
  for (let it = element; it; it = it.parentElement) {
    const moved = /^translate\(([-\d.]+)[ ,]+([-\d.]+)\)/.exec(it.getAttribute("transform") ?? "");
    if (moved) { x += Number(moved[1]); y += Number(moved[2]); }
  }
  return { x, y };
}

async function toStart() {
  const drawn = await fetch(image.src);
  if (!drawn.ok) return;
  // Its style is for the picture alone, and this page takes none but its own.
  const text = (await drawn.text()).replace(/<style>[^]*?<\/style>/, "");
  const drawing = new DOMParser().parseFromString(text, "image/svg+xml");
  const start = drawing.querySelector(".mark.start")?.closest("g.step");
  if (!start) return;
  const { x, y } = place(start);
  picture.scrollTo(x - 40, y - picture.clientHeight / 2 + 30);
  picture.dataset.at = "start";
}

if (image) {
  if (image.complete) toStart();
  else image.addEventListener("load", toStart);
}
