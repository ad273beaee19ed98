// What is on the page around a call: its words, what it remembers, the transcript, and the documents
// of the turns. It knows of no call. No text ever becomes markup.

export const { token, words, door = "/voice/phone" } = JSON.parse(document.getElementById("data").textContent);
export const el = (id) => document.getElementById(id);
export const fill = (text, holes) => text.replace(/\{(\w+)\}/g, (_, name) => holes[name]);

// ---- Settings that outlive the page. A browser may forbid keeping them; then they last a visit. ----

export function remember(name, value) {
  try { localStorage.setItem("phone." + name, value); } catch { /* kept for this visit only */ }
}
export function recall(name, otherwise) {
  try { return localStorage.getItem("phone." + name) ?? otherwise; } catch { return otherwise; }
}

/** An id nobody else has. `randomUUID` is missing on plain http beyond this machine. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// ---- The transcript ----

const log = el("transcript");

/** Adds an element with text to another. The only way text gets into the page. */
function add(parent, tag, className, text, lang) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  if (lang) made.lang = lang;
  parent.append(made);
  return made;
}

/** Whether the reader has scrolled to read back: the transcript then stays where it is. */
let reading = false;
/** Scrolls the transcript, and nothing else, so that a line of it is in sight. */
const follow = (line) => {
  const low = line.offsetTop + line.offsetHeight - log.clientHeight + 12;
  if (!reading) log.scrollTop = Math.max(low, Math.min(log.scrollTop, line.offsetTop - 12));
};
log.onwheel = log.ontouchmove = () => { reading = true; };

/** Writes into the transcript and follows what was written. */
function write(build) {
  const made = build();
  if (log.lastElementChild) follow(log.lastElementChild);
  return made;
}
/** Notes what happened to the call. */
export const mark = (text) => write(() => add(log, "p", "mark-line", text));

/** Writes down pressed keys; of a secret, how many. */
export function writeKeys(keys, secret) {
  write(() => {
    const line = add(log, "p", "keys-line");
    add(line, "span", "label", words.pressed + " ");
    add(line, "kbd", "", secret ? "•".repeat(keys.length) : keys).ariaHidden = String(secret);
    if (secret) add(line, "span", "unseen", fill(words.hidden, { n: keys.length }));
  });
}

/** Empties the page for a new call. */
export function clear() {
  log.replaceChildren();
  el("documents").replaceChildren();
  el("count").textContent = "";
  el("nothing-yet").hidden = true;
}

/** Marks the piece being said, and keeps it in sight; null when none is. */
export function point(piece) {
  log.querySelector(".now")?.classList.remove("now");
  piece?.line.classList.add("now");
  if (piece) follow(piece.line);
}

/** Writes down what a turn says. Gives back its pieces, each with the `line` it stands in. A piece
 *  that is in the middle of a sentence, such as a number spelled out, stays in that sentence. */
export function writeHeard(says) {
  reading = false;
  return write(() => {
    const heard = says.length ? add(log, "div", "heard") : null;
    let sentence = null;
    return says.map((said) => {
      sentence ??= add(heard, "p", said.pace === "option" ? "option" : "");
      const line = add(sentence, "span", said.pace === "spelled" ? "spelled" : "", said.words, said.lang);
      if (said.pace === "option" || /[.!?。！？]\s*$/.test(said.words)) sentence = null;
      return { ...said, line };
    });
  });
}

// ---- The documents of the turns, laid out for reading ----

/** Adds the document a provider would have been sent for this turn, laid out for reading. */
export function writeDocument(turn) {
  if (!turn.twiml) return;
  const article = document.createElement("article");
  const title = fill(words.turn, { n: el("documents").childElementCount + 1 }) + (turn.step ? " · " + turn.step : "");
  add(article, "h3", "", title);
  const code = add(add(article, "pre"), "code");
  let depth = 0;
  // A tag, or the text up to the next one. Text stays on the line of the element that holds it.
  const pieces = turn.twiml.match(/<[^>]*>|[^<]+/g)?.filter((piece) => piece.trim()) ?? [];
  pieces.forEach((piece, at) => {
    const closes = piece.startsWith("</"), tag = piece.startsWith("<");
    if (closes) depth--;
    const sameLine = at === 0 || !tag || (closes && !pieces[at - 1].startsWith("<"));
    if (!sameLine) code.append("\n" + "  ".repeat(Math.max(depth, 0)));
    add(code, "span", tag ? "tag" : "said", tag ? piece : piece.trim());
    if (tag && !closes && !/^<[?!]|\/>$/.test(piece)) depth++;
  });
  el("documents").prepend(article);
  el("count").textContent = String(el("documents").childElementCount);
}

document.querySelector("#beside details").ontoggle = () => { if (log.lastElementChild) follow(log.lastElementChild); };
