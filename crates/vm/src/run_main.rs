//! `-m`: a module or package as the main program.

use alloc::vec::Vec;

use crate::{qstr::q, value::R, vm::Vm};

impl Vm {
    /// Runs a module by its full name with `__name__` as `__main__`. Packages that contain it are imported first; of a
    /// package, `__init__` runs and then its module `__main__`.
    pub fn run_module_as_main(&mut self, name: &[u8]) -> R<()> {
        let globals = self.main_globals();
        let parent = match name.iter().rposition(|&byte| byte == b'.') {
            None => None,
            Some(dot) => {
                let parent = self.new_str(&name[..dot])?;
                // A non-empty list of names makes the import give the last module of the path.
                let last = self.new_tuple(&[q::__name__.obj()])?;
                Some((self.import_module(parent, globals, last, 0)?, &name[dot + 1..]))
            }
        };
        let found = match parent {
            None => self.find_top(name)?,
            Some((parent, last)) => {
                let path = self.module_dict(parent).and_then(|dict| dict.get_name(self, q::__path__));
                match path {
                    Some(path) => self.find_in_package(path, last)?,
                    None => None,
                }
            }
        };
        let Some((found, folders)) = found else {
            let qstr = self.intern(name)?;
            if parent.is_none() && self.native_module(qstr)?.is_some() {
                return Ok(());
            }
            return Err(self.no_module(name));
        };
        if let Some((parent, _)) = parent
            && let Some(package) = self.module_dict(parent).and_then(|dict| dict.get_name(self, q::__name__))
        {
            globals.set_name(self, q::__package__, package)?;
        }
        if folders.is_empty() {
            return self.run_found(found, globals);
        }
        let path = self.path_list(&folders)?;
        globals.set_name(self, q::__path__, path)?;
        let own = self.new_str(name)?;
        globals.set_name(self, q::__package__, own)?;
        // The package stays known by its own name, so that its `__main__` can import from it.
        let main = self.main_module()?.obj();
        let qstr = self.intern(name)?;
        self.modules().set_name(self, qstr, main)?;
        self.run_found(found, globals)?;
        let full: Vec<u8> = [name, b".__main__"].concat();
        match self.find_in_package(path, b"__main__")? {
            Some((found, folders)) if folders.is_empty() => self.run_found(found, globals),
            _ => Err(self.no_module(&full)),
        }
    }
}
