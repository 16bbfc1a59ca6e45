//! From a loaded code object back to the bytes of an .mpy file, for `marshal`.

use alloc::{boxed::Box, string::String, vec::Vec};

use ::code::{
    float_text,
    mpy::{self, WriteOptions},
    object::{Arch, Const, Debug, Kind, Module, RawCode},
};
use heap::Obj;

use crate::{
    handle::Ref,
    interp::code::CodeObject,
    layout::seq::Tuple,
    types::exception::Exc,
    value::R,
    vm::{Root, Vm},
};

impl Vm {
    /// The bytes of a code object as an .mpy file. Raises ValueError for any other object.
    pub fn dump_code(&mut self, code: Obj) -> R {
        let Some(code) = self.exact::<CodeObject>(code) else {
            return Err(self.value_error("unmarshallable object"));
        };
        let root = self.raw_code(code)?;
        let qstrs = code.read(|code| code.qstrs().iter().map(|name| self.qstr_bytes(*name).into()).collect());
        let mut objects = Vec::new();
        let mut i = 0;
        while let Some(constant) = code.read(|code| code.consts().get(i).copied()) {
            objects.push(self.constant_of(constant)?);
            i += 1;
        }
        let module = Module {
            arch: Arch::None,
            sub_version: mpy::SUB_VERSION,
            arch_flags: 0,
            // What every machine can hold.
            small_int_bits: 31,
            qstrs,
            objects,
            root,
        };
        let bytes = mpy::write(&module, WriteOptions { debug: true });
        self.new_bytes(&bytes)
    }

    fn raw_code(&mut self, code: Ref<CodeObject>) -> R<RawCode> {
        self.check_native_stack()?;
        if code.read(|code| !code.machine.is_null()) {
            return Err(self.value_error("function must be bytecode"));
        }
        let mut children = Vec::new();
        for i in 0..code.read(|code| code.n_children as usize) {
            children.push(self.raw_code(code.child(i))?);
        }
        let (doc, names) = code.read(|code| (code.doc, code.local_names));
        let text = |vm: &Vm, obj: Obj| vm.str_bytes(obj).map(|text| String::from_utf8_lossy(text).into_owned());
        let debug = names.map(|names| {
            let names = self.seq_items(names).unwrap_or_default();
            Box::new(Debug {
                positions: Vec::new(),
                locals: names.iter().map(|name| text(self, *name).unwrap_or_default().into()).collect(),
                doc: self.str_bytes(doc).map(Into::into),
                positional_only: code.read(|code| code.n_pos_only.into()),
                coroutine: code.read(|code| code.is_coroutine),
                first_line: code.read(|code| code.first_line),
                qualname: text(self, code.read(|code| code.qualname)).unwrap_or_default(),
            })
        });
        let data = code.read(|code| code.original().into());
        Ok(RawCode { kind: Kind::Bytecode, data, children, native: None, debug })
    }

    fn constant_of(&mut self, object: Obj) -> R<Const> {
        self.check_native_stack()?;
        Ok(match object {
            Obj::NONE => Const::None,
            Obj::FALSE => Const::False,
            Obj::TRUE => Const::True,
            _ if Some(object) == self.root(Root::Ellipsis) => Const::Ellipsis,
            _ if self.is_int(object) => {
                let text = self.repr(object)?;
                Const::Int(String::from_utf8_lossy(self.str_bytes(text).unwrap_or_default()).into())
            }
            _ if let Some(value) = self.as_float(object) => Const::Float(value, float_text::float(value).into()),
            _ if let Some((re, im)) = self.as_complex(object) => {
                Const::Complex(re, im, float_text::complex(re, im).into())
            }
            _ if let Some(text) = self.str_bytes(object) => Const::Str(text.into()),
            _ if let Some(bytes) = self.bytes_of(object) => Const::Bytes(bytes.into()),
            _ => {
                let Some(tuple) = self.exact::<Tuple>(object) else {
                    return Err(self.error(Exc::ValueError, format_args!("unmarshallable constant")));
                };
                let mut items = Vec::new();
                while let Some(item) = tuple.get(items.len()) {
                    items.push(self.constant_of(item)?);
                }
                Const::Tuple(items)
            }
        })
    }
}
