// The phone in the browser. It behaves as a telephone does towards a provider: it says what a turn
// says, waits for keys with the turn's timers, and sends what was pressed. It knows nothing of
// flows; every word of its own comes from the page, and no text ever becomes markup.

import { callingFrom, showNumberFault } from "./choose.js";
import { clear, door, el, fill, mark, newId, point, recall, remember, token, words, writeDocument, writeHeard, writeKeys } from "./page.js";
import { beep, hush, pip, say, sound } from "./voice.js";

const screen = el("screen");
/** What style sheets look at: the page, or the part of one that is the phone. */
const root = document.getElementById("phone") ?? document.body;

/** The call under way, or null. It waits for one of three: keys (`gather`), a `desk` that rings, or a
 *  `message` to be spoken. `ahead` holds keys pressed before anyone asked for them. */
let call = null;
/** When a line last hung up by itself: an Enter meant for it must not dial again. */
let lineHungUp = 0;
/** The request being made, kept so that it can be made again: a turn is answered only once. */
let request = null;

sound.muted = recall("muted", "no") === "yes";
let unhurried = recall("unhurried", "no") === "yes";
el("keyboard").checked = recall("keyboard", "yes") === "yes";

// ---- What is seen ----

function show(state) {
  screen.dataset.state = el("state").dataset.state = state;
  el("state").textContent = words[state];
  const live = call !== null;
  root.dataset.call = live ? "on" : "off";
  root.dataset.keys = call?.desk ? "desk" : call?.message ? "message" : !call?.gather ? "none" : call.gather.hash_ends ? "typing" : "menu";
  el("desk").hidden = !call?.desk;
  el("message").hidden = !call?.message;
  el("call").hidden = live;
  el("hangup").hidden = !live;
  for (const id of ["line", "caller", "number"]) el(id).disabled = live || el("line").options.length === 0;
  for (const button of document.querySelectorAll("#card button")) button.disabled = !live;
  el("fault").hidden = state !== "failed";
  showTyped();
}

// Keys typed ahead are dots as well: whether they answer a question for a secret is not known yet.
function showTyped() {
  const dots = (keys) => "•".repeat(keys.length);
  el("typed").textContent = !call ? "" : (call.gather?.secret ? dots(call.typed) : call.typed) + dots(call.ahead);
}

function showClock() {
  if (!call?.answered) return;
  const seconds = Math.floor((Date.now() - call.answered) / 1000);
  el("clock").textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
}

// ---- Time: one timer at a time, with a bar that shows it ----

let timer = null, barMoves = null;

function disarm() {
  clearTimeout(timer?.id);
  barMoves?.cancel();
  timer = null;
  el("wait").hidden = true;
}

function arm(seconds, then) {
  disarm();
  timer = { ends: Date.now() + seconds * 1000, id: setTimeout(() => { disarm(); then(); }, seconds * 1000) };
  el("wait").hidden = false;
  // Steps instead of a glide where motion is unwelcome: the bar is information, not decoration.
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const easing = calm ? `steps(${Math.max(1, Math.round(seconds))})` : "linear";
  barMoves = el("bar").animate([{ transform: "scaleX(1)" }, { transform: "scaleX(0)" }], { duration: seconds * 1000, easing, fill: "forwards" });
  showLeft();
}

function showLeft() {
  if (timer) el("left").textContent = fill(words.seconds, { n: Math.max(0, Math.ceil((timer.ends - Date.now()) / 1000)) });
}
setInterval(() => { showClock(); showLeft(); }, 250);

// ---- The call ----

function dial() {
  if (call || el("call").disabled) return;
  const from = callingFrom();
  showNumberFault(from === undefined);
  if (from === undefined) return el("number").focus();
  call = { id: newId(), answered: null, gather: null, desk: null, message: null, typed: "", ahead: "", speaking: false, voiceless: new Set(), stop: () => {} };
  clear();
  el("clock").textContent = "0:00";
  scrollTo(0, 0);
  el("pad").focus({ preventScroll: true }); // so that Enter is the phone's and not the button's
  send(door, { call: call.id, dialled: el("line").value, from, lang: null });
}

/** Sends what happened and hears the next turn. What fails can be sent again as it was. */
async function send(url, body) {
  const mine = call;
  mine.gather = mine.desk = mine.message = null;
  mine.typed = "";
  show(mine.answered ? "working" : "ringing");
  request = { url, body, stop: new AbortController() };
  const patience = setTimeout(() => request?.stop.abort(), 15000);
  let fault = null, turn = null;
  try {
    const answer = await post(url, body, { signal: request.stop.signal });
    if (answer.status === 401 || answer.status === 403) fault = words.refused;
    else if (!answer.ok) fault = fill(words.answered, { n: answer.status });
    else turn = await answer.json().catch(() => { fault = words.unreadable; });
  } catch {
    fault = words.away;
  }
  clearTimeout(patience);
  if (call !== mine) return; // hung up meanwhile
  if (!fault && !turn?.next) fault = words.unreadable;
  if (fault) {
    el("fault-words").textContent = fault;
    return show("failed");
  }
  request = null;
  tellOthers(turn);
  hear(turn);
}

/** Whoever shows the call beside the phone is told of each turn, and of the end. */
const tellOthers = (turn) => document.dispatchEvent(new CustomEvent("phone:turn", { detail: { call: turn?.call ?? null } }));

// The server gives out addresses under its public name; this page may be open under another one.
const pathOf = (url) => { const at = new URL(url, location.href); return at.pathname + at.search; };
const post = (url, body, more) => fetch(pathOf(url), { method: "POST", body: JSON.stringify(body), cache: "no-store",
  headers: { "Content-Type": "application/json", Authorization: "Bearer " + token }, ...more });

function hear(turn) {
  if (!call.answered) {
    call.answered = Date.now();
    mark(words.connected);
  }
  const pieces = writeHeard(turn.says);
  // What would lie on a demo customer's own phone: a one-time code, shown once however often it is asked for.
  for (const text of turn.texts ?? []) if (call.text !== text.words) mark(`✉ ${text.to}: ${call.text = text.words}`);
  writeDocument(turn);
  el("where").hidden = false;
  el("step").textContent = turn.step ?? "–";
  el("level").textContent = turn.level ?? 0;
  const mine = call;
  mine.gather = turn.next.gather ?? null;
  mine.speaking = true;
  show("speaking");
  const then = () => {
    if (call !== mine) return;
    mine.speaking = false;
    if (turn.next === "hangup") {
      lineHungUp = Date.now();
      return end(words.they_hung_up);
    }
    if (turn.next.continue) return carryOn(turn.next.continue, turn.next.after);
    if (turn.next.transfer) return ring(turn.next.transfer);
    if (turn.next.record) return listen(turn.next.record);
    takeAhead();
    waitForKey();
  };
  mine.stop = say(pieces, turn.slow, { now: point, then, voiceless: tellVoiceless });
  if (mine.gather?.barge_in) takeAhead();
}

function tellVoiceless(lang) {
  if (call.voiceless.has(lang)) return;
  call.voiceless.add(lang);
  const plain = { "zh-CN": "zh", "zh-HK": "yue", "ja-JP": "ja", "en-US": "en" }[lang] ?? lang;
  mark(fill(words.no_voice, { lang: new Intl.DisplayNames([words.tag], { type: "language" }).of(plain) }));
}

/** Comes back without keys, after so many seconds. The short rest keeps a server that answers at once from being hurried. */
function carryOn(url, after = 0.25) {
  show("working");
  const mine = call;
  setTimeout(() => { if (call === mine) send(url, { call: mine.id }); }, after * 1000);
}

function takeAhead() {
  while (call?.gather && call.ahead) {
    const key = call.ahead[0];
    call.ahead = call.ahead.slice(1);
    take(key);
  }
}

/** Waits for a key as the turn says. Where `#` ends the typing, "take your time" stops every timer. */
function waitForKey() {
  if (!call?.gather || call.speaking) return;
  const { first, between, hash_ends } = call.gather;
  show(call.typed ? "typing" : "waiting");
  disarm();
  if (call.typed && !(unhurried && hash_ends)) arm(between, submit);
  else if (!call.typed && !unhurried) arm(first, silence);
}

// ---- A desk that rings, a message to be spoken. Nobody is there: whoever tries the line says how it goes. ----

function ring(desk) {
  call.ahead = ""; // a key pressed meanwhile is for nobody
  call.desk = desk;
  el("desk-words").textContent = fill(words.desk_rings, { desk: nameOf(desk) });
  show("desk");
  hold();
  takeFocus(el("desk").querySelector("button"));
}

const nameOf = (desk) => desk.to.replace(/^sips?:/, "");

function deskDoes(end) {
  const { desk, id } = call;
  disarm();
  mark(nameOf(desk) + " · " + el("desk").querySelector(`[data-end="${end}"]`).textContent);
  el("pad").focus({ preventScroll: true });
  send(desk.action, { call: id, dialled_end: end });
}

function listen(message) {
  call.ahead = "";
  call.message = { ...message, since: Date.now() };
  pip();
  show("message");
  hold();
  takeFocus(el("spoken"));
}

/** The message ends here, or there is none. */
function spoken(anything) {
  const { message, id } = call;
  const seconds = Math.min(message.limit, Math.max(1, Math.round((Date.now() - message.since) / 1000)));
  disarm();
  mark(anything ? fill(words.spoke, { n: seconds }) : words.said_nothing);
  el("pad").focus({ preventScroll: true });
  send(message.action, anything ? { call: id, recorded: seconds } : { call: id, silence: true });
}

/** A desk rings so long, and a message is so long at most, unless time is not to matter. */
function hold() {
  if (!call?.desk && !call?.message) return waitForKey();
  disarm();
  if (unhurried) return;
  if (call.desk) arm(call.desk.ring, () => deskDoes("no-answer"));
  else arm(Math.max(1, call.message.limit - (Date.now() - call.message.since) / 1000), () => spoken(true));
}

/** The keys are gone from the page, so the focus goes to what is in their place; not while somebody reads. */
const takeFocus = (button) => { if (!el("beside").contains(document.activeElement)) button.focus({ preventScroll: true }); };

function press(key) {
  if (call?.message && key === "#") return spoken(true);
  if (call?.desk || call?.message) return;
  // A key that is a secret, or may turn out to be one, is not lit and has no tone: an eye or an ear
  // nearby could read it.
  if (!call || (call.gather && !call.gather.secret)) flash(key);
  if (!call) return;
  if (call.gather && (!call.speaking || call.gather.barge_in)) return take(key);
  call.ahead += key;
  showTyped();
}

function take(key) {
  call.stop();
  call.speaking = false;
  const { most, hash_ends } = call.gather;
  if (hash_ends && key === "#") return submit();
  call.typed += key;
  if (most && call.typed.length >= most) return submit();
  waitForKey();
}

function submit() {
  disarm();
  const { action, secret } = call.gather, digits = call.typed;
  writeKeys(digits || "#", secret && digits !== "");
  // `#` with nothing before it goes back; empty digits would be silence.
  send(action, { call: call.id, digits: digits || "#" });
}

function silence() {
  const { action } = call.gather;
  mark(words.silence);
  send(action, { call: call.id, silence: true });
}

/** Ends the call, whoever did. The server is told as a provider would tell it; should that get
 *  lost, it ends calls of which nothing is heard by itself. */
function end(why) {
  const { id, stop } = call;
  stop();
  disarm();
  request?.stop.abort();
  request = call = null;
  tellOthers(null);
  mark(`${why} · ${el("clock").textContent}`);
  const elsewhere = el("beside").contains(document.activeElement); // reading what was said
  show("ended");
  screen.scrollIntoView({ block: matchMedia("(max-width: 43.99rem)").matches ? "start" : "nearest" });
  if (!elsewhere) el("pad").focus({ preventScroll: true });
  post("/voice/phone/status", { call: id, status: "completed" }, { keepalive: true }).catch(() => {});
}

// ---- Hands ----

function flash(key) {
  if (call) beep(key);
  const button = document.querySelector(`[data-key="${key}"]`);
  button.classList.add("down");
  setTimeout(() => button.classList.remove("down"), 160);
}

el("call").onclick = dial;
el("hangup").onclick = () => call && end(words.you_hung_up);
el("retry").onclick = () => {
  if (!call || !request) return;
  el("pad").focus({ preventScroll: true });
  send(request.url, request.body);
};
el("pad").onclick = (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (key) press(key);
};
// A pointer leaves the focus where it is, so that Enter still ends what is typed.
el("pad").onmousedown = (event) => event.preventDefault();
if (el("card")) el("card").onmousedown = (event) => event.target.matches("button") && event.preventDefault();

el("mute").onclick = () => {
  if (sound.muted) sound.muted = false;
  else hush();
  remember("muted", sound.muted ? "yes" : "no");
  el("mute").ariaPressed = String(sound.muted);
};
el("pause").onclick = () => {
  unhurried = !unhurried;
  remember("unhurried", unhurried ? "yes" : "no");
  el("pause").ariaPressed = String(unhurried);
  hold();
};
for (const button of el("desk").querySelectorAll("[data-end]")) button.onclick = () => call?.desk && deskDoes(button.dataset.end);
el("spoken").onclick = () => call?.message && spoken(true);
el("unspoken").onclick = () => call?.message && spoken(false);
el("mute").ariaPressed = String(sound.muted);
el("pause").ariaPressed = String(unhurried);
el("keyboard").onchange = (event) => remember("keyboard", event.target.checked ? "yes" : "no");

document.addEventListener("pointerdown", () => { root.dataset.by = "pointer"; }, true);
document.addEventListener("keydown", (event) => {
  root.dataset.by = "keys";
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && call) return el("hangup").click();
  const target = event.target;
  if (target.matches("input:not([type=checkbox]), select, textarea")) return;
  if (event.key === "Enter" && !target.matches("button, a, summary, input")) {
    if (!call && Date.now() - lineHungUp > 1000) dial();
    else if (call?.gather?.hash_ends) press("#");
  } else if (el("keyboard").checked && /^[0-9*#]$/.test(event.key) && !event.repeat) {
    event.preventDefault();
    press(event.key);
  }
});
el("number").onkeydown = (event) => { if (event.key === "Enter") dial(); };
addEventListener("pagehide", () => { if (call) end(words.you_hung_up); });

for (const button of document.querySelectorAll("#card button"))
  button.onclick = () => {
    const gather = call?.gather;
    for (const key of button.textContent) press(key);
    if (gather?.hash_ends && call?.gather === gather) press("#");
  };

show("idle");
