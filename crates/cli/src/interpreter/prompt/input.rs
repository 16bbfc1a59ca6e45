//! Whether what was typed goes on in the next line, and how that is indented.

/// First words of statements that have a body.
const COMPOUND: [&str; 8] = ["if", "while", "for", "try", "with", "def", "class", "async"];

/// Whether the prompt asks for more: quotes or brackets are open, the text ends with a backslash, or a compound statement has
/// not ended with an empty line. `text` has no line end after its last line.
pub fn goes_on(text: &str) -> bool {
    match scan(text) {
        End::Open => true,
        End::Closed { colon_first } => is_compound(text, colon_first) && !text.ends_with('\n'),
    }
}

/// How many spaces the line after this text begins with.
pub fn indentation(text: &str) -> usize {
    let mut lines = text.rsplit('\n');
    let last = lines.next().unwrap_or_default();
    let blank = |line: &str| line.bytes().all(|byte| byte == b' ');
    if blank(last) && lines.next().is_some_and(blank) {
        return 0;
    }
    let spaces = last.bytes().take_while(|byte| *byte == b' ').count();
    (spaces / 4 + usize::from(last.ends_with(':'))) * 4
}

fn is_compound(text: &str, colon_first: bool) -> bool {
    let word = |word: &str| {
        text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    // `match` is a name, too.
    text.starts_with('@') || COMPOUND.into_iter().any(word) || word("match") && colon_first
}

/// How a text ends.
enum End {
    /// Within quotes or brackets, or with a backslash.
    Open,
    /// Or not; and whether its first line ended with a colon.
    Closed { colon_first: bool },
}

fn scan(text: &str) -> End {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let mut at = 0;
    let mut last = 0;
    let mut colon_first = None;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'#' => {
                at += bytes[at..].iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len() - at);
                continue;
            }
            b'\'' | b'"' => {
                let quotes = [byte; 3];
                let long = bytes[at - 1..].starts_with(&quotes);
                at += if long { 2 } else { 0 };
                match end_of_string(bytes, at, if long { &quotes } else { &quotes[..1] }) {
                    Some(end) => at = end,
                    None => return End::Open,
                }
            }
            b'\\' if at == bytes.len() => return End::Open,
            b'\\' => at += 1,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'\n' if depth == 0 => colon_first = colon_first.or(Some(last == b':')),
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    if depth > 0 {
        return End::Open;
    }
    End::Closed { colon_first: colon_first.unwrap_or(last == b':') }
}

/// Where a string ends, or where its line does if it may not have several. `None`: it goes on.
fn end_of_string(bytes: &[u8], mut at: usize, quotes: &[u8]) -> Option<usize> {
    loop {
        match bytes.get(at) {
            None if quotes.len() == 1 => return Some(at),
            None => return None,
            Some(b'\\') if at + 1 >= bytes.len() => return None,
            Some(b'\\') => at += 1,
            Some(b'\n') if quotes.len() == 1 => return Some(at),
            Some(_) if bytes[at..].starts_with(quotes) => return Some(at + quotes.len()),
            Some(_) => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_asked_for() {
        for text in [
            "(",
            "[1,\n2",
            "{1: ')'",
            "'''a",
            "\"\"\"a\n'''",
            "'''\\'''",
            "1 + \\",
            "'a\\",
            "if x:",
            "if x:\n    y",
            "def f(\n):",
            "@d",
            "async def f(): pass",
            "match x:",
            "match (\n",
            "match x:  # y\n  case 1:",
            "class A: pass",
            "f('''(",
            "# x\n(",
        ] {
            assert!(goes_on(text), "{text:?}");
        }
        for text in [
            "",
            "1",
            "(1)",
            "'('",
            "'abc",
            "if1 = 2",
            "iffy(x)",
            "match = 3",
            "match(x)",
            "match x",
            "# it's (",
            "'\\''",
            "1 # \\",
            ")",
            "if x:\n    y\n",
            "match x:\n  case 1: 2\n",
            "x = '''a\nb'''",
            "format(1)",
            "'#' # '''",
        ] {
            assert!(!goes_on(text), "{text:?}");
        }
    }

    #[test]
    fn indented_as_the_line_before() {
        for (text, spaces) in [
            ("if x:", 4),
            ("if x:\n    y", 4),
            ("a:\n    b:", 8),
            ("if x:\n    y\n    ", 4),
            ("x:\n    y\n    \n    ", 0),
            ("(", 0),
            ("x\n   y", 0),
        ] {
            assert_eq!(indentation(text), spaces, "{text:?}");
        }
    }
}
