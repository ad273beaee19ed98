// A picture of a hotline, larger than any screen: what is brought into sight, and larger and smaller
// without losing the place one looks at.

const picture = document.getElementById("picture");
const scroll = document.getElementById("picture-scroll");

/** Brings a box of the picture into sight: at the left, in the middle of the height. */
export function show(box, calmly = true) {
  if (!box || !scroll) return;
  const at = box.getBoundingClientRect(), frame = scroll.getBoundingClientRect();
  const still = calmly || matchMedia("(prefers-reduced-motion: reduce)").matches;
  scroll.scrollBy({
    left: at.left - frame.left - 40,
    top: at.top + at.height / 2 - frame.top - frame.height / 2,
    behavior: still ? "auto" : "smooth",
  });
}

/** The box calls begin in. */
export const start = () => picture?.querySelector(".c-mark.start")?.closest(".c-step");

/** Lets the buttons make the picture larger and smaller. */
export function withZoom() {
  if (!picture) return;
  const [width, height] = [Number(picture.getAttribute("width")), Number(picture.getAttribute("height"))];
  let scale = 1;
  const to = (wanted) => {
    const [x, y] = [scroll.clientWidth / 2, scroll.clientHeight / 2];
    const middle = [(scroll.scrollLeft + x) / scale, (scroll.scrollTop + y) / scale];
    scale = wanted;
    picture.setAttribute("width", String(Math.round(width * scale)));
    picture.setAttribute("height", String(Math.round(height * scale)));
    scroll.scrollTo(middle[0] * scale - x, middle[1] * scale - y);
  };
  const press = {
    "+": () => to(Math.min(2, scale * 1.25)),
    "-": () => to(Math.max(0.1, scale * 0.8)),
    0: () => {
      const whole = Math.min(1, (scroll.clientWidth - 8) / width);
      if (scale !== whole) return to(whole);
      to(1);
      show(picture.querySelector("[aria-current]") ?? start());
    },
  };
  for (const button of document.querySelectorAll("[data-zoom]")) button.onclick = press[button.dataset.zoom];
  document.querySelector(".zoom").hidden = false;
}
