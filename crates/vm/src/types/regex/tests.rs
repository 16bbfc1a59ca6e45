use super::{compile, emit};

#[test]
fn refused_patterns() {
    for pattern in
        ["?", "*", "+", ")", "[", "([", "([)", "[a\\]", "(?P<n>", "a**", "(?<=a*)", "\\1", "(?P<1>a)", "a{2,1}"]
    {
        assert!(compile::parse(pattern.as_bytes(), true, 0).is_err(), "{pattern}");
    }
}

#[test]
fn nesting_has_a_limit() {
    let deep = ["(".repeat(70_000), ")".repeat(70_000)].concat();
    assert!(compile::parse(deep.as_bytes(), true, 0).is_err());
}

#[test]
fn programs_start_with_their_literal_prefix() {
    for (pattern, prefix) in [("abc", "abc"), ("ab+c", "ab"), ("a|b", ""), ("(ab)c", "abc"), ("é.", "é"), ("x*y", "")]
    {
        let Ok(parsed) = compile::parse(pattern.as_bytes(), true, 0) else {
            panic!("{pattern} was refused");
        };
        let words = emit::emit(&parsed, true);
        let found: alloc::vec::Vec<u8> = words[3..3 + words[2] as usize].iter().map(|word| *word as u8).collect();
        assert_eq!(found, prefix.as_bytes(), "{pattern}");
    }
}
