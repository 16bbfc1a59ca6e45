//! `import` and `from … import`.

use crate::lower::{Done, Lowerer};
use crate::names::{Sym, sym};
use crate::scope::ScopeKind;
use alloc::vec::Vec;
use code::opcode::Op;
use syntax::tree::*;

impl Lowerer<'_> {
    /// The symbol of a dotted name.
    fn dotted(&mut self, parts: &[Ident]) -> Sym {
        let texts: Vec<&str> = parts.iter().map(|part| self.tree.name(part.name)).collect();
        self.names.intern(texts.join(".").as_bytes())
    }

    /// `import a.b as c, d`
    pub fn import(&mut self, names: List<Alias>) -> Done {
        let tree = self.tree;
        for alias in tree.list(names) {
            let parts = tree.list(alias.path);
            let Some(first) = parts.first() else { continue };
            self.at(alias.span);
            self.int(0);
            self.plain(Op::LoadConstNone);
            let full = self.dotted(parts);
            self.qstr(Op::ImportName, full);
            let target = match alias.asname {
                Some(name) => {
                    for part in &parts[1..] {
                        let attr = self.sym(part.name);
                        self.qstr(Op::LoadAttr, attr);
                    }
                    self.sym(name.name)
                }
                None => self.sym(first.name),
            };
            self.store(target);
        }
        Ok(())
    }

    /// `from ..m import a as b`
    pub fn import_from(&mut self, level: u32, module: List<Ident>, names: List<Alias>, span: Span) -> Done {
        let tree = self.tree;
        let source = self.dotted(tree.list(module));
        self.at(span);
        if names.is_empty() {
            if self.kind() != ScopeKind::Module {
                return self.error(span, "import * not at module level", "import * only allowed at module level");
            }
            self.int(level as i64);
            self.load_text(sym::STAR);
            self.count(Op::BuildTuple, 1);
            self.qstr(Op::ImportName, source);
            self.plain(Op::ImportStar);
            return Ok(());
        }
        self.int(level as i64);
        let first = |alias: &Alias| tree.list(alias.path).first().copied();
        for name in tree.list(names).iter().filter_map(first) {
            let sym = self.plain_sym(name);
            self.load_text(sym);
        }
        self.count(Op::BuildTuple, names.len);
        self.qstr(Op::ImportName, source);
        for alias in tree.list(names) {
            let Some(name) = first(alias) else { continue };
            let sym = self.plain_sym(name);
            self.at(alias.span);
            self.qstr(Op::ImportFrom, sym);
            let target = self.sym(alias.asname.unwrap_or(name).name);
            self.store(target);
        }
        self.plain(Op::PopTop);
        Ok(())
    }

    /// Imported names are never mangled, what they are bound to is.
    fn plain_sym(&mut self, ident: Ident) -> Sym {
        self.names.intern(self.tree.name(ident.name).as_bytes())
    }
}
