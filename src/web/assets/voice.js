// What the phone sounds like: the tones of its keys and the voice that speaks. It knows of no call.

/** Whether anything is heard. */
export const sound = { muted: false };

/** Goes quiet at once. The piece being said counts as said, and the rest is for the eyes. */
export function hush() {
  sound.muted = true;
  window.speechSynthesis?.cancel();
}

const tones = { 1: [697, 1209], 2: [697, 1336], 3: [697, 1477], 4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
  7: [852, 1209], 8: [852, 1336], 9: [852, 1477], "*": [941, 1209], 0: [941, 1336], "#": [941, 1477] };
let audio = null;

/** The two tones of a key, briefly. */
export function beep(key) {
  if (sound.muted || !window.AudioContext) return;
  audio ??= new AudioContext();
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0.06, audio.currentTime);
  volume.gain.setTargetAtTime(0, audio.currentTime + 0.09, 0.012);
  volume.connect(audio.destination);
  for (const frequency of tones[key]) {
    const tone = audio.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(volume);
    tone.start();
    tone.stop(audio.currentTime + 0.16);
  }
}

/** The tone after which a message is spoken. */
export function pip() {
  if (sound.muted || !window.AudioContext) return;
  audio ??= new AudioContext();
  const tone = audio.createOscillator(), volume = audio.createGain();
  volume.gain.value = 0.05;
  tone.frequency.value = 1000;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.35);
}

// Browsers name voices each in their own way: tags to try, best first. Cantonese is never read by a
// Mandarin voice, because hardly a word would be understood.
const voiceTags = { "zh-CN": /^(zh[-_]cn|cmn|zh[-_]hans|zh$)/i, "zh-HK": /^(zh[-_]hk|yue|zh[-_]hant[-_]hk)/i,
  "ja-JP": /^ja/i, "en-US": /^en[-_]us/i };

function voiceFor(lang) {
  const voices = window.speechSynthesis?.getVoices() ?? [];
  const family = lang === "en-US" ? /^en/i : null;
  return voices.find((v) => voiceTags[lang]?.test(v.lang)) ?? (family && voices.find((v) => family.test(v.lang)));
}

/** Seconds it takes to read words, for when nothing is heard; `spoken`, to hear them. */
function secondsFor(text, spoken) {
  const wide = (text.match(/[\u3040-\u30ff\u3400-\u9fff]/g) ?? []).length;
  const seconds = wide / (spoken ? 4 : 7) + (text.length - wide) / (spoken ? 13 : 22);
  return Math.max(0.6, seconds);
}

/** Says pieces one after the other: `now(piece)` as each begins, `now(null)` and `then()` at the end.
 *  A piece that cannot be heard lasts as long as reading it; `voiceless(lang)` is told when its
 *  language has no voice. Returns how to stop. */
export function say(pieces, slow, { now, then, voiceless }) {
  let stopped = false, waiting = null;
  const spoken = [];
  const stop = () => {
    stopped = true;
    clearTimeout(waiting);
    window.speechSynthesis?.cancel();
    now(null);
  };
  const piece = (at) => {
    if (stopped) return;
    now(pieces[at] ?? null);
    if (at === pieces.length) return then();
    const { lang, pace, words: text } = pieces[at];
    let once = false;
    const next = () => {
      if (once || stopped) return;
      once = true;
      clearTimeout(waiting);
      // The pause after an option lets the ear find the border.
      waiting = setTimeout(() => piece(at + 1), pace === "option" && !sound.muted ? 350 : 0);
    };
    const voice = sound.muted ? null : voiceFor(lang);
    if (!voice) {
      if (!sound.muted) voiceless(lang);
      waiting = setTimeout(next, secondsFor(text, false) * 1000 * (slow ? 1.5 : 1));
      return;
    }
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = (pace === "spelled" ? 0.75 : 1) * (slow ? 0.8 : 1);
    utterance.onend = utterance.onerror = next;
    spoken.push(utterance); // some browsers forget the end of an utterance nobody holds
    window.speechSynthesis.speak(utterance);
    // And some never tell of it: a call must go on regardless.
    waiting = setTimeout(next, secondsFor(text, true) * 3000 / utterance.rate + 4000);
  };
  piece(0);
  return stop;
}
