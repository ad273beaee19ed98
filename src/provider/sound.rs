//! What is known of a sound that a provider uploaded, by how its file begins. Knows nothing of where the
//! file lies.

use super::Refused;
use crate::call::event::Recording;

/// The shortest head of a WAV, in bytes: with less nothing was taken down.
const HEAD: u64 = 44;
/// The shortest word, in ms.
const WORD: u64 = 300;
const NO_WAV: Refused = Refused::Malformed("the file is no WAV");

/// A message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sound {
    /// How long it is, in ms; 0: there is nothing to be heard.
    pub millis: u64,
}

impl Sound {
    /// As much of a file's beginning as one looks at, in bytes: what stands before the sound is short.
    pub const LOOK: usize = 4096;

    /// Of a file that begins so and has so many bytes. One that is no WAV is [`Refused::Malformed`].
    pub fn of(begins: &[u8], bytes: u64) -> Result<Sound, Refused> {
        if bytes < HEAD {
            return Ok(Sound { millis: 0 });
        }
        if begins.get(..4) != Some(b"RIFF") || begins.get(8..12) != Some(b"WAVE") {
            return Err(NO_WAV);
        }
        let number = |at: usize| Some(u32::from_le_bytes(begins.get(at..at.checked_add(4)?)?.try_into().ok()?));
        let (mut at, mut rate) = (12_usize, None);
        loop {
            let (name, size) = (begins.get(at..at + 4).ok_or(NO_WAV)?, number(at + 4).ok_or(NO_WAV)?);
            match name {
                b"fmt " => rate = number(at + 16).filter(|rate| *rate > 0),
                b"data" => {
                    let rest = bytes.saturating_sub(at as u64 + 8);
                    // Whoever writes while it is spoken may not have known how long it becomes.
                    let heard = if size == 0 || size == u32::MAX { rest } else { rest.min(size.into()) };
                    let rate = rate.ok_or(NO_WAV)?;
                    return Ok(Sound { millis: heard.saturating_mul(1000) / u64::from(rate) });
                }
                _ => {}
            }
            // Chunks begin at even places.
            let size = usize::try_from(size).map_err(|_| NO_WAV)?;
            at = at.checked_add(8).and_then(|at| at.checked_add(size)?.checked_next_multiple_of(2)).ok_or(NO_WAV)?;
            if at > Sound::LOOK {
                return Err(NO_WAV);
            }
        }
    }

    /// Whether it is long enough for a word: a shorter one is of whoever pressed a key at once.
    pub fn is_heard(self) -> bool {
        self.millis >= WORD
    }

    /// As a call takes it: of no provider's, for it lies with us.
    pub fn recording(self) -> Recording {
        let seconds = u32::try_from(self.millis.div_ceil(1000)).unwrap_or(u32::MAX);
        Recording { id: String::new(), url: None, seconds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A WAV of so many bytes of sound at 16 000 a second.
    fn wav(sound: usize, told: u32, before: &[u8]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0".to_vec();
        file.extend(before);
        file.extend(b"data");
        file.extend(told.to_le_bytes());
        file.resize(file.len() + sound, 7);
        file
    }

    fn millis(file: &[u8]) -> Result<u64, Refused> {
        Sound::of(&file[..file.len().min(Sound::LOOK)], file.len() as u64).map(|sound| sound.millis)
    }

    #[test]
    fn a_sound_is_as_long_as_what_is_there_of_it() {
        assert_eq!(millis(&wav(16_000, 16_000, b"")), Ok(1000));
        for unknown in [0, u32::MAX, 9_000_000] {
            assert_eq!(millis(&wav(40_000, unknown, b"")), Ok(2500));
        }
        assert_eq!(millis(&wav(16_000, 8_000, b"LIST\x03\0\0\0abc\0")), Ok(500), "an odd chunk has a byte behind it");
        assert_eq!(millis(&wav(0, 0, b"")), Ok(0));
        assert_eq!(Sound { millis: 1001 }.recording().seconds, 2);
    }

    #[test]
    fn what_has_no_head_is_nothing_and_what_has_another_is_no_wav() {
        for nothing in [&b""[..], b"undefined", &wav(0, 0, b"")[..43]] {
            assert_eq!(millis(nothing), Ok(0));
        }
        let endless = [b"LIST".as_slice(), &u32::MAX.to_le_bytes()].concat();
        let bent = [b"ID3".repeat(30), b"RIFF1234AVI ".repeat(9), wav(90, 90, &endless)];
        let mut no_rate = wav(90, 90, b"");
        no_rate[28..32].fill(0);
        for file in bent.iter().chain([&no_rate]) {
            assert_eq!(millis(file), Err(NO_WAV));
        }
    }
}
