//! Finding tokens again: where the next one starts, and where a comma was.
//!
//! The tree drops what only the official parse tree's line numbers depend on; these helpers read it
//! from the source.

/// Offset of the next token at or after `at`: white space, newlines, comments and continuations skipped.
pub fn next_token(source: &[u8], at: u32) -> u32 {
    let mut at = at as usize;
    while let Some(&byte) = source.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0c => at += 1,
            b'\\' if matches!(source.get(at + 1), Some(b'\n' | b'\r')) => at += 2,
            b'#' => {
                while source.get(at).is_some_and(|&byte| byte != b'\n' && byte != b'\r') {
                    at += 1;
                }
            }
            _ => break,
        }
    }
    at as u32
}

/// Offset just after the comma that follows an expression that ends at `at` (its closing
/// parentheses may still come); `None` if none follows.
pub fn after_comma(source: &[u8], at: u32) -> Option<u32> {
    let mut at = next_token(source, at);
    while source.get(at as usize) == Some(&b')') {
        at = next_token(source, at + 1);
    }
    (source.get(at as usize) == Some(&b',')).then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_behind_blanks() {
        assert_eq!(next_token(b"a  # x\n\\\n  b", 1), 11);
        assert_eq!(next_token(b"a", 1), 1);
        assert_eq!(after_comma(b"(a) , b", 2), Some(5));
        assert_eq!(after_comma(b"a) b", 1), None);
    }
}
