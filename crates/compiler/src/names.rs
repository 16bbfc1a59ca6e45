//! Interned texts: identifiers, attribute names, short strings.
//!
//! A [`Sym`] names a text for the whole compilation. Only those that code refers to enter the
//! module's qstr table, in order of first use ([`Names::qstr`]); entry 0 is the source file name.

use alloc::{boxed::Box, vec::Vec};
use hashbrown::HashMap;

/// An interned text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sym(pub u32);

/// Marks the second name of a class body for a variable that it only passes on.
const HIDDEN: u32 = 1 << 31;

impl Sym {
    /// The hidden second name of the same text.
    pub fn hidden(self) -> Sym {
        Sym(self.0 | HIDDEN)
    }

    /// The name itself.
    pub fn visible(self) -> Sym {
        Sym(self.0 & !HIDDEN)
    }
}

macro_rules! well_known {
    ($($name:ident $text:literal;)*) => {
        /// Texts that the compiler itself mentions, in the order of their numbers.
        static WELL_KNOWN: &[&str] = &[$($text),*];
        well_known!(@ 0u32; $($name)*);
    };
    (@ $n:expr; $name:ident $($rest:ident)*) => {
        pub const $name: Sym = Sym($n);
        well_known!(@ $n + 1; $($rest)*);
    };
    (@ $n:expr;) => {};
}

/// The [`Sym`]s of [`WELL_KNOWN`].
#[allow(missing_docs)]
pub mod sym {
    use super::Sym;
    well_known! {
        EMPTY "";
        MODULE "<module>";
        LAMBDA "<lambda>";
        LISTCOMP "<listcomp>";
        DICTCOMP "<dictcomp>";
        SETCOMP "<setcomp>";
        GENEXPR "<genexpr>";
        STAR "*";
        CLASS "__class__";
        NAME "__name__";
        MODULE_ATTR "__module__";
        QUALNAME "__qualname__";
        DOC "__doc__";
        REPL_PRINT "__repl_print__";
        FORMAT "format";
        TEMPLATE "__template__";
        ASSERTION_ERROR "AssertionError";
        STOP_ASYNC_ITERATION "StopAsyncIteration";
        BASE_EXCEPTION "BaseException";
        AITER "__aiter__";
        ANEXT "__anext__";
        AENTER "__aenter__";
        AEXIT "__aexit__";
        EXTEND "extend";
        UPDATE "update";
        TUPLE "tuple";
        LIST "list";
        DICT "dict";
        LEN "len";
        ISINSTANCE "isinstance";
        HASATTR "hasattr";
        MATCH "match";
        FINISH "finish";
        ANNOTATE "__annotate__";
        RETURN "return";
        DOT_FORMAT ".format";
        DOT_TYPE_PARAMS ".type_params";
        DOT_DEFAULTS ".defaults";
        DOT_KWDEFAULTS ".kwdefaults";
        TYPE_PARAMS "__type_params__";
        ENTER "__enter__";
        EXIT "__exit__";
        OBJECT "object";
        BOOL "bool";
        INT "int";
        UINT "uint";
        PTR "ptr";
        PTR8 "ptr8";
        PTR16 "ptr16";
        PTR32 "ptr32";
    }
    pub(super) fn texts() -> &'static [&'static str] {
        WELL_KNOWN
    }
}

/// The table of interned texts and the qstr table made from it.
pub struct Names {
    texts: Vec<Box<[u8]>>,
    index: HashMap<Box<[u8]>, Sym>,
    numbers: Vec<u32>,
    qstrs: Vec<Sym>,
}

const NO_NUMBER: u32 = u32::MAX;

impl Names {
    /// A table with the well-known texts; the source file name becomes qstr 0.
    pub fn new(source_name: &[u8]) -> Names {
        let mut names = Names { texts: Vec::new(), index: HashMap::new(), numbers: Vec::new(), qstrs: Vec::new() };
        for text in sym::texts() {
            names.intern(text.as_bytes());
        }
        let file = names.intern(source_name);
        names.qstr(file);
        names
    }

    /// The number of a text.
    pub fn intern(&mut self, text: &[u8]) -> Sym {
        if let Some(&sym) = self.index.get(text) {
            return sym;
        }
        let sym = Sym(self.texts.len() as u32);
        self.texts.push(text.into());
        self.index.insert(text.into(), sym);
        self.numbers.push(NO_NUMBER);
        sym
    }

    /// The text of a number.
    pub fn text(&self, sym: Sym) -> &[u8] {
        &self.texts[sym.visible().0 as usize]
    }

    /// The index in the module's qstr table; a first use appends it.
    pub fn qstr(&mut self, sym: Sym) -> u32 {
        let number = &mut self.numbers[sym.0 as usize];
        if *number == NO_NUMBER {
            *number = self.qstrs.len() as u32;
            self.qstrs.push(sym);
        }
        *number
    }

    /// The text of an entry of the qstr table.
    pub fn qstr_text(&self, qstr: u32) -> &[u8] {
        self.qstrs.get(qstr as usize).map_or(&[], |&sym| self.text(sym))
    }

    /// The finished qstr table.
    pub fn into_table(self) -> Vec<Box<[u8]>> {
        self.qstrs.iter().map(|sym| self.texts[sym.0 as usize].clone()).collect()
    }
}

/// Whether the official `mpy-cross` 1.29 has a text of more than 10 bytes interned from the start
/// (bytecode.md §11).
pub fn is_official_text(text: &[u8]) -> bool {
    static TEXTS: &[&str] = &[
        "ArithmeticError",
        "AssertionError",
        "AttributeError",
        "BaseException",
        "GeneratorExit",
        "ImportError",
        "IndentationError",
        "Interpolation",
        "KeyboardInterrupt",
        "LookupError",
        "MemoryError",
        "NotImplementedError",
        "OverflowError",
        "RuntimeError",
        "StopAsyncIteration",
        "StopIteration",
        "SyntaxError",
        "UnicodeError",
        "ViperTypeError",
        "ZeroDivisionError",
        "__build_class__",
        "__complex__",
        "__contains__",
        "__delitem__",
        "__getattr__",
        "__getitem__",
        "__qualname__",
        "__repl_print__",
        "__reversed__",
        "__setitem__",
        "__template__",
        "__traceback__",
        "bound_method",
        "classmethod",
        "difference_update",
        "format_spec",
        "heap_unlock",
        "interpolations",
        "intersection",
        "intersection_update",
        "maximum recursion depth exceeded",
        "micropython",
        "staticmethod",
        "string.templatelib",
        "symmetric_difference",
        "symmetric_difference_update",
        "templatelib",
        "unpack_from",
        "vcvt_f32_s32",
        "vcvt_s32_f32",
    ];
    TEXTS.binary_search_by(|known| known.as_bytes().cmp(text)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn official_texts_are_found() {
        for text in ["ArithmeticError", "vcvt_s32_f32", "maximum recursion depth exceeded", "__template__"] {
            assert!(is_official_text(text.as_bytes()), "{text}");
        }
        assert!(!is_official_text(b"something else"));
    }

    #[test]
    fn well_known_texts_have_their_numbers() {
        let names = Names::new(b"x");
        assert_eq!(names.text(sym::MODULE), b"<module>");
        assert_eq!(names.text(sym::TYPE_PARAMS), b"__type_params__");
        assert_eq!(names.text(sym::CLASS.hidden()), b"__class__");
    }
}
