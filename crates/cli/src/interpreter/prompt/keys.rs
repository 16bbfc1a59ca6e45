//! Bytes of a terminal as keys (command-line.md §5).

/// A key, by what it does to the line. What Ctrl-A to Ctrl-E do depends on whether there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character that is inserted.
    Char(char),
    /// Ctrl and a letter, 1 for A.
    Control(u8),
    Enter,
    Tab,
    Backspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    Up,
    Down,
    KillToEnd,
    KillToStart,
    KillWordLeft,
    KillWordRight,
}

/// What has come of a key that takes several bytes.
#[derive(Clone, Default)]
enum Partial {
    #[default]
    Nothing,
    Escape,
    /// After `ESC [` or `ESC O`: the parameters.
    Sequence(Vec<u8>),
    /// The first bytes of a character in UTF-8.
    Char(Vec<u8>),
}

/// Takes bytes, gives keys.
#[derive(Default)]
pub struct Decoder {
    partial: Partial,
    after_return: bool,
}

/// No sequence that means something has more parameters.
const LONGEST: usize = 8;

impl Decoder {
    /// The next byte; gives the key that it completes.
    pub fn feed(&mut self, byte: u8) -> Option<Key> {
        // Of a CR LF only the first counts.
        if std::mem::replace(&mut self.after_return, byte == b'\r') && byte == b'\n' {
            return None;
        }
        match std::mem::take(&mut self.partial) {
            Partial::Nothing => self.first(byte),
            Partial::Escape => self.escaped(byte),
            Partial::Sequence(mut bytes) => {
                if !(b'@'..=b'~').contains(&byte) {
                    if bytes.len() < LONGEST {
                        bytes.push(byte);
                    }
                    self.partial = Partial::Sequence(bytes);
                    return None;
                }
                sequence(&bytes, byte)
            }
            Partial::Char(mut bytes) => {
                if byte & 0xc0 != 0x80 {
                    return self.first(byte);
                }
                bytes.push(byte);
                match std::str::from_utf8(&bytes) {
                    Ok(text) => text.chars().next().map(Key::Char),
                    Err(error) => {
                        if error.error_len().is_none() {
                            self.partial = Partial::Char(bytes);
                        }
                        None
                    }
                }
            }
        }
    }

    fn first(&mut self, byte: u8) -> Option<Key> {
        Some(match byte {
            1..=5 => Key::Control(byte),
            6 => Key::Right,
            8 | 127 => Key::Backspace,
            b'\t' => Key::Tab,
            b'\n' | b'\r' => Key::Enter,
            11 => Key::KillToEnd,
            14 => Key::Down,
            16 => Key::Up,
            21 => Key::KillToStart,
            23 => Key::KillWordLeft,
            27 => {
                self.partial = Partial::Escape;
                return None;
            }
            b' '..=b'~' => Key::Char(byte as char),
            0xc2..=0xf4 => {
                self.partial = Partial::Char(vec![byte]);
                return None;
            }
            _ => return None,
        })
    }

    fn escaped(&mut self, byte: u8) -> Option<Key> {
        match byte {
            b'[' | b'O' => self.partial = Partial::Sequence(Vec::new()),
            27 => self.partial = Partial::Escape,
            b'b' => return Some(Key::WordLeft),
            b'f' => return Some(Key::WordRight),
            b'd' => return Some(Key::KillWordRight),
            8 | 127 => return Some(Key::KillWordLeft),
            _ => {}
        }
        None
    }
}

fn sequence(parameters: &[u8], last: u8) -> Option<Key> {
    Some(match (parameters, last) {
        (b"1;5", b'C') => Key::WordRight,
        (b"1;5", b'D') => Key::WordLeft,
        (b"", b'A') => Key::Up,
        (b"", b'B') => Key::Down,
        (b"", b'C') => Key::Right,
        (b"", b'D') => Key::Left,
        (b"", b'H') | (b"1" | b"7", b'~') => Key::Home,
        (b"", b'F') | (b"4" | b"8", b'~') => Key::End,
        (b"3", b'~') => Key::Delete,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut decoder = Decoder::default();
        bytes.iter().filter_map(|&byte| decoder.feed(byte)).collect()
    }

    #[test]
    fn bytes_become_keys() {
        assert_eq!(keys(b"a\r\nb\n\n"), [Key::Char('a'), Key::Enter, Key::Char('b'), Key::Enter, Key::Enter]);
        assert_eq!(
            keys(b"\x1b[A\x1bOF\x1b[3~\x1b[1;5D\x1bd"),
            [Key::Up, Key::End, Key::Delete, Key::WordLeft, Key::KillWordRight]
        );
        assert_eq!(keys("\u{e9}\u{20ac}\u{1f40d}".as_bytes()), ['\u{e9}', '\u{20ac}', '\u{1f40d}'].map(Key::Char));
    }

    #[test]
    fn what_means_nothing_is_left_out() {
        assert_eq!(keys(b"\x1b[200~x\x1b[99;99Zy\x00\xffz\xc3q"), ['x', 'y', 'z', 'q'].map(Key::Char));
        assert_eq!(keys(b"\x1b[1;2;3;4;5;6;7ab"), [Key::Char('b')]);
        assert_eq!(keys(b"\x1b\x1b[C"), [Key::Right]);
    }
}
