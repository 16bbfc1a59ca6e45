//! Format strings of `struct`: sizes, alignment, positions of the items.

use alloc::vec::Vec;

/// Where an item stands. A repeated code is as many items, except for `s` and `p`, which are one of that length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The format character.
    pub code: u8,
    /// Distance from the start.
    pub offset: usize,
    /// Size of one item.
    pub size: usize,
}

impl Field {
    /// Whether a value stands there (not for padding).
    pub fn has_value(&self) -> bool {
        self.code != b'x'
    }
}

/// Items of the same code in a row.
#[derive(Clone, Copy, Debug)]
struct Run {
    field: Field,
    count: usize,
}

/// A parsed format.
#[derive(Debug)]
pub struct Format {
    /// Whether the most significant byte comes first.
    pub big_endian: bool,
    /// Size of all in bytes.
    pub size: usize,
    /// How many values it takes.
    pub values: usize,
    runs: Vec<Run>,
}

/// Size and alignment of a code by native rules.
fn native(code: u8) -> Option<(usize, usize)> {
    let word = size_of::<usize>();
    let size = match code {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'q' | b'Q' | b'd' => 8,
        b'l' | b'L' | b'n' | b'N' | b'P' | b'O' | b'S' => word,
        _ => return None,
    };
    Some((size, size))
}

/// Size of a code by the rules that are the same everywhere. The official VM knows pointers there too.
fn standard(code: u8) -> Option<(usize, usize)> {
    let size = match code {
        b'l' | b'L' => 4,
        b'n' | b'N' => return None,
        _ => native(code)?.0,
    };
    Some((size, 1))
}

impl Format {
    /// Understands a format.
    pub fn parse(text: &[u8]) -> Result<Format, &'static str> {
        const TOO_LARGE: &str = "total struct size too long";
        let (order, mut rest) = match text {
            [order @ (b'@' | b'=' | b'<' | b'>' | b'!'), rest @ ..] => (*order, rest),
            _ => (b'@', text),
        };
        let mut format = Format {
            big_endian: matches!(order, b'>' | b'!') || (cfg!(target_endian = "big") && order != b'<'),
            size: 0,
            values: 0,
            runs: Vec::new(),
        };
        while let Some((&c, after)) = rest.split_first() {
            if c.is_ascii_whitespace() {
                rest = after;
                continue;
            }
            let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
            let mut count = if digits > 0 { 0usize } else { 1 };
            for digit in &rest[..digits] {
                let next = count.checked_mul(10).and_then(|n| n.checked_add((digit - b'0') as usize));
                count = next.ok_or(TOO_LARGE)?;
            }
            let Some((&code, after)) = rest[digits..].split_first() else {
                return Err("repeat count given without format specifier");
            };
            rest = after;
            let kind = if order == b'@' { native(code) } else { standard(code) };
            let (size, align) = kind.ok_or("bad char in struct format")?;
            let offset = format.size.checked_next_multiple_of(align).ok_or(TOO_LARGE)?;
            let total = size.checked_mul(count).and_then(|total| total.checked_add(offset));
            format.size = total.filter(|total| *total <= isize::MAX as usize / 32).ok_or(TOO_LARGE)?;
            let text = matches!(code, b's' | b'p');
            // An empty text is still a value.
            let run = if text {
                Run { field: Field { code, offset, size: count }, count: 1 }
            } else {
                Run { field: Field { code, offset, size }, count }
            };
            if run.field.has_value() {
                format.values = format.values.checked_add(run.count).ok_or(TOO_LARGE)?;
            }
            format.runs.try_reserve(1).map_err(|_| TOO_LARGE)?;
            format.runs.push(run);
        }
        Ok(format)
    }

    /// The items in order.
    pub fn fields(&self) -> impl Iterator<Item = Field> + '_ {
        self.runs.iter().flat_map(|run| {
            (0..run.count).map(move |i| Field { offset: run.field.offset + i * run.field.size, ..run.field })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{string::String, vec::Vec};

    #[test]
    fn sizes() {
        let cases = [
            ("", 0, 0),
            ("<bI", 5, 2),
            ("bI", 8, 2),
            ("100sI", 104, 2),
            ("97sI", 104, 2),
            ("7xx", 8, 0),
            (">bxI3xH", 11, 3),
            ("qb", 9, 2),
            ("b0q", 8, 1),
            ("=l", 4, 1),
            ("<2H 3s", 7, 3),
            ("0s", 0, 1),
            ("!d", 8, 1),
        ];
        for (text, size, values) in cases {
            let format = Format::parse(text.as_bytes()).unwrap();
            assert_eq!((format.size, format.values), (size, values), "{text:?}");
        }
        for bad in ["z", "<n", "3", "99999999999999999999b", "9000000000000000000q"] {
            assert!(Format::parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn places() {
        let format = Format::parse(b"b2h3s").unwrap();
        let places: Vec<_> = format.fields().map(|field| (field.code as char, field.offset, field.size)).collect();
        assert_eq!(places, [('b', 0, 1), ('h', 2, 2), ('h', 4, 2), ('s', 6, 3)]);
        let codes: String = Format::parse(b"<xB").unwrap().fields().map(|field| field.code as char).collect();
        assert_eq!(codes, "xB");
    }
}
