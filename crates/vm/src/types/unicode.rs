//! Properties and case mappings of characters, as CPython's str methods see them.
//!
//! The standard library of Rust knows most of it; general categories come from `unicode-properties`. Characters are
//! numbers because texts may hold lone surrogates, which have no property at all.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

fn property(char: u32, has: impl FnOnce(char) -> bool) -> bool {
    char::from_u32(char).is_some_and(has)
}

fn category(char: char) -> GeneralCategory {
    char.general_category()
}

/// `isspace`
pub fn is_space(char: u32) -> bool {
    match char {
        9..=13 | 28..=32 => true,
        0..=127 => false,
        _ => property(char, char::is_whitespace),
    }
}

/// Whether `splitlines` ends a line here.
pub fn is_line_end(char: u32) -> bool {
    matches!(char, 10..=13 | 28..=30 | 0x85 | 0x2028 | 0x2029)
}

/// `isalpha`
pub fn is_alpha(char: u32) -> bool {
    use GeneralCategory::*;
    if char < 128 {
        return (char as u8).is_ascii_alphabetic();
    }
    property(char, |c| {
        matches!(category(c), UppercaseLetter | LowercaseLetter | TitlecaseLetter | ModifierLetter | OtherLetter)
    })
}

/// `isdecimal`
pub fn is_decimal(char: u32) -> bool {
    if char < 128 {
        return (char as u8).is_ascii_digit();
    }
    property(char, |c| category(c) == GeneralCategory::DecimalNumber)
}

/// `isdigit`: decimals, and digits in circles, above the line, ….
pub fn is_digit(char: u32) -> bool {
    is_decimal(char)
        || matches!(
            char,
            0xb2 | 0xb3
                | 0xb9
                | 0x1369..=0x1371
                | 0x19da
                | 0x2070
                | 0x2074..=0x2079
                | 0x2080..=0x2089
                | 0x2460..=0x2468
                | 0x2474..=0x247c
                | 0x2488..=0x2490
                | 0x24ea
                | 0x24f5..=0x24fd
                | 0x24ff
                | 0x2776..=0x277e
                | 0x2780..=0x2788
                | 0x278a..=0x2792
                | 0x10a40..=0x10a43
                | 0x10e60..=0x10e68
                | 0x11052..=0x1105a
                | 0x1f100..=0x1f10a
        )
}

/// `isnumeric`
pub fn is_numeric(char: u32) -> bool {
    if char < 128 {
        return (char as u8).is_ascii_digit();
    }
    property(char, char::is_numeric) || is_cjk_number(char)
}

/// Ideographs with a numeric value.
fn is_cjk_number(char: u32) -> bool {
    matches!(
        char,
        0x3405 | 0x3483
            | 0x382a
            | 0x3b4d
            | 0x4e00
            | 0x4e03
            | 0x4e07
            | 0x4e09
            | 0x4e24
            | 0x4e5d
            | 0x4e8c
            | 0x4e94
            | 0x4e96
            | 0x4eac
            | 0x4ebf..=0x4ec0
            | 0x4edf
            | 0x4ee8
            | 0x4f0d
            | 0x4f70
            | 0x4fe9
            | 0x5006
            | 0x5104
            | 0x5146
            | 0x5169
            | 0x516b
            | 0x516d
            | 0x5341
            | 0x5343..=0x5345
            | 0x534c
            | 0x53c1..=0x53c4
            | 0x56db
            | 0x58f1
            | 0x58f9
            | 0x5e7a
            | 0x5efe..=0x5eff
            | 0x5f0c..=0x5f0e
            | 0x5f10
            | 0x62d0
            | 0x62fe
            | 0x634c
            | 0x67d2
            | 0x6d1e
            | 0x6f06
            | 0x7396
            | 0x767e
            | 0x7695
            | 0x79ed
            | 0x8086
            | 0x842c
            | 0x8cae
            | 0x8cb3
            | 0x8d30
            | 0x920e
            | 0x94a9
            | 0x9621
            | 0x9646
            | 0x964c
            | 0x9678
            | 0x96f6
            | 0xf96b
            | 0xf973
            | 0xf978
            | 0xf9b2
            | 0xf9d1
            | 0xf9d3
            | 0xf9fd
            | 0x20001
            | 0x20064
            | 0x200e2
            | 0x20121
            | 0x2092a
            | 0x20983
            | 0x2098c
            | 0x2099c
            | 0x20aea
            | 0x20afd
            | 0x20b19
            | 0x22390
            | 0x22998
            | 0x23b1b
            | 0x2626d
            | 0x2f890
    )
}

/// `isupper` for one character.
pub fn is_upper(char: u32) -> bool {
    property(char, char::is_uppercase)
}

/// `islower` for one character.
pub fn is_lower(char: u32) -> bool {
    property(char, char::is_lowercase)
}

/// Whether the character is in title case (`ǅ`).
pub fn is_title(char: u32) -> bool {
    matches!(char, 0x1c5 | 0x1c8 | 0x1cb | 0x1f2 | 0x1f88..=0x1f8f | 0x1f98..=0x1f9f | 0x1fa8..=0x1faf)
        || matches!(char, 0x1fbc | 0x1fcc | 0x1ffc)
}

/// Whether case mappings change the character or map to it.
pub fn is_cased(char: u32) -> bool {
    is_upper(char) || is_lower(char) || is_title(char)
}

/// Characters that do not end a word for the final sigma.
fn is_case_ignorable(char: u32) -> bool {
    use GeneralCategory::*;
    matches!(char, 0x27 | 0x2e | 0x3a | 0xb7 | 0x2019 | 0x2018 | 0x2024 | 0x2027 | 0x387 | 0x55f | 0x5f4 | 0xfe13)
        || matches!(char, 0x5e | 0x60 | 0xa8 | 0xad | 0xaf | 0xb4 | 0xb8)
        || property(char, |c| {
            matches!(category(c), NonspacingMark | EnclosingMark | Format | ModifierLetter | ModifierSymbol)
        })
}

/// `isprintable` for one character.
pub fn is_printable(char: u32) -> bool {
    use GeneralCategory::*;
    if char < 0x7f {
        return char >= 32;
    }
    property(char, |c| {
        !matches!(
            category(c),
            Control
                | Format
                | Surrogate
                | PrivateUse
                | Unassigned
                | LineSeparator
                | ParagraphSeparator
                | SpaceSeparator
        )
    })
}

/// Whether an identifier may start so.
pub fn is_identifier_start(char: u32) -> bool {
    char == b'_' as u32 || property(char, unicode_ident::is_xid_start)
}

/// Whether an identifier may go on so.
pub fn is_identifier_continue(char: u32) -> bool {
    property(char, unicode_ident::is_xid_continue)
}

/// Calls `each` with every character of the upper case.
pub fn upper(char: u32, mut each: impl FnMut(u32)) {
    match char::from_u32(char) {
        Some(c) => c.to_uppercase().for_each(|c| each(c as u32)),
        None => each(char),
    }
}

/// Calls `each` with every character of the lower case.
pub fn lower(char: u32, mut each: impl FnMut(u32)) {
    match char::from_u32(char) {
        Some(c) => c.to_lowercase().for_each(|c| each(c as u32)),
        None => each(char),
    }
}

/// Calls `each` with every character of the title case.
pub fn title(char: u32, mut each: impl FnMut(u32)) {
    match char {
        0x1c4..=0x1c6 => each(0x1c5),
        0x1c7..=0x1c9 => each(0x1c8),
        0x1ca..=0x1cc => each(0x1cb),
        0x1f1..=0x1f3 => each(0x1f2),
        // An apostrophe and n: the letter is what gets the capital.
        0x149 => [0x2bc, 0x4e].into_iter().for_each(each),
        // Georgian has upper case, but words do not start with it.
        0x10d0..=0x10fa | 0x10fd..=0x10ff => each(char),
        // Letters with a subscript iota keep it below in title case.
        0x1f80..=0x1faf => each(char | 8),
        0x1fb3 => each(0x1fbc),
        0x1fc3 => each(0x1fcc),
        0x1ff3 => each(0x1ffc),
        0x1fbc | 0x1fcc | 0x1ffc => each(char),
        0x1fb2 | 0x1fb4 | 0x1fb7 | 0x1fc2 | 0x1fc4 | 0x1fc7 | 0x1ff2 | 0x1ff4 | 0x1ff7 => {
            // The upper case ends with a capital iota; title case has the combining one.
            upper(char, |c| each(if c == 0x399 { 0x345 } else { c }));
        }
        _ => {
            // Of a mapping to several letters (ß, ﬁ, …) only the first is a capital.
            let mut first = true;
            upper(char, |c| {
                if first || !is_upper(c) {
                    each(c);
                } else {
                    lower(c, &mut each);
                }
                first = false;
            });
        }
    }
}

/// Calls `each` with every character of the case-folded form.
pub fn fold(char: u32, mut each: impl FnMut(u32)) {
    match char {
        0x131 => each(char),
        0x1e9e => [0x73, 0x73].into_iter().for_each(each),
        0x13a0..=0x13f5 => each(char),
        0x13f8..=0x13fd => each(char - 8),
        0xab70..=0xabbf => each(char - 0xab70 + 0x13a0),
        // Upper and lower case of the same letter, of which the first is preferred.
        0x345 => each(0x3b9),
        _ => {
            // The fold of a letter is the lower case of its upper case, with few exceptions.
            upper(char, |c| match c {
                0x13a0..=0x13f5 => each(c),
                0x399 => each(0x3b9),
                _ => lower(c, &mut each),
            });
        }
    }
}

/// Whether a capital sigma that stands between these characters is the last letter of its word.
pub fn is_final_sigma(before: impl Iterator<Item = u32>, after: impl Iterator<Item = u32>) -> bool {
    first_is_cased(before) && !first_is_cased(after)
}

fn first_is_cased(mut chars: impl Iterator<Item = u32>) -> bool {
    chars.find(|char| !is_case_ignorable(*char)).is_some_and(is_cased)
}
