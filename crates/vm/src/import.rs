//! Import: the statement, the search along `sys.path`, running of module bodies.
//!
//! Search order as in the official implementation: for each entry of `sys.path` a directory (package), `x.py`,
//! `x.mpy`; modules of the machine itself come first unless the path finds a file in front of them
//! through the entry `.frozen`. Texts of errors are CPython's.

use alloc::{format, string::String, vec::Vec};

use heap::Obj;

use crate::{
    handle::Ref,
    host::{CompileError, CompileMode, PathKind},
    interp::code::CodeObject,
    layout::{dict::Dict, module::Module, seq::List},
    native::Frozen,
    qstr::{Qstr, q},
    types::exception::Exc,
    value::{R, Raised},
    vm::{Root, Vm},
};

/// Where the body of a module is.
pub(crate) enum Found {
    /// A package without a body of its own.
    Namespace,
    /// A file, Python source or .mpy.
    File(Vec<u8>),
    /// A module inside the program.
    Frozen(&'static Frozen),
}

/// Where a module is, and the folders of a package (its `__path__`; none: it is no package).
pub(crate) type Place = (Found, Vec<Vec<u8>>);

/// The entry of `sys.path` that stands for the modules inside the program; their packages have it in front of their paths.
const FROZEN: &[u8] = b".frozen";

impl Vm {
    /// The import statement: `level` leading dots, `from` the tuple of names (None for plain `import`).
    pub fn import_statement(&mut self, name: Qstr, globals: Ref<Dict>, from: Obj, level: Obj) -> R {
        if let Some(own) = self.builtins().get_name(self, q::__import__)
            && self.exact::<crate::layout::function::NativeFunction>(own).is_none()
        {
            let space = globals.obj();
            return self.call(own, &[name.obj(), space, space, from, level]);
        }
        let level = self.index(level)?;
        self.import_module(name.obj(), globals, from, level)
    }

    /// `__import__`
    pub fn import_module(&mut self, name: Obj, globals: Ref<Dict>, from: Obj, level: isize) -> R {
        self.check_native_stack()?;
        let Some(text) = self.str_bytes(name) else {
            return Err(self.type_error("module name must be a string"));
        };
        let mut path = text.to_vec();
        self.check_name(path.len())?;
        if level < 0 {
            return Err(self.value_error("level must be >= 0"));
        }
        if level > 0 {
            path = self.resolve_relative(&path, globals, level)?;
        } else if path.is_empty() {
            return Err(self.value_error("Empty module name"));
        }
        let mut top = None;
        let mut last = None;
        let mut end = 0;
        loop {
            end = path[end..].iter().position(|&b| b == b'.').map_or(path.len(), |dot| end + dot);
            let module = self.import_part(&path[..end], last)?;
            top = top.or(Some(module));
            last = Some(module);
            if end == path.len() {
                break;
            }
            end += 1;
        }
        let (Some(top), Some(last)) = (top, last) else {
            return Ok(Obj::NONE);
        };
        if from == Obj::NONE || !self.is_true(from)? {
            // `import a.b` binds `a`.
            return Ok(if level > 0 && path.is_empty() { last } else { top });
        }
        // Names that are submodules of a package are imported now.
        if let Some(dict) = self.module_dict(last)
            && dict.get_name(self, q::__path__).is_some()
        {
            let mut i = 0;
            while let Some(&wanted) = self.seq_items(from).and_then(|names| names.get(i)) {
                i += 1;
                let Some(wanted_text) = self.str_bytes(wanted) else {
                    continue;
                };
                if wanted_text == b"*" {
                    continue;
                }
                let mut full = path.clone();
                full.push(b'.');
                full.extend_from_slice(wanted_text);
                let wanted = self.intern(&full[path.len() + 1..])?;
                if dict.get_name(self, wanted).is_none() {
                    let module = self.import_part(&full, Some(last));
                    self.catch(module, Exc::ModuleNotFoundError)?;
                }
            }
        }
        Ok(last)
    }

    fn resolve_relative(&mut self, name: &[u8], globals: Ref<Dict>, level: isize) -> R<Vec<u8>> {
        let own = globals.get_name(self, q::__name__).unwrap_or(Obj::NONE);
        let Some(own) = self.str_bytes(own) else {
            return Err(self.error(Exc::ImportError, format_args!("can't perform relative import")));
        };
        let mut package = own.to_vec();
        let given = globals.get_name(self, q::__package__).filter(|p| *p != Obj::NONE);
        let given = given.and_then(|p| self.str_bytes(p)).map(<[u8]>::to_vec);
        let mut up = level;
        match given {
            Some(given) => {
                package = given;
                up -= 1;
            }
            None if globals.get_name(self, q::__path__).is_some() => up -= 1,
            None => {}
        }
        for _ in 0..up {
            match package.iter().rposition(|&b| b == b'.') {
                Some(dot) => package.truncate(dot),
                None => package.clear(),
            }
        }
        if package.is_empty() {
            return Err(
                self.error(Exc::ImportError, format_args!("attempted relative import with no known parent package"))
            );
        }
        if !name.is_empty() {
            package.push(b'.');
            package.extend_from_slice(name);
        }
        Ok(package)
    }

    /// The dict `sys.modules`.
    pub fn modules(&self) -> Ref<Dict> {
        self.root_dict(Root::Modules)
    }

    /// Imports one module by its full name, whose parent is imported already.
    fn import_part(&mut self, full: &[u8], parent: Option<Obj>) -> R {
        let name = self.intern(full)?;
        if parent.is_none() && self.is_native_module(name) && self.shadowed(name) {
            // An empty path asks for the machine's own module, although a file goes by its name.
            let other = self.intern(&[b"u", full].concat())?;
            if let Some(module) = self.native_module(other)? {
                return Ok(module);
            }
        }
        while let Some(module) = self.modules().get_name(self, name) {
            if module == Obj::NONE {
                return Err(self.no_module(full));
            }
            // Another thread that was importing it may have failed.
            if !self.wait_for_import(name)? {
                return Ok(module);
            }
        }
        let last = full.iter().rposition(|&b| b == b'.').map_or(full, |dot| &full[dot + 1..]);
        let found = match parent {
            None => self.find_top(full)?,
            Some(parent) => {
                let Some(dict) = self.module_dict(parent) else {
                    return Err(self.no_module(full));
                };
                let Some(path) = dict.get_name(self, q::__path__) else {
                    return Err(self.no_module(full));
                };
                self.find_in_package(path, last)?
            }
        };
        let module = match found {
            None => {
                let native = self.native_module(name)?;
                match native {
                    Some(module) => module,
                    None => return Err(self.no_module(full)),
                }
            }
            Some((found, folders)) => self.run_module(name, found, folders)?,
        };
        if let Some(dict) = parent.and_then(|parent| self.module_dict(parent)) {
            let short = self.intern(last)?;
            dict.set_name(self, short, module)?;
        }
        Ok(module)
    }

    #[cold]
    pub(crate) fn no_module(&mut self, full: &[u8]) -> Raised {
        let text = String::from_utf8_lossy(full).into_owned();
        let no = if self.official_texts() { "no" } else { "No" };
        self.error(Exc::ModuleNotFoundError, format_args!("{no} module named '{text}'"))
    }

    /// Looks along `sys.path`; modules of the machine stand where `.frozen` does, or first if it is not there.
    pub(crate) fn find_top(&mut self, name: &[u8]) -> R<Option<Place>> {
        let Some(path) = self.search_path() else {
            return Ok(None);
        };
        let qstr = self.intern(name)?;
        if name == b"usys" {
            return Ok(None);
        }
        // Builtin modules that programs may not replace come first, as in the official implementation.
        if self.is_native_module(qstr) && !self.is_extensible(name) {
            return Ok(None);
        }
        self.find_along(path, name, self.is_native_module(qstr))
    }

    /// Looks along a sequence of folders. Folders without `__init__` are parts of one package, unless a module of the name
    /// turns up. `native`: the entry `.frozen` ends the search, since the machine itself has the module.
    fn find_along(&mut self, path: Obj, name: &[u8], native: bool) -> R<Option<Place>> {
        let mut portions = Vec::new();
        let mut i = 0;
        while let Some(&entry) = self.seq_items(path).and_then(|entries| entries.get(i)) {
            i += 1;
            let Some(entry) = self.str_bytes(entry) else {
                continue;
            };
            let entry = entry.to_vec();
            if native && entry == FROZEN {
                break;
            }
            match self.find_at(&entry, name)? {
                Some((Found::Namespace, folders)) => portions.extend(folders),
                None => {}
                found => return Ok(found),
            }
        }
        Ok(if portions.is_empty() || native { None } else { Some((Found::Namespace, portions)) })
    }

    /// Whether a file took the place of a native module, and `sys.path` is empty now.
    fn shadowed(&self, name: Qstr) -> bool {
        let path = self.search_path().and_then(|path| self.seq_items(path));
        path.is_some_and(<[Obj]>::is_empty)
            && self
                .modules()
                .get_name(self, name)
                .and_then(|module| self.module_dict(module))
                .is_some_and(|dict| dict.get_name(self, q::__file__).is_some())
    }

    /// What programs see as `sys.path`.
    fn search_path(&self) -> Option<Obj> {
        let sys = self.modules().get_name(self, q::sys).and_then(|sys| self.module_dict(sys));
        sys.and_then(|sys| sys.get_name(self, q::path)).or(self.root(Root::Path))
    }

    fn is_native_module(&self, name: Qstr) -> bool {
        let text = self.qstr_bytes(name);
        self.state().native_modules.iter().any(|def| def.name.as_bytes() == text)
    }

    /// Whether a file on the path goes before a native module of this name: all but the core ones.
    fn is_extensible(&self, name: &[u8]) -> bool {
        !matches!(name, b"sys" | b"builtins" | b"gc" | b"micropython" | b"_thread" | b"uctypes")
    }

    pub(crate) fn find_in_package(&mut self, path: Obj, name: &[u8]) -> R<Option<Place>> {
        if let Some(path) = self.str_bytes(path) {
            let path = path.to_vec();
            return self.find_at(&path, name);
        }
        self.find_along(path, name, false)
    }

    fn find_at(&mut self, directory: &[u8], name: &[u8]) -> R<Option<Place>> {
        if let Some(folder) = directory.strip_prefix(FROZEN)
            && matches!(folder, [] | [b'/', ..])
        {
            return Ok(self.find_frozen(folder.get(1..).unwrap_or_default(), name));
        }
        let mut base = directory.to_vec();
        if !base.is_empty() && base.last() != Some(&b'/') {
            base.push(b'/');
        }
        base.extend_from_slice(name);
        let with = |suffix: &[u8]| [&base[..], suffix].concat();
        if self.path_kind(&base)? == Some(PathKind::Directory) {
            for suffix in [&b"/__init__.py"[..], b"/__init__.mpy"] {
                if self.path_kind(&with(suffix))? == Some(PathKind::File) {
                    return Ok(Some((Found::File(with(suffix)), [base].into())));
                }
            }
            return Ok(Some((Found::Namespace, [base].into())));
        }
        for suffix in [&b".py"[..], b".mpy"] {
            if self.path_kind(&with(suffix))? == Some(PathKind::File) {
                return Ok(Some((Found::File(with(suffix)), Vec::new())));
            }
        }
        Ok(None)
    }

    /// Looks for a frozen module in a folder of the frozen ones.
    fn find_frozen(&self, folder: &[u8], name: &[u8]) -> Option<Place> {
        let mut base = folder.to_vec();
        if !base.is_empty() {
            base.push(b'/');
        }
        base.extend_from_slice(name);
        let found = |suffix: &[u8]| {
            let path = [&base[..], suffix].concat();
            self.state().frozen.iter().find(|frozen| frozen.path.as_bytes() == path)
        };
        if let Some(frozen) = found(b"/__init__.py") {
            return Some((Found::Frozen(frozen), [[FROZEN, b"/", &base].concat()].into()));
        }
        found(b".py").map(|frozen| (Found::Frozen(frozen), Vec::new()))
    }

    /// Makes the modules inside the program known to `import`.
    pub fn register_frozen(&mut self, modules: &'static [Frozen]) {
        self.state_mut().frozen = modules;
    }

    fn run_module(&mut self, name: Qstr, found: Found, folders: Vec<Vec<u8>>) -> R {
        let module = self.new_module(name)?;
        let dict = module.dict();
        if !folders.is_empty() {
            let path = self.path_list(&folders)?;
            dict.set_name(self, q::__path__, path)?;
        }
        let modules = self.modules();
        modules.set_name(self, name, module.obj())?;
        let result = self.begin_import(name).and_then(|()| self.run_found(found, dict));
        self.end_import(name);
        if let Err(raised) = result {
            let waiting = self.root(Root::Exception);
            modules.remove_name(self, name);
            self.set_root(Root::Exception, waiting);
            return Err(raised);
        }
        // A module may have put something else in its place.
        Ok(modules.get_name(self, name).unwrap_or(module.obj()))
    }

    /// The `__path__` of a package: a list of its folders.
    pub(crate) fn path_list(&mut self, folders: &[Vec<u8>]) -> R {
        let list = self.new_list(&[])?;
        for folder in folders {
            let folder = self.new_str(folder)?;
            list.push(self, folder)?;
        }
        Ok(list.obj())
    }

    /// The names of the modules that are built in, native ones first.
    pub fn known_modules(&self) -> Vec<String> {
        let native = self.state().native_modules.iter().map(|module| module.name);
        let frozen = self.state().frozen.iter().filter_map(|module| match module.path.strip_suffix("/__init__.py") {
            Some(package) => Some(package),
            None => module.path.strip_suffix(".py").filter(|name| !name.contains('/')),
        });
        native.chain(frozen).map(String::from).collect()
    }

    /// Keeps a source that is no file, and how it is compiled, so that tracebacks can show its lines.
    pub fn keep_source(&mut self, name: &str, source: &[u8], mode: CompileMode) -> R<()> {
        let name = self.intern_text(name.as_bytes())?;
        self.reserve(source.len())?;
        self.state_mut().sources.push((name, source.into(), mode));
        Ok(())
    }

    /// The last source of this name that [`Vm::keep_source`] kept.
    pub(crate) fn kept_source(&self, name: Qstr) -> Option<(&[u8], CompileMode)> {
        let kept = self.state().sources.iter().rfind(|(kept, ..)| *kept == name);
        kept.map(|(_, source, mode)| (&**source, *mode))
    }

    /// Runs the body of a module in its namespace.
    pub(crate) fn run_found(&mut self, found: Found, globals: Ref<Dict>) -> R<()> {
        match found {
            Found::Namespace => Ok(()),
            Found::File(file) => self.run_file(&file, globals).map(drop),
            Found::Frozen(frozen) => {
                let file = self.new_str(frozen.path.as_bytes())?;
                globals.set_name(self, q::__file__, file)?;
                let code = self.load_mpy(frozen.code, globals)?;
                self.run_code(code, None).map(drop)
            }
        }
    }

    /// Runs a file (source or .mpy) in a namespace.
    pub fn run_file(&mut self, path: &[u8], globals: Ref<Dict>) -> R {
        let file = self.new_str(path)?;
        let code = if path.ends_with(b".mpy") {
            let code = self.load_mpy_file(path, file, globals)?;
            globals.set_name(self, q::__file__, file)?;
            code
        } else {
            let content = self.read_whole_file(path, file)?;
            globals.set_name(self, q::__file__, file)?;
            let name = String::from_utf8_lossy(path).into_owned();
            self.compile_source(&content, &name, CompileMode::Exec, globals, true)?
        };
        self.run_code(code, None)
    }

    /// Compiles a source and loads it. `own_namespace`: it will run with its globals as its names.
    pub fn compile_source(
        &mut self,
        source: &[u8],
        name: &str,
        mode: CompileMode,
        globals: Ref<Dict>,
        own_namespace: bool,
    ) -> R<Ref<CodeObject>> {
        let level = self.state().opt_level;
        let mut warnings = Vec::new();
        let compiled = match self.state().compiler.as_ref() {
            Some(compiler) => compiler.compile(source, name, mode, level, &mut warnings),
            None => {
                return Err(self.error(Exc::RuntimeError, format_args!("there is no compiler here")));
            }
        };
        match compiled {
            Ok(module) => {
                warnings.dedup();
                for (line, message) in warnings {
                    self.syntax_warning(&message, name, line, source)?;
                }
                self.load_module(&module, globals, own_namespace)
            }
            Err(error) => Err(self.syntax_error(&error, name, source)),
        }
    }

    /// Issues a SyntaxWarning: through the module `warnings`, if it is in use. MicroPython has none.
    #[cold]
    fn syntax_warning(&mut self, message: &str, file: &str, line: u32, source: &[u8]) -> R<()> {
        if self.official_texts() {
            return Ok(());
        }
        let module = self.interned(b"warnings").and_then(|name| self.modules().get_name(self, name));
        if let Some(module) = module {
            let (message, file) = (self.new_str(message.as_bytes())?, self.new_str(file.as_bytes())?);
            let warn = self.intern(b"warn_explicit")?;
            let class = self.exc_type(Exc::SyntaxWarning).obj();
            self.call_method(module, warn, &[message, class, file, Obj::small_int_unchecked(line as isize)])?;
            return Ok(());
        }
        let mut text = format!("{file}:{line}: SyntaxWarning: {message}\n").into_bytes();
        if !file.starts_with('<')
            && let Some(shown) = source.split(|&byte| byte == b'\n').nth((line as usize).saturating_sub(1))
        {
            text.extend([b"  ", shown.trim_ascii(), b"\n"].concat());
        }
        self.write_stderr(&text);
        Ok(())
    }

    #[cold]
    fn syntax_error(&mut self, error: &CompileError, file: &str, source: &[u8]) -> Raised {
        let class = match error.class {
            "IndentationError" => Exc::IndentationError,
            "TabError" => Exc::TabError,
            "MemoryError" => Exc::MemoryError,
            "RuntimeError" => Exc::RuntimeError,
            "RecursionError" => Exc::RecursionError,
            "OverflowError" => Exc::OverflowError,
            "ValueError" => Exc::ValueError,
            "NotImplementedError" => Exc::NotImplementedError,
            "ViperTypeError" => Exc::ViperTypeError,
            _ => Exc::SyntaxError,
        };
        let message = error.official.filter(|_| self.official_texts()).unwrap_or(&error.message);
        let raised = self.error(class, format_args!("{message}"));
        let Some(exception) = self.root(Root::Exception) else {
            return raised;
        };
        let filled: R<()> = (|| {
            let text = source.split(|&b| b == b'\n').nth((error.line as usize).saturating_sub(1)).unwrap_or(&[]);
            let text = self.new_str(&text[..text.len().min(500)])?;
            let file_text = self.new_str(file.as_bytes())?;
            self.fill_syntax_error(exception, file_text, (error.line, error.column), error.end, text)?;
            let file = self.intern_text(file.as_bytes())?;
            let scope = match &error.scope {
                Some(scope) => self.intern_text(scope.as_bytes())?,
                None => Qstr(0),
            };
            if error.line > 0 {
                self.add_traceback(exception, file, error.line, scope, (0, 0));
            }
            Ok(())
        })();
        if filled.is_err() {
            self.take_exception();
        }
        self.raise(exception)
    }

    /// `from module import name`
    pub fn import_from(&mut self, module: Obj, name: Qstr) -> R {
        // The module's own `__getattr__` may say so by an exception.
        let found = self.getattr_maybe(module, name);
        if let Some(value) = self.catch(found, Exc::AttributeError)?.flatten() {
            return Ok(value);
        }
        // A submodule that is being imported in a circle is in sys.modules before it is an attribute.
        if let Some(dict) = self.module_dict(module)
            && let Some(own) = dict.get_name(self, q::__name__)
            && let Some(own) = self.str_bytes(own)
        {
            let full = [own, b".", self.qstr_bytes(name)].concat();
            let full = self.intern(&full)?;
            if let Some(found) = self.modules().get_name(self, full) {
                return Ok(found);
            }
        }
        Err(self.import_name_error(module, name))
    }

    /// `from module import *` into a namespace.
    pub fn import_star(&mut self, module: Obj, namespace: Obj) -> R<()> {
        let all = self.getattr(module, q::__all__);
        if let Some(all) = self.catch(all, Exc::AttributeError)? {
            return self.for_each(all, |vm, name| {
                let Some(text) = vm.str_bytes(name) else {
                    return Err(vm.type_error("items of __all__ must be str"));
                };
                let text = text.to_vec();
                let qstr = vm.intern(&text)?;
                let value = vm.getattr(module, qstr)?;
                vm.store_in(namespace, qstr, value).map(|()| true)
            });
        }
        let Some(dict) = self.module_dict(module) else {
            // Anything may stand in `sys.modules`: the public attributes of instances and classes are taken.
            if self.as_instance(module).is_none() && self.as_type(module).is_none() {
                let text = "from-import-* object has no __dict__ and no __all__";
                return Err(self.error(Exc::ImportError, format_args!("{text}")));
            }
            let names = self.attribute_names(module)?;
            return self.for_each(names, |vm, name| {
                let Some(text) = vm.str_bytes(name).filter(|text| text.first() != Some(&b'_')) else {
                    return Ok(true);
                };
                let text = text.to_vec();
                let qstr = vm.intern(&text)?;
                if let Some(value) = vm.getattr_maybe(module, qstr)? {
                    vm.store_in(namespace, qstr, value)?;
                }
                Ok(true)
            });
        };
        let mut position = 0;
        while let Some((next, key, value)) = dict.entry(self, position) {
            position = next;
            let Some(text) = self.str_bytes(key) else {
                continue;
            };
            if text.first() == Some(&b'_') {
                continue;
            }
            let text = text.to_vec();
            let qstr = self.intern(&text)?;
            self.store_in(namespace, qstr, value)?;
        }
        Ok(())
    }

    fn store_in(&mut self, namespace: Obj, name: Qstr, value: Obj) -> R<()> {
        match self.exact::<Dict>(namespace) {
            Some(dict) => dict.set_name(self, name, value),
            None => self.setitem(namespace, name.obj(), Some(value)),
        }
    }

    /// The namespace of `__main__` as a module that `sys.modules` knows.
    pub fn main_module(&mut self) -> R<Ref<Module>> {
        let modules = self.modules();
        if let Some(module) = modules.get_name(self, q::__main__)
            && let Some(module) = self.exact::<Module>(module)
        {
            return Ok(module);
        }
        let dict = self.main_globals();
        let module = self.new_module_of(dict)?;
        modules.set_name(self, q::__main__, module.obj())?;
        Ok(module)
    }

    /// Sets `sys.path`.
    pub fn set_path(&mut self, entries: &[&[u8]]) -> R<()> {
        let list = match self.root(Root::Path).and_then(|path| self.exact::<List>(path)) {
            Some(list) => list,
            None => {
                let list = self.new_list(&[])?;
                self.set_root(Root::Path, Some(list.obj()));
                list
            }
        };
        list.truncate(0);
        for entry in entries {
            let entry = self.new_str(entry)?;
            list.push(self, entry)?;
        }
        Ok(())
    }
}
