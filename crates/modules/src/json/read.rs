//! Reading JSON.

use vm::{
    Obj, R, Raised, Vm,
    layout::text::Text,
    native::Args,
    text_out::TextOut,
    types::{exception::Exc, float_text, int_text, utf8},
};

/// Functions of the program that make values.
#[derive(Clone, Copy, Default)]
struct Hooks {
    object: Option<Obj>,
    pairs: Option<Obj>,
    float: Option<Obj>,
    int: Option<Obj>,
}

struct Reader<'t> {
    text: &'t Text,
    bytes: &'t [u8],
    at: usize,
    hooks: Hooks,
}

/// Reads a whole document.
pub fn document(vm: &mut Vm, text: &Text, args: &Args) -> R {
    let mut hooks = Hooks::default();
    for (name, value) in args.keywords() {
        let value = (value != Obj::NONE).then_some(value);
        match vm.str_bytes(name) {
            Some(b"object_hook") => hooks.object = value,
            Some(b"object_pairs_hook") => hooks.pairs = value,
            Some(b"parse_float") => hooks.float = value,
            Some(b"parse_int") => hooks.int = value,
            Some(b"cls" | b"parse_constant" | b"strict") => {}
            _ => return Err(vm.type_error("extra keyword arguments given")),
        }
    }
    let mut reader = Reader { text, bytes: text.bytes(), at: 0, hooks };
    reader.space();
    let value = reader.value(vm)?;
    reader.space();
    if reader.at < reader.bytes.len() {
        return Err(reader.error(vm, "Extra data"));
    }
    Ok(value)
}

impl Reader<'_> {
    #[cold]
    fn error(&self, vm: &mut Vm, message: &str) -> Raised {
        let at = self.at.min(self.bytes.len());
        let before = &self.bytes[..at];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let (char, start) = (self.text.char_of(at), self.text.char_of(line_start));
        let column = char - start + 1;
        vm.error(Exc::ValueError, format_args!("{message}: line {line} column {column} (char {char})"))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &[u8]) -> bool {
        let found = self.bytes[self.at..].starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    fn value(&mut self, vm: &mut Vm) -> R {
        match self.peek() {
            Some(b'"') => self.string(vm),
            Some(b'{') => self.object(vm),
            Some(b'[') => self.array(vm),
            Some(b'-' | b'0'..=b'9') => self.number(vm),
            _ if self.word(b"null") => Ok(Obj::NONE),
            _ if self.word(b"true") => Ok(Obj::TRUE),
            _ if self.word(b"false") => Ok(Obj::FALSE),
            _ if self.word(b"NaN") => vm.new_float(f64::NAN),
            _ if self.word(b"Infinity") => vm.new_float(f64::INFINITY),
            _ => Err(self.error(vm, "Expecting value")),
        }
    }

    fn array(&mut self, vm: &mut Vm) -> R {
        vm.check_native_stack()?;
        self.at += 1;
        let list = vm.new_list(&[])?;
        self.space();
        if self.eat(b']') {
            return Ok(list.obj());
        }
        loop {
            self.space();
            let value = self.value(vm)?;
            list.push(vm, value)?;
            self.space();
            if self.eat(b']') {
                return Ok(list.obj());
            }
            if !self.eat(b',') {
                return Err(self.error(vm, "Expecting ',' delimiter"));
            }
        }
    }

    fn object(&mut self, vm: &mut Vm) -> R {
        vm.check_native_stack()?;
        self.at += 1;
        let dict = vm.new_dict(0)?;
        let pairs = match self.hooks.pairs {
            Some(_) => Some(vm.new_list(&[])?),
            None => None,
        };
        self.space();
        if !self.eat(b'}') {
            loop {
                self.space();
                if self.peek() != Some(b'"') {
                    return Err(self.error(vm, "Expecting property name enclosed in double quotes"));
                }
                let key = self.string(vm)?;
                self.space();
                if !self.eat(b':') {
                    return Err(self.error(vm, "Expecting ':' delimiter"));
                }
                self.space();
                let value = self.value(vm)?;
                match pairs {
                    Some(pairs) => {
                        let pair = vm.new_tuple(&[key, value])?;
                        pairs.push(vm, pair)?;
                    }
                    None => dict.set(vm, key, value)?,
                }
                self.space();
                if self.eat(b'}') {
                    break;
                }
                if !self.eat(b',') {
                    return Err(self.error(vm, "Expecting ',' delimiter"));
                }
            }
        }
        match (self.hooks.pairs, pairs, self.hooks.object) {
            (Some(hook), Some(pairs), _) => vm.call(hook, &[pairs.obj()]),
            (_, _, Some(hook)) => vm.call(hook, &[dict.obj()]),
            _ => Ok(dict.obj()),
        }
    }

    fn number(&mut self, vm: &mut Vm) -> R {
        let start = self.at;
        self.eat(b'-');
        if self.word(b"Infinity") {
            return vm.new_float(f64::NEG_INFINITY);
        }
        if !self.eat(b'0') && self.digits() == 0 {
            self.at = start;
            return Err(self.error(vm, "Expecting value"));
        }
        let mut float = false;
        let integral_end = self.at;
        if self.eat(b'.') {
            if self.digits() == 0 {
                self.at = integral_end;
            } else {
                float = true;
            }
        }
        let before_exponent = self.at;
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            if self.digits() == 0 {
                self.at = before_exponent;
            } else {
                float = true;
            }
        }
        let text = &self.bytes[start..self.at];
        let hook = if float { self.hooks.float } else { self.hooks.int };
        if let Some(hook) = hook {
            let text = vm.new_str(text)?;
            return vm.call(hook, &[text]);
        }
        if float {
            return vm.new_float(float_text::parse(text).unwrap_or(f64::NAN));
        }
        match int_text::parse(vm, text, 10)? {
            Some(value) => Ok(value),
            None => Err(self.error(vm, "Expecting value")),
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self, vm: &mut Vm) -> R {
        let opening = self.at;
        self.at += 1;
        let start = self.at;
        // Most strings have no escapes and are taken as they stand.
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    let text = vm.new_str(&self.bytes[start..self.at]);
                    self.at += 1;
                    return text;
                }
                b'\\' => break,
                0..0x20 => return Err(self.error(vm, "Invalid control character at")),
                _ => self.at += 1,
            }
        }
        let mut out = TextOut::buffer();
        out.write(vm, &self.bytes[start..self.at])?;
        loop {
            let plain = self.at;
            while let Some(byte) = self.peek()
                && !matches!(byte, b'"' | b'\\' | 0..0x20)
            {
                self.at += 1;
            }
            out.write(vm, &self.bytes[plain..self.at])?;
            match self.peek() {
                None => {
                    self.at = opening;
                    return Err(self.error(vm, "Unterminated string starting at"));
                }
                Some(b'"') => {
                    self.at += 1;
                    return out.into_str(vm);
                }
                Some(b'\\') => self.escape(vm, &mut out)?,
                Some(_) => return Err(self.error(vm, "Invalid control character at")),
            }
        }
    }

    fn escape(&mut self, vm: &mut Vm, out: &mut TextOut) -> R<()> {
        let letter = self.bytes.get(self.at + 1).copied();
        let char = match letter {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte as u32,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => 10,
            Some(b'r') => 13,
            Some(b't') => 9,
            Some(b'u') => {
                let Some(high) = self.unit(self.at + 2) else {
                    self.at += 2;
                    return Err(self.error(vm, "Invalid \\uXXXX escape"));
                };
                self.at += 6;
                let is_high = (0xd800..0xdc00).contains(&high);
                let follows = is_high && self.bytes[self.at..].starts_with(b"\\u");
                let low = if follows { self.unit(self.at + 2) } else { None };
                let char = match low {
                    Some(low @ 0xdc00..0xe000) => {
                        self.at += 6;
                        0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                    }
                    _ => high,
                };
                return out.write(vm, utf8::encode(char).bytes());
            }
            _ => return Err(self.error(vm, "Invalid \\escape")),
        };
        self.at += 2;
        out.write(vm, utf8::encode(char).bytes())
    }

    /// Four hexadecimal digits.
    fn unit(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + 4)?;
        digits.iter().try_fold(0, |value, byte| Some(value << 4 | (*byte as char).to_digit(16)?))
    }
}
