//! Generalised UTF-8: characters of texts that may hold lone surrogates.
//!
//! Decoding never fails and never panics: texts made by this crate are well formed, and for bytes that are not
//! (a damaged file) any answer inside the text will do.

/// The character at an offset and its length in bytes; `None` at the end.
#[inline]
pub fn decode(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = *bytes.get(at)?;
    if first < 0x80 {
        return Some((first as u32, 1));
    }
    let next = |i: usize| bytes.get(at + i).map_or(0, |byte| (*byte & 0x3f) as u32);
    let lead = first as u32;
    let (value, len) = match first {
        0xf0.. => ((lead & 7) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4),
        0xe0.. => ((lead & 15) << 12 | next(1) << 6 | next(2), 3),
        0xc0.. => ((lead & 31) << 6 | next(1), 2),
        _ => (lead, 1),
    };
    Some((value.min(0x10_ffff), len.min(bytes.len() - at)))
}

/// Start of the character that ends at an offset.
#[inline]
pub fn previous(bytes: &[u8], end: usize) -> usize {
    let mut at = end.min(bytes.len());
    while at > 0 {
        at -= 1;
        if bytes[at] & 0xc0 != 0x80 {
            break;
        }
    }
    at
}

/// The characters of a text.
#[derive(Clone)]
pub struct Chars<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The characters of a text.
pub fn chars(bytes: &[u8]) -> Chars<'_> {
    Chars { bytes, at: 0 }
}

impl Iterator for Chars<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let (char, len) = decode(self.bytes, self.at)?;
        self.at += len;
        Some(char)
    }
}

/// The bytes of one character.
#[derive(Clone, Copy)]
pub struct Encoded {
    bytes: [u8; 4],
    len: u8,
}

impl Encoded {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len as usize]
    }
}

/// Encodes a character (surrogates included).
#[inline]
pub fn encode(char: u32) -> Encoded {
    let tail = |shift: u32| 0x80 | (char >> shift & 0x3f) as u8;
    let (bytes, len) = match char {
        0..0x80 => ([char as u8, 0, 0, 0], 1),
        0x80..0x800 => ([0xc0 | (char >> 6) as u8, tail(0), 0, 0], 2),
        0x800..0x1_0000 => ([0xe0 | (char >> 12) as u8, tail(6), tail(0), 0], 3),
        _ => ([0xf0 | (char >> 18 & 7) as u8, tail(12), tail(6), tail(0)], 4),
    };
    Encoded { bytes, len }
}

/// Whether a character is a lone surrogate, which no encoding takes.
pub fn is_surrogate(char: u32) -> bool {
    (0xd800..0xe000).contains(&char)
}

/// The first place where bytes are not valid UTF-8: offset, how many bytes belong to the error, why.
pub fn find_invalid(bytes: &[u8]) -> Option<(usize, usize, &'static str)> {
    let error = core::str::from_utf8(bytes).err()?;
    let at = error.valid_up_to();
    Some(match error.error_len() {
        None => (at, bytes.len() - at, "unexpected end of data"),
        Some(len) => {
            let first = bytes.get(at).copied().unwrap_or(0);
            let why = if (0xc2..0xf5).contains(&first) { "invalid continuation byte" } else { "invalid start byte" };
            (at, len, why)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_survive_a_round_trip() {
        for char in (0..0x3000).chain(0xd7f0..0xe010).chain(0xfff0..0x10010).chain([0x10_ffff]) {
            let encoded = encode(char);
            assert_eq!(decode(encoded.bytes(), 0), Some((char, encoded.bytes().len())));
            assert_eq!(previous(encoded.bytes(), encoded.bytes().len()), 0);
        }
    }

    #[test]
    fn damaged_text_stays_inside() {
        for first in 0x80..=0xff {
            assert_eq!(decode(&[first], 0).map(|(_, len)| len), Some(1));
        }
    }
}
