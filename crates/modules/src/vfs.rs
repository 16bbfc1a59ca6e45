//! `vfs`: mounting of file systems, and the class of the host's.

use vm::{
    Obj, R, Ref, Vm,
    host::{Errno, Host},
    layout::{fields::Fields, typ::Type},
    native::{Args, Def, ModuleDef, Native, Slots, TypeDef},
    qstr::q,
    types::{object::identity_unary, stream},
    vfs::Place,
    vm::Root,
};

use crate::os::host;

/// `vfs`
pub static VFS: ModuleDef = ModuleDef {
    name: "vfs",
    members: &[
        ("VfsPosix", Def::Value(|vm| Ok(vm.define_type(&VFS_POSIX)?.obj()))),
        ("mount", Def::Fn(Native::Kw(0, 2, mount))),
        ("umount", Def::Fn(Native::F1(umount))),
    ],
    init: None,
};

const EPERM: Errno = Errno(1);
const ENODEV: Errno = Errno(19);
const EINVAL: Errno = Errno(22);
const EROFS: Errno = Errno(30);

/// Makes the table of mounted file systems, with the host's at the root, if there is none yet.
fn begin(vm: &mut Vm) -> R<()> {
    if vm.mounts().is_some() {
        return Ok(());
    }
    let root = new_posix(vm, b"")?;
    let point = vm.new_str(b"/")?;
    let mount = vm.new_tuple(&[root, point])?;
    let list = vm.new_list(&[mount])?;
    vm.set_root(Root::CurrentMount, Some(mount));
    vm.set_root(Root::Mounts, Some(list.obj()));
    Ok(())
}

/// `mount(fs, point, *, readonly=False, mkfs=False)`; without arguments the table of what is mounted.
pub(crate) fn mount(vm: &mut Vm, args: &Args) -> R {
    begin(vm)?;
    if args.pos.is_empty() && args.kw.is_empty() {
        let list = vm.new_list(&[])?;
        let mut i = 0;
        while let Some(mount) = vm.mount_at(i) {
            list.push(vm, mount.obj())?;
            i += 1;
        }
        return Ok(list.obj());
    }
    let &[fs, point] = args.pos else { return Err(vm.type_error("mount() takes a file system and a mount point")) };
    let [readonly, mkfs] = vm.bind(&Args { pos: &[], kw: args.kw }, [q::readonly, q::mkfs], 0)?;
    let Some(bytes) = vm.str_bytes(point).map(<[u8]>::to_vec) else {
        return Err(vm.type_error_for("mount point must be str, not ", point, ""));
    };
    let Some(method) = vm.getattr_maybe(fs, q::mount)? else {
        // A block device: there is no file system here that could be on it.
        return Err(vm.os_error(ENODEV, None));
    };
    vm.call(method, &[readonly.unwrap_or(Obj::FALSE), mkfs.unwrap_or(Obj::FALSE)])?;
    if let Place::Volume(existing, _) = vm.locate(&bytes)
        && (bytes.len() == 1 || !existing.is_root(vm))
    {
        return Err(vm.os_error(EPERM, Some(point)));
    }
    let item = vm.new_tuple(&[fs, point])?;
    let Some(list) = vm.mounts() else { return Ok(Obj::NONE) };
    list.push(vm, item)?;
    // What is mounted at the root stays last.
    let last = list.len() - 1;
    if last > 0
        && let Some(before) = vm.mount_at(last - 1)
        && before.is_root(vm)
    {
        list.set(last - 1, item);
        list.set(last, before.obj());
    }
    Ok(Obj::NONE)
}

/// `umount(point)` or `umount(fs)`
pub(crate) fn umount(vm: &mut Vm, what: Obj) -> R {
    begin(vm)?;
    let point = vm.str_bytes(what).map(<[u8]>::to_vec);
    let mut i = 0;
    while let Some(mount) = vm.mount_at(i) {
        if mount.file_system(vm) == what || point.as_deref() == Some(mount.point(vm)) {
            if let Some(list) = vm.mounts() {
                list.splice(vm, i, 1, 0)?;
            }
            if vm.current_mount() == Some(mount) {
                vm.set_current_mount(None);
            }
            vm.call_method(mount.file_system(vm), q::umount, &[])?;
            return Ok(Obj::NONE);
        }
        i += 1;
    }
    Err(vm.os_error(EINVAL, None))
}

/// `vfs.VfsPosix`: the files of the host below a directory. Fields: the directory with a slash at the end (empty: all files,
/// and paths are the host's), whether it is read-only.
pub static VFS_POSIX: TypeDef = TypeDef {
    slots: Slots { new: Some(make_posix), unary: Some(identity_unary), ..Slots::NONE },
    members: &[
        ("chdir", Def::Fn(Native::F2(|vm, fs, path| on_path(vm, fs, path, false, |host, path| host.chdir(path))))),
        ("getcwd", Def::Fn(Native::F1(getcwd))),
        ("ilistdir", Def::Fn(Native::Var(1, 2, ilistdir))),
        ("mkdir", Def::Fn(Native::F2(|vm, fs, path| on_path(vm, fs, path, true, |host, path| host.mkdir(path))))),
        ("mount", Def::Fn(Native::F3(mount_posix))),
        ("open", Def::Fn(Native::F3(open))),
        ("remove", Def::Fn(Native::F2(|vm, fs, path| on_path(vm, fs, path, true, |host, path| host.remove(path))))),
        ("rename", Def::Fn(Native::F3(rename))),
        ("rmdir", Def::Fn(Native::F2(|vm, fs, path| on_path(vm, fs, path, true, |host, path| host.rmdir(path))))),
        ("stat", Def::Fn(Native::F2(|vm, fs, path| with_path(vm, fs, path, host::stat)))),
        ("statvfs", Def::Fn(Native::F2(|vm, fs, path| with_path(vm, fs, path, host::statvfs)))),
        ("umount", Def::Fn(Native::F1(|_, _| Ok(Obj::NONE)))),
    ],
    ..TypeDef::named("VfsPosix")
};

const ROOT: usize = 0;
const READ_ONLY: usize = 1;

fn new_posix(vm: &mut Vm, root: &[u8]) -> R {
    let root = vm.new_bytes(root)?;
    Ok(vm.new_fields(&VFS_POSIX, &[root, Obj::FALSE])?.obj())
}

/// `VfsPosix(root=…)`
fn make_posix(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [root] = vm.bind(args, [q::root], 0)?;
    let Some(root) = root else { return new_posix(vm, b"") };
    let mut path = host::path_bytes(vm, root)?;
    if path.first().is_some_and(|&first| first != b'/') {
        // The directory stays the same when the current one changes.
        let mut absolute = host::getcwd(vm)?;
        absolute.push(b'/');
        absolute.append(&mut path);
        path = absolute;
    }
    path.push(b'/');
    new_posix(vm, &path)
}

fn expect(vm: &mut Vm, fs: Obj) -> R<Ref<Fields>> {
    vm.expect_fields(&VFS_POSIX, fs)
}

fn root(vm: &Vm, fs: Ref<Fields>) -> &[u8] {
    vm.bytes_of(fs.get(ROOT)).unwrap_or_default()
}

/// The host's path for one of this file system.
fn full_path(vm: &mut Vm, fs: Ref<Fields>, path: Obj) -> R<alloc::vec::Vec<u8>> {
    let path = host::path_bytes(vm, path)?;
    match (root(vm, fs).split_last(), path.first()) {
        (Some((_, root)), Some(b'/')) => Ok([root, &path].concat()),
        _ => Ok(path),
    }
}

fn check_writable(vm: &mut Vm, fs: Ref<Fields>) -> R<()> {
    if fs.get(READ_ONLY) == Obj::TRUE { Err(vm.os_error(EROFS, None)) } else { Ok(()) }
}

fn on_path(vm: &mut Vm, fs: Obj, path: Obj, changes: bool, act: fn(&mut dyn Host, &[u8]) -> Result<(), Errno>) -> R {
    let fs = expect(vm, fs)?;
    if changes {
        check_writable(vm, fs)?;
    }
    let full = full_path(vm, fs, path)?;
    host::act(vm, &full, path, act)
}

fn with_path(vm: &mut Vm, fs: Obj, path: Obj, act: fn(&mut Vm, &[u8], Obj) -> R) -> R {
    let fs = expect(vm, fs)?;
    let full = full_path(vm, fs, path)?;
    act(vm, &full, path)
}

fn mount_posix(vm: &mut Vm, fs: Obj, readonly: Obj, mkfs: Obj) -> R {
    let fs = expect(vm, fs)?;
    if vm.is_true(readonly)? {
        fs.set(READ_ONLY, Obj::TRUE);
    }
    if vm.is_true(mkfs)? {
        return Err(vm.os_error(EPERM, None));
    }
    Ok(Obj::NONE)
}

fn getcwd(vm: &mut Vm, fs: Obj) -> R {
    let fs = expect(vm, fs)?;
    let path = host::getcwd(vm)?;
    // Outside of this file system the current directory is its root.
    let (_, root) = root(vm, fs).split_last().unwrap_or((&0, b""));
    match path.strip_prefix(root) {
        Some(b"") | None => vm.new_str(b"/"),
        Some(inner) => vm.new_str(inner),
    }
}

fn ilistdir(vm: &mut Vm, args: &[Obj]) -> R {
    with_path(vm, args[0], args.get(1).copied().unwrap_or(q::empty.obj()), host::entries)
}

fn open(vm: &mut Vm, fs: Obj, path: Obj, mode: Obj) -> R {
    let fs = expect(vm, fs)?;
    if vm.str_bytes(mode).is_some_and(|mode| mode.iter().any(|letter| b"wax+".contains(letter))) {
        check_writable(vm, fs)?;
    }
    let path = if path.as_small_int().is_some() {
        path
    } else {
        let full = full_path(vm, fs, path)?;
        vm.new_str(&full)?
    };
    stream::open_on_host(vm, path, mode, None)
}

fn rename(vm: &mut Vm, fs: Obj, from: Obj, to: Obj) -> R {
    let fs = expect(vm, fs)?;
    check_writable(vm, fs)?;
    let (old, new) = (full_path(vm, fs, from)?, full_path(vm, fs, to)?);
    host::rename(vm, &old, &new, from)
}
