//! `os`: files, directories and environment, through the host.

use alloc::{string::String, vec::Vec};

use vm::{
    Obj, R, Vm,
    host::{Errno, Host},
    native::{Def, Member, ModuleDef, Native},
};

/// `os`
pub static OS: ModuleDef = ModuleDef { name: "os", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("chdir", Def::Fn(Native::F1(|vm, path| on_path(vm, path, |host, path| host.chdir(path))))),
    ("getcwd", Def::Fn(Native::F0(getcwd))),
    ("getenv", Def::Fn(Native::Var(1, 2, getenv))),
    ("ilistdir", Def::Fn(Native::Var(0, 1, ilistdir))),
    ("listdir", Def::Fn(Native::Var(0, 1, listdir))),
    ("mkdir", Def::Fn(Native::Var(1, 2, |vm, args| on_path(vm, args[0], |host, path| host.mkdir(path))))),
    ("putenv", Def::Fn(Native::F2(putenv))),
    ("remove", Def::Fn(Native::F1(|vm, path| on_path(vm, path, |host, path| host.remove(path))))),
    ("rename", Def::Fn(Native::F2(rename))),
    ("rmdir", Def::Fn(Native::F1(|vm, path| on_path(vm, path, |host, path| host.rmdir(path))))),
    ("sep", Def::Value(|vm| vm.new_str(b"/"))),
    ("stat", Def::Fn(Native::F1(stat))),
    ("statvfs", Def::Fn(Native::F1(statvfs))),
    ("system", Def::Fn(Native::F1(system))),
    ("unlink", Def::Fn(Native::F1(|vm, path| on_path(vm, path, |host, path| host.remove(path))))),
    ("unsetenv", Def::Fn(Native::F1(unsetenv))),
    ("urandom", Def::Fn(Native::F1(urandom))),
];

/// Something to do with the host; files of the program are written out first, so that it sees them.
fn on_host<T>(vm: &mut Vm, path: Option<Obj>, act: impl FnOnce(&mut dyn Host) -> Result<T, Errno>) -> R<T> {
    const ENOSYS: Errno = Errno(38);
    vm.flush_files();
    let done = match vm.host() {
        Some(host) => act(host),
        None => Err(ENOSYS),
    };
    done.map_err(|errno| vm.os_error(errno, path))
}

/// The bytes of a path.
fn path_bytes(vm: &mut Vm, path: Obj) -> R<Vec<u8>> {
    let Some(bytes) = vm.str_bytes(path).or(vm.bytes_of(path)) else {
        return Err(vm.type_error_for("expected str, bytes or os.PathLike object, not ", path, ""));
    };
    if bytes.contains(&0) {
        return Err(vm.value_error("embedded null byte"));
    }
    Ok(bytes.to_vec())
}

fn on_path(vm: &mut Vm, path: Obj, act: fn(&mut dyn Host, &[u8]) -> Result<(), Errno>) -> R {
    let bytes = path_bytes(vm, path)?;
    on_host(vm, Some(path), |host| act(host, &bytes))?;
    Ok(Obj::NONE)
}

fn getcwd(vm: &mut Vm) -> R {
    let path = on_host(vm, None, |host| host.getcwd())?;
    vm.new_str(&path)
}

fn text(vm: &mut Vm, value: Obj) -> R<String> {
    match vm.str_bytes(value).or(vm.bytes_of(value)).map(core::str::from_utf8) {
        Some(Ok(text)) => Ok(text.into()),
        Some(Err(_)) => Err(vm.value_error("text is not UTF-8")),
        None => Err(vm.type_error_for("expected str, not ", value, "")),
    }
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

/// The entries of a directory as (name, type, inode), names as `bytes` if the path is.
fn entries(vm: &mut Vm, args: &[Obj], names_only: bool) -> R {
    let path = match args.first() {
        Some(path) => path_bytes(vm, *path)?,
        None => b".".to_vec(),
    };
    let as_bytes = args.first().is_some_and(|path| vm.bytes_of(*path).is_some());
    let found = on_host(vm, args.first().copied(), |host| host.list_dir(&path))?;
    let list = vm.new_list(&[])?;
    for entry in found {
        let name = if as_bytes { vm.new_bytes(&entry.name)? } else { vm.new_str(&entry.name)? };
        let item = if names_only {
            name
        } else {
            let kind = match (entry.is_dir, entry.is_file) {
                (true, _) => 0x4000,
                (false, true) => 0x8000,
                (false, false) => 0,
            };
            let ino = vm.new_int(entry.ino)?;
            vm.new_tuple(&[name, Obj::small_int_unchecked(kind), ino])?
        };
        list.push(vm, item)?;
    }
    Ok(list.obj())
}

fn ilistdir(vm: &mut Vm, args: &[Obj]) -> R {
    let list = entries(vm, args, false)?;
    vm.iter(list)
}

fn listdir(vm: &mut Vm, args: &[Obj]) -> R {
    entries(vm, args, true)
}

fn rename(vm: &mut Vm, from: Obj, to: Obj) -> R {
    let (old, new) = (path_bytes(vm, from)?, path_bytes(vm, to)?);
    on_host(vm, Some(from), |host| host.rename(&old, &new))?;
    Ok(Obj::NONE)
}

fn numbers(vm: &mut Vm, values: [u64; 10]) -> R {
    let mut items = [Obj::NONE; 10];
    for (item, value) in items.iter_mut().zip(values) {
        *item = vm.new_int(value)?;
    }
    vm.new_tuple(&items)
}

fn stat(vm: &mut Vm, path: Obj) -> R {
    let bytes = path_bytes(vm, path)?;
    let s = on_host(vm, Some(path), |host| host.stat(&bytes))?;
    let mut items = [Obj::NONE; 10];
    let values: [i128; 10] = [
        s.mode.into(),
        s.ino.into(),
        s.dev.into(),
        s.nlink.into(),
        s.uid.into(),
        s.gid.into(),
        s.size.into(),
        s.atime.into(),
        s.mtime.into(),
        s.ctime.into(),
    ];
    for (item, value) in items.iter_mut().zip(values) {
        *item = vm.new_int(value)?;
    }
    vm.new_tuple(&items)
}

fn statvfs(vm: &mut Vm, path: Obj) -> R {
    let bytes = path_bytes(vm, path)?;
    let s = on_host(vm, Some(path), |host| host.stat_vfs(&bytes))?;
    numbers(
        vm,
        [
            s.block_size,
            s.fragment_size,
            s.blocks,
            s.blocks_free,
            s.blocks_available,
            s.files,
            s.files_free,
            s.files_available,
            s.flags,
            s.name_max,
        ],
    )
}

fn system(vm: &mut Vm, command: Obj) -> R {
    let command = text(vm, command)?;
    let status = on_host(vm, None, |host| host.system(&command))?;
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
