//! `os`: files and directories of the host and of the file systems that [`crate::vfs`] mounted, and the environment.

use alloc::string::String;

use vm::{
    Obj, R, Vm,
    host::Errno,
    native::{Def, Member, ModuleDef, Native},
    qstr::{Qstr, q},
    types::{exception::Exc, namedtuple},
    vfs::Place,
};

use crate::state;

pub mod host;

use host::{on_host, path_bytes};

/// `os`
pub static OS: ModuleDef = ModuleDef { name: "os", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("__getattr__", Def::Fn(Native::F1(lazy_attribute))),
    ("_variables", Def::Fn(Native::F0(variables))),
    ("chdir", Def::Fn(Native::F1(chdir))),
    ("getcwd", Def::Fn(Native::F0(getcwd))),
    ("getenv", Def::Fn(Native::Var(1, 2, getenv))),
    ("ilistdir", Def::Fn(Native::Var(0, 1, ilistdir))),
    ("listdir", Def::Fn(Native::Var(0, 1, listdir))),
    ("mkdir", Def::Fn(Native::Var(1, 2, |vm, args| mkdir(vm, args[0])))),
    ("mount", Def::Fn(Native::Kw(0, 2, crate::vfs::mount))),
    ("putenv", Def::Fn(Native::F2(putenv))),
    ("remove", Def::Fn(Native::F1(remove))),
    ("rename", Def::Fn(Native::F2(rename))),
    ("rmdir", Def::Fn(Native::F1(rmdir))),
    ("sep", Def::Value(|vm| vm.new_str(b"/"))),
    ("stat", Def::Fn(Native::F1(stat))),
    ("statvfs", Def::Fn(Native::F1(statvfs))),
    ("system", Def::Fn(Native::F1(system))),
    ("umount", Def::Fn(Native::F1(crate::vfs::umount))),
    ("uname", Def::Fn(Native::F0(uname))),
    ("unlink", Def::Fn(Native::F1(remove))),
    ("unsetenv", Def::Fn(Native::F1(unsetenv))),
    ("urandom", Def::Fn(Native::F1(urandom))),
    ("VfsPosix", Def::Value(|vm| Ok(vm.define_type(&crate::vfs::VFS_POSIX)?.obj()))),
];

const EPERM: Errno = Errno(1);
const EEXIST: Errno = Errno(17);

/// An operation with one path: on the host, or the method of this name of the file system that the path leads to.
fn on_path(vm: &mut Vm, path: Obj, method: Qstr, on_host: fn(&mut Vm, &[u8], Obj) -> R) -> R {
    let bytes = path_bytes(vm, path)?;
    match vm.locate(&bytes) {
        Place::Host => on_host(vm, &bytes, path),
        Place::Volume(mount, inner) => vm.call_mount(mount, method, &inner, path, None),
        place => Err(vm.no_volume(&place)),
    }
}

fn chdir(vm: &mut Vm, path: Obj) -> R {
    let bytes = path_bytes(vm, path)?;
    let place = vm.locate(&bytes);
    match place {
        Place::Host => return host::act(vm, &bytes, path, |host, path| host.chdir(path)),
        Place::Volume(mount, inner) => {
            vm.call_mount(mount, q::chdir, &inner, path, None)?;
            vm.set_current_mount(Some(mount));
        }
        Place::Root => {
            // Relative paths then begin at the root of what is mounted there.
            if let Some(mount) = vm.root_mount() {
                vm.call_mount(mount, q::chdir, b"/", Obj::NONE, None)?;
            }
            vm.set_current_mount(None);
        }
        Place::Nowhere => return Err(vm.no_volume(&place)),
    }
    Ok(Obj::NONE)
}

fn getcwd(vm: &mut Vm) -> R {
    if vm.mounts().is_none() {
        let path = host::getcwd(vm)?;
        return vm.new_str(&path);
    }
    let Some(mount) = vm.current_mount() else { return vm.new_str(b"/") };
    let inner = vm.call_method(mount.file_system(vm), q::getcwd, &[])?;
    if mount.is_root(vm) {
        return Ok(inner);
    }
    let mut path = mount.point(vm).to_vec();
    let inner = path_bytes(vm, inner)?;
    if inner != b"/" {
        path.extend_from_slice(&inner);
    }
    vm.new_str(&path)
}

fn ilistdir(vm: &mut Vm, args: &[Obj]) -> R {
    let path = args.first().copied().unwrap_or(q::empty.obj());
    let bytes = path_bytes(vm, path)?;
    if !matches!(vm.locate(&bytes), Place::Root) {
        return on_path(vm, path, q::ilistdir, host::entries);
    }
    // The mount points, then what is in the file system at the root.
    let list = vm.new_list(&[])?;
    let mut i = 0;
    while let Some(mount) = vm.mount_at(i) {
        i += 1;
        if mount.is_root(vm) {
            let entries = vm.call_mount(mount, q::ilistdir, b"/", path, None)?;
            vm.for_each(entries, |vm, entry| list.push(vm, entry).map(|()| true))?;
            break;
        }
        let name = mount.point(vm)[1..].to_vec();
        let name = if vm.bytes_of(path).is_some() { vm.new_bytes(&name)? } else { vm.new_str(&name)? };
        let entry = vm.new_tuple(&[name, Obj::small_int_unchecked(0x4000), Obj::small_int_unchecked(0)])?;
        list.push(vm, entry)?;
    }
    vm.iter(list.obj())
}

fn listdir(vm: &mut Vm, args: &[Obj]) -> R {
    let entries = ilistdir(vm, args)?;
    let names = vm.new_list(&[])?;
    vm.for_each(entries, |vm, entry| {
        let name = vm.getitem(entry, Obj::small_int_unchecked(0))?;
        names.push(vm, name).map(|()| true)
    })?;
    Ok(names.obj())
}

fn mkdir(vm: &mut Vm, path: Obj) -> R {
    let bytes = path_bytes(vm, path)?;
    match vm.locate(&bytes) {
        Place::Root => Err(vm.os_error(EEXIST, Some(path))),
        Place::Volume(_, inner) if inner == b"/" => Err(vm.os_error(EEXIST, Some(path))),
        _ => on_path(vm, path, q::mkdir, |vm, path, name| host::act(vm, path, name, |host, path| host.mkdir(path))),
    }
}

fn remove(vm: &mut Vm, path: Obj) -> R {
    on_path(vm, path, q::remove, |vm, path, name| host::act(vm, path, name, |host, path| host.remove(path)))
}

fn rmdir(vm: &mut Vm, path: Obj) -> R {
    on_path(vm, path, q::rmdir, |vm, path, name| host::act(vm, path, name, |host, path| host.rmdir(path)))
}

fn rename(vm: &mut Vm, from: Obj, to: Obj) -> R {
    let (old, new) = (path_bytes(vm, from)?, path_bytes(vm, to)?);
    match (vm.locate(&old), vm.locate(&new)) {
        (Place::Host, _) => host::rename(vm, &old, &new, from),
        (Place::Volume(mount, old), Place::Volume(other, new)) if mount == other => {
            let new = if vm.bytes_of(to).is_some() { vm.new_bytes(&new)? } else { vm.new_str(&new)? };
            vm.call_mount(mount, q::rename, &old, from, Some(new))
        }
        (Place::Nowhere, Place::Nowhere) => Err(vm.no_volume(&Place::Nowhere)),
        // Not from one file system to another.
        _ => Err(vm.os_error(EPERM, Some(from))),
    }
}

/// What `stat` and `statvfs` of the root give when nothing is mounted there.
fn zeros(vm: &mut Vm, first: isize, last: isize) -> R {
    let mut items = [Obj::small_int_unchecked(0); 10];
    (items[0], items[9]) = (Obj::small_int_unchecked(first), Obj::small_int_unchecked(last));
    vm.new_tuple(&items)
}

fn stat(vm: &mut Vm, path: Obj) -> R {
    let bytes = path_bytes(vm, path)?;
    match vm.locate(&bytes) {
        Place::Root => zeros(vm, 0x4000, 0),
        _ => on_path(vm, path, q::stat, host::stat),
    }
}

fn statvfs(vm: &mut Vm, path: Obj) -> R {
    const LONGEST_NAME: isize = 255;
    let bytes = path_bytes(vm, path)?;
    match (vm.locate(&bytes), vm.root_mount()) {
        (Place::Root, Some(mount)) => vm.call_mount(mount, q::statvfs, b"/", path, None),
        (Place::Root, None) => zeros(vm, 0, LONGEST_NAME),
        _ => on_path(vm, path, q::statvfs, host::statvfs),
    }
}

fn text(vm: &mut Vm, value: Obj) -> R<String> {
    match vm.str_bytes(value).or(vm.bytes_of(value)).map(core::str::from_utf8) {
        Some(Ok(text)) => Ok(text.into()),
        Some(Err(_)) => Err(vm.value_error("text is not UTF-8")),
        None => Err(vm.type_error_for("expected str, not ", value, "")),
    }
}

/// `environ` is made when it is first asked for: the class is Python code.
fn lazy_attribute(vm: &mut Vm, name: Obj) -> R {
    let environ = vm.intern(b"environ")?;
    if !vm.names_equal(name, environ) {
        let name = text(vm, name)?;
        let message = format_args!("module 'os' has no attribute '{name}'");
        return Err(vm.error(Exc::AttributeError, message));
    }
    let globals = vm.main_globals();
    let module = vm.new_str(b"_environ")?;
    let module = vm.import_module(module, globals, Obj::NONE, 0)?;
    let made = vm.intern(b"Environ")?;
    let made = vm.call_method(module, made, &[])?;
    let own = vm.intern(b"os")?;
    if let Some(dict) = vm.modules().get_name(vm, own).and_then(|os| vm.module_dict(os)) {
        dict.set_name(vm, environ, made)?;
    }
    Ok(made)
}

/// The names of the environment variables, a list.
fn variables(vm: &mut Vm) -> R {
    let names = vm.host().map(|host| host.variables()).unwrap_or_default();
    let list = vm.new_list(&[])?;
    for name in names {
        let name = vm.new_str(name.as_bytes())?;
        list.push(vm, name)?;
    }
    Ok(list.obj())
}

fn getenv(vm: &mut Vm, args: &[Obj]) -> R {
    let name = text(vm, args[0])?;
    match vm.host().and_then(|host| host.getenv(&name)) {
        Some(value) => vm.new_str(value.as_bytes()),
        None => Ok(args.get(1).copied().unwrap_or(Obj::NONE)),
    }
}

fn putenv(vm: &mut Vm, name: Obj, value: Obj) -> R {
    let (name, value) = (text(vm, name)?, text(vm, value)?);
    check_variable(vm, &name)?;
    if let Some(host) = vm.host() {
        host.setenv(&name, Some(&value));
    }
    Ok(Obj::NONE)
}

fn unsetenv(vm: &mut Vm, name: Obj) -> R {
    let name = text(vm, name)?;
    check_variable(vm, &name)?;
    if let Some(host) = vm.host() {
        host.setenv(&name, None);
    }
    Ok(Obj::NONE)
}

fn check_variable(vm: &mut Vm, name: &str) -> R<()> {
    const EINVAL: Errno = Errno(22);
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(vm.os_error(EINVAL, None));
    }
    Ok(())
}

fn system(vm: &mut Vm, command: Obj) -> R {
    let command = text(vm, command)?;
    let run = on_host(vm, None, |host| Ok(host.system(&command)))?;
    let status = vm.without_turn(run);
    let status = on_host(vm, None, |_| status)?;
    Ok(Obj::small_int_unchecked(status as isize))
}

/// More than this at once is surely a mistake.
const MOST_RANDOM: usize = 1 << 24;

fn urandom(vm: &mut Vm, count: Obj) -> R {
    let count = match usize::try_from(vm.index(count)?) {
        Ok(count) if count <= MOST_RANDOM => count,
        Ok(count) => return Err(vm.raise_memory_error(count)),
        Err(_) => return Err(vm.value_error("negative argument not allowed")),
    };
    vm.reserve(count)?;
    let mut bytes = alloc::vec![0; count];
    if let Some(host) = vm.host() {
        host.random(&mut bytes);
    }
    let made = vm.new_bytes(&bytes);
    vm.release(count);
    made
}

fn uname(vm: &mut Vm) -> R {
    const CLASS: &str = "os.uname";
    const ENOSYS: Errno = Errno(38);
    let Some(texts) = vm.host().and_then(|host| host.uname()) else {
        return Err(vm.os_error(ENOSYS, None));
    };
    let class = match state::get(vm, CLASS)? {
        Some(class) => class,
        None => {
            let typename = vm.new_str(b"uname_result")?;
            let fields = vm.new_list(&[])?;
            for field in ["sysname", "nodename", "release", "version", "machine"] {
                let field = vm.intern(field.as_bytes())?;
                fields.push(vm, field.obj())?;
            }
            let class = namedtuple::make_class(vm, typename, fields, None, None)?;
            state::set(vm, CLASS, class)?;
            class
        }
    };
    let mut args = [Obj::NONE; 5];
    for (arg, text) in args.iter_mut().zip(texts) {
        *arg = vm.new_str(text.as_bytes())?;
    }
    vm.call(class, &args)
}
