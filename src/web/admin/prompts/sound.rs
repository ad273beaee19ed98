//! Whether bytes are a recording that telephones can play, and how long it is: WAV and MP3, known by what is
//! in them and not by what they are called. Pure.

/// The largest recording, in bytes.
pub(super) const MOST: usize = 10 * 1024 * 1024;
/// The longest, in ms: nobody listens to more.
const LONGEST: u64 = 5 * 60 * 1000;
/// The shortest, in ms: less is a slip of the hand.
const SHORTEST: u64 = 100;

/// A recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sound {
    /// How files of the kind end.
    pub(super) ending: &'static str,
    pub(super) millis: u64,
}

/// Why bytes are none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NoSound {
    /// There is nothing.
    Empty,
    /// It is larger than it may be.
    TooLarge,
    /// It is neither WAV nor MP3.
    Kind,
    /// It breaks off or is damaged.
    Damaged,
    /// It is WAV in a form telephones do not play.
    Coding,
    /// It lasts too long.
    TooLong,
    /// It lasts no time.
    TooShort,
}

/// What the bytes are.
///
/// # Errors
/// Why they are no recording.
pub(super) fn look(bytes: &[u8]) -> Result<Sound, NoSound> {
    if bytes.is_empty() {
        return Err(NoSound::Empty);
    }
    if bytes.len() > MOST {
        return Err(NoSound::TooLarge);
    }
    let sound = match bytes {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', chunks @ ..] => {
            Sound { ending: "wav", millis: wav(chunks)? }
        }
        [b'I', b'D', b'3', ..] | [0xff, 0xe0..=0xff, ..] => Sound { ending: "mp3", millis: mp3(bytes)? },
        _ => return Err(NoSound::Kind),
    };
    match sound.millis {
        SHORTEST..=LONGEST => Ok(sound),
        millis if millis > LONGEST => Err(NoSound::TooLong),
        _ => Err(NoSound::TooShort),
    }
}

/// The length of a WAV, in ms: PCM, A-law or µ-law, one or two channels.
fn wav(mut chunks: &[u8]) -> Result<u64, NoSound> {
    let mut rate = None;
    while let [a, b, c, d, l0, l1, l2, l3, rest @ ..] = chunks {
        let length = usize::try_from(u32::from_le_bytes([*l0, *l1, *l2, *l3])).map_err(|_| NoSound::Damaged)?;
        let body = rest.get(..length).ok_or(NoSound::Damaged)?;
        match [*a, *b, *c, *d].as_slice() {
            b"fmt " => rate = Some(bytes_a_second(body)?),
            b"data" => {
                let rate = rate.ok_or(NoSound::Damaged)?;
                return Ok(length as u64 * 1000 / rate);
            }
            _ => {}
        }
        // Chunks begin at even places.
        chunks = rest.get(length + length % 2..).unwrap_or_default();
    }
    Err(NoSound::Damaged)
}

fn bytes_a_second(format: &[u8]) -> Result<u64, NoSound> {
    let [k0, k1, c0, c1, r0, r1, r2, r3, _, _, _, _, a0, a1, b0, b1, more @ ..] = format else {
        return Err(NoSound::Damaged);
    };
    let word = |low: &u8, high: &u8| u16::from_le_bytes([*low, *high]);
    let kind = match (word(k0, k1), more) {
        // The form that names its coding further behind.
        (0xfffe, [_, _, _, _, _, _, _, _, s0, s1, ..]) => word(s0, s1),
        (kind, _) => kind,
    };
    let (channels, rate) = (word(c0, c1), u32::from_le_bytes([*r0, *r1, *r2, *r3]));
    let (align, bits) = (word(a0, a1), word(b0, b1));
    let coded = matches!((kind, bits), (1, 8 | 16) | (6 | 7, 8));
    let fits = (1..=2).contains(&channels) && (8000..=48_000).contains(&rate) && align == channels * bits / 8;
    if coded && fits { Ok(u64::from(rate) * u64::from(align)) } else { Err(NoSound::Coding) }
}

/// The length of an MP3, in ms: every frame of layer III follows on the last.
fn mp3(bytes: &[u8]) -> Result<u64, NoSound> {
    let mut at = match bytes {
        [b'I', b'D', b'3', _, _, flags, a, b, c, d, ..] => {
            let size = [a, b, c, d].iter().fold(0_usize, |size, byte| size << 7 | usize::from(**byte & 0x7f));
            10 + size + if flags & 0x10 != 0 { 10 } else { 0 }
        }
        _ => 0,
    };
    let (mut micros, mut frames) = (0_u64, 0_u32);
    while let Some([a, b, c, _, ..]) = bytes.get(at..) {
        let Some((length, lasts)) = frame(*a, *b, *c) else { break };
        if at + length > bytes.len() {
            return Err(NoSound::Damaged);
        }
        (at, micros, frames) = (at + length, micros + lasts, frames + 1);
    }
    let rest = bytes.get(at..).unwrap_or_default();
    // Behind the last frame stand names at most.
    let named =
        rest.is_empty() || rest.starts_with(b"TAG") || rest.starts_with(b"APETAGEX") || rest.iter().all(|b| *b == 0);
    if frames < 3 || !named { Err(NoSound::Damaged) } else { Ok(micros / 1000) }
}

/// Bytes and microseconds of a frame by its head; none: it is no frame of layer III.
fn frame(a: u8, b: u8, c: u8) -> Option<(usize, u64)> {
    const ONE: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const TWO: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    if a != 0xff || b & 0xe0 != 0xe0 || b >> 1 & 3 != 1 {
        return None;
    }
    let version = b >> 3 & 3;
    let first = version == 3;
    let rate = [44_100, 48_000, 32_000].get(usize::from(c >> 2 & 3)).copied()?;
    let rate: u32 = match version {
        3 => rate,
        2 => rate / 2,
        0 => rate / 4,
        _ => return None,
    };
    let index = usize::from(c >> 4).checked_sub(1)?;
    let kilobits = if first { ONE.get(index) } else { TWO.get(index) }.copied()?;
    let samples: u32 = if first { 1152 } else { 576 };
    let length = samples / 8 * kilobits * 1000 / rate + u32::from(c >> 1 & 1);
    Some((usize::try_from(length).ok()?, u64::from(samples) * 1_000_000 / u64::from(rate)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav_of(kind: u16, bits: u16, data: usize) -> Vec<u8> {
        let mut wav = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        wav.extend(kind.to_le_bytes());
        wav.extend(1_u16.to_le_bytes());
        wav.extend(8000_u32.to_le_bytes());
        wav.extend((8000 * u32::from(bits / 8)).to_le_bytes());
        wav.extend((bits / 8).to_le_bytes());
        wav.extend(bits.to_le_bytes());
        wav.extend(b"data");
        wav.extend(u32::try_from(data).unwrap().to_le_bytes());
        wav.extend(vec![0; data]);
        wav
    }

    fn mp3_of(frames: usize) -> Vec<u8> {
        // MPEG 1, layer III, 128 kbit/s, 44 100 a second: 417 bytes.
        let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
        frame.resize(417, 0);
        frame.repeat(frames)
    }

    #[test]
    fn recordings_are_known_by_what_is_in_them() {
        let is = |ending, millis| Ok(Sound { ending, millis });
        assert_eq!(look(&wav_of(1, 16, 16_000)), is("wav", 1000));
        assert_eq!(look(&wav_of(7, 8, 16_000)), is("wav", 2000));
        assert_eq!(look(&mp3_of(100)), is("mp3", 2612));
        let tagged = [b"ID3\x04\0\0\0\0\0\x05hello".to_vec(), mp3_of(100), b"TAGname".to_vec()].concat();
        assert_eq!(look(&tagged), is("mp3", 2612));
    }

    #[test]
    fn what_is_none_is_refused_and_says_why() {
        for (bytes, why) in [
            (Vec::new(), NoSound::Empty),
            (b"<html>not a sound at all</html>".to_vec(), NoSound::Kind),
            (b"OggS\0\0\0\0\0\0".to_vec(), NoSound::Kind),
            (b"RIFF\0\0\0\0AVI LIST".to_vec(), NoSound::Kind),
            (b"RIFF\0\0\0\0WAVE".to_vec(), NoSound::Damaged),
            (wav_of(1, 16, 16_000)[..8000].to_vec(), NoSound::Damaged),
            (wav_of(3, 32, 16_000), NoSound::Coding),
            (wav_of(1, 24, 16_000), NoSound::Coding),
            (wav_of(1, 16, 100), NoSound::TooShort),
            (wav_of(7, 8, 8000 * 301), NoSound::TooLong),
            (mp3_of(100)[..1000].to_vec(), NoSound::Damaged),
            ([mp3_of(10), b"<script>".to_vec()].concat(), NoSound::Damaged),
            ([b"ID3\x04\0\0\x7f\x7f\x7f\x7f".to_vec(), mp3_of(10)].concat(), NoSound::Damaged),
            (vec![0xff; 3000], NoSound::Damaged),
            (vec![0; MOST + 1], NoSound::TooLarge),
        ] {
            assert_eq!(look(&bytes), Err(why), "{:?}", &bytes[..bytes.len().min(20)]);
        }
    }
}
