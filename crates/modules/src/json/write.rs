//! Writing JSON.

use vm::{
    Obj, R, Vm,
    layout::{dict::Dict, iter::OrderedDict, text::Text},
    native::Args,
    text_out::TextOut,
    types::{float_text, int_text, utf8},
};

/// How to write.
struct Writer {
    item_separator: Option<Text>,
    key_separator: Option<Text>,
    indent: Option<Text>,
    default: Option<Obj>,
    ascii: bool,
    sort_keys: bool,
    skip_keys: bool,
    allow_nan: bool,
}

/// The JSON text of a value.
pub fn text(vm: &mut Vm, value: Obj, args: &Args) -> R {
    let mut writer = Writer {
        item_separator: None,
        key_separator: None,
        indent: None,
        default: None,
        ascii: true,
        sort_keys: false,
        skip_keys: false,
        allow_nan: true,
    };
    for (name, option) in args.keywords() {
        match vm.str_bytes(name) {
            Some(b"separators") if option != Obj::NONE => writer.separators(vm, option)?,
            Some(b"indent") if option != Obj::NONE => writer.indent(vm, option)?,
            Some(b"default") if option != Obj::NONE => writer.default = Some(option),
            Some(b"ensure_ascii") => writer.ascii = vm.is_true(option)?,
            Some(b"sort_keys") => writer.sort_keys = vm.is_true(option)?,
            Some(b"skipkeys") => writer.skip_keys = vm.is_true(option)?,
            Some(b"allow_nan") => writer.allow_nan = vm.is_true(option)?,
            Some(b"separators" | b"indent" | b"default" | b"cls" | b"check_circular") => {}
            _ => return Err(vm.type_error("extra keyword arguments given")),
        }
    }
    let mut out = TextOut::buffer();
    writer.value(vm, &mut out, value, 1)?;
    out.into_str(vm)
}

impl Writer {
    fn separators(&mut self, vm: &mut Vm, pair: Obj) -> R<()> {
        let list = vm.new_list(&[])?;
        vm.for_each(pair, |vm, item| list.push(vm, item).map(|()| list.len() < 3))?;
        let (Some(item), Some(key), 2) = (list.get(0), list.get(1), list.len()) else {
            return Err(vm.value_error("need two separators"));
        };
        let (Some(item), Some(key)) = (vm.text(item), vm.text(key)) else {
            return Err(vm.type_error("separators must be str"));
        };
        (self.item_separator, self.key_separator) = (Some(item), Some(key));
        Ok(())
    }

    fn indent(&mut self, vm: &mut Vm, indent: Obj) -> R<()> {
        let text = match vm.text(indent) {
            Some(text) => Some(text),
            None => {
                let width = usize::try_from(vm.index(indent)?).unwrap_or(0);
                let spaces = vm.new_ascii_with(width, |room| room.fill(b' '))?;
                vm.text(spaces)
            }
        };
        self.indent = text;
        Ok(())
    }

    fn separate(&self, vm: &mut Vm, out: &mut TextOut, first: bool, depth: usize) -> R<()> {
        if !first {
            match (&self.item_separator, &self.indent) {
                (Some(separator), _) => out.write(vm, separator.bytes())?,
                (None, Some(_)) => out.write(vm, b",")?,
                (None, None) => out.write(vm, b", ")?,
            }
        }
        self.new_line(vm, out, depth)
    }

    fn new_line(&self, vm: &mut Vm, out: &mut TextOut, depth: usize) -> R<()> {
        if let Some(indent) = &self.indent {
            out.write(vm, b"\n")?;
            for _ in 0..depth {
                out.write(vm, indent.bytes())?;
            }
        }
        Ok(())
    }

    /// Writes a value that stands `depth` levels deep (the outermost at 1).
    fn value(&self, vm: &mut Vm, out: &mut TextOut, value: Obj, depth: usize) -> R<()> {
        vm.check_native_stack()?;
        if value == Obj::NONE {
            return out.write(vm, b"null");
        }
        if let Some(value) = value.as_bool() {
            return out.write(vm, if value { b"true" } else { b"false" });
        }
        if let Some(text) = vm.text(value) {
            return self.string(vm, out, text.bytes());
        }
        if let Some(int) = vm.as_int(value) {
            return int_text::show(vm, int, out);
        }
        if let Some(float) = vm.as_float(value) {
            return self.float(vm, out, float);
        }
        let dict = match vm.cast::<OrderedDict>(value) {
            Some(ordered) => Some(ordered.dict()),
            None => Some(value),
        }
        .and_then(|value| vm.cast::<Dict>(value));
        if let Some(dict) = dict {
            return self.dict(vm, out, dict.obj(), depth);
        }
        if vm.seq_items(value).is_some() {
            return self.sequence(vm, out, value, depth);
        }
        if let Some(default) = self.default {
            let replacement = vm.call(default, &[value])?;
            return self.value(vm, out, replacement, depth);
        }
        match vm.bytes_text(value) {
            Some(text) => self.string(vm, out, text.bytes()),
            None => Err(vm.type_error_for("Object of type ", value, " is not JSON serializable")),
        }
    }

    fn float(&self, vm: &mut Vm, out: &mut TextOut, value: f64) -> R<()> {
        if value.is_finite() {
            return float_text::show(vm, value, out);
        }
        if !self.allow_nan {
            return Err(vm.value_error("Out of range float values are not JSON compliant"));
        }
        out.write(
            vm,
            if value.is_nan() {
                b"NaN"
            } else if value > 0.0 {
                b"Infinity"
            } else {
                b"-Infinity"
            },
        )
    }

    fn sequence(&self, vm: &mut Vm, out: &mut TextOut, value: Obj, depth: usize) -> R<()> {
        out.write(vm, b"[")?;
        let mut i = 0;
        while let Some(item) = vm.seq_items(value).and_then(|items| items.get(i).copied()) {
            self.separate(vm, out, i == 0, depth)?;
            self.value(vm, out, item, depth + 1)?;
            i += 1;
        }
        if i > 0 {
            self.new_line(vm, out, depth - 1)?;
        }
        out.write(vm, b"]")
    }

    fn dict(&self, vm: &mut Vm, out: &mut TextOut, value: Obj, depth: usize) -> R<()> {
        let Some(dict) = vm.cast::<Dict>(value) else {
            return Ok(());
        };
        let keys = match self.sort_keys {
            true => {
                let list = vm.new_list_from_iter(dict.obj())?;
                let sort = vm.intern(b"sort")?;
                vm.call_method(list.obj(), sort, &[])?;
                Some(list)
            }
            false => None,
        };
        out.write(vm, b"{")?;
        let (mut position, mut first) = (0, true);
        loop {
            let (key, item) = match keys {
                Some(keys) => match keys.get(position) {
                    Some(key) => {
                        position += 1;
                        match dict.get(vm, key)? {
                            Some(item) => (key, item),
                            None => continue,
                        }
                    }
                    None => break,
                },
                None => match dict.entry(vm, position) {
                    Some((next, key, item)) => {
                        position = next;
                        (key, item)
                    }
                    None => break,
                },
            };
            let good = vm.is_str(key) || vm.is_int(key) || vm.is_float(key) || key == Obj::NONE;
            if !good {
                if self.skip_keys {
                    continue;
                }
                return Err(vm.type_error_for("keys must be str, int, float, bool or None, not ", key, ""));
            }
            self.separate(vm, out, first, depth)?;
            first = false;
            if vm.is_str(key) {
                self.value(vm, out, key, depth)?;
            } else {
                out.write(vm, b"\"")?;
                self.value(vm, out, key, depth)?;
                out.write(vm, b"\"")?;
            }
            match &self.key_separator {
                Some(separator) => out.write(vm, separator.bytes())?,
                None => out.write(vm, b": ")?,
            }
            self.value(vm, out, item, depth + 1)?;
        }
        if !first {
            self.new_line(vm, out, depth - 1)?;
        }
        out.write(vm, b"}")
    }

    fn string(&self, vm: &mut Vm, out: &mut TextOut, bytes: &[u8]) -> R<()> {
        out.write(vm, b"\"")?;
        let (mut plain, mut at) = (0, 0);
        while at < bytes.len() {
            let byte = bytes[at];
            let special = matches!(byte, 0..0x20 | b'"' | b'\\') || byte >= 0x80 && self.ascii;
            if !special {
                at += 1;
                continue;
            }
            out.write(vm, &bytes[plain..at])?;
            let (char, len) = utf8::decode(bytes, at).unwrap_or((0, 1));
            at += len;
            plain = at;
            match char {
                0x22 | 0x5c => out.write(vm, &[b'\\', byte])?,
                8 => out.write(vm, b"\\b")?,
                9 => out.write(vm, b"\\t")?,
                10 => out.write(vm, b"\\n")?,
                12 => out.write(vm, b"\\f")?,
                13 => out.write(vm, b"\\r")?,
                0x1_0000.. => {
                    let (high, low) = (0xd800 + ((char - 0x1_0000) >> 10), 0xdc00 + (char & 0x3ff));
                    out.write_fmt(vm, format_args!("\\u{high:04x}\\u{low:04x}"))?;
                }
                _ => out.write_fmt(vm, format_args!("\\u{char:04x}"))?,
            }
        }
        out.write(vm, &bytes[plain..])?;
        out.write(vm, b"\"")
    }
}
