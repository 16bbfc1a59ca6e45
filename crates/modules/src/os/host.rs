//! Files and directories of the host, as `os` and `vfs.VfsPosix` see them. Paths are bytes, as they go to the host;
//! `name` is what an error shows.

use alloc::vec::Vec;

use vm::{
    Obj, R, Vm,
    host::{Errno, Host},
};

/// Something to do with the host; files of the program are written out first, so that it sees them.
pub(super) fn on_host<T>(vm: &mut Vm, name: Option<Obj>, act: impl FnOnce(&mut dyn Host) -> Result<T, Errno>) -> R<T> {
    const ENOSYS: Errno = Errno(38);
    vm.flush_files();
    let done = match vm.host() {
        Some(host) => act(host),
        None => Err(ENOSYS),
    };
    done.map_err(|errno| vm.os_error(errno, name))
}

/// The bytes of a path.
pub fn path_bytes(vm: &mut Vm, path: Obj) -> R<Vec<u8>> {
    let Some(bytes) = vm.str_bytes(path).or(vm.bytes_of(path)) else {
        return Err(vm.type_error_for("expected str, bytes or os.PathLike object, not ", path, ""));
    };
    if bytes.contains(&0) {
        return Err(vm.value_error("embedded null byte"));
    }
    Ok(bytes.to_vec())
}

/// Does something with a path that has no result.
pub fn act(vm: &mut Vm, path: &[u8], name: Obj, act: fn(&mut dyn Host, &[u8]) -> Result<(), Errno>) -> R {
    on_host(vm, Some(name), |host| act(host, path))?;
    Ok(Obj::NONE)
}

/// The current directory.
pub fn getcwd(vm: &mut Vm) -> R<Vec<u8>> {
    on_host(vm, None, |host| host.getcwd())
}

/// The entries of a directory as (name, type, inode), names as `bytes` if `name` is.
pub fn entries(vm: &mut Vm, path: &[u8], name: Obj) -> R {
    let as_bytes = vm.bytes_of(name).is_some();
    let found = on_host(vm, Some(name), |host| host.list_dir(path))?;
    let list = vm.new_list(&[])?;
    for entry in found {
        let name = if as_bytes { vm.new_bytes(&entry.name)? } else { vm.new_str(&entry.name)? };
        let kind = match (entry.is_dir, entry.is_file) {
            (true, _) => 0x4000,
            (false, true) => 0x8000,
            (false, false) => 0,
        };
        let ino = vm.new_int(entry.ino)?;
        let item = vm.new_tuple(&[name, Obj::small_int_unchecked(kind), ino])?;
        list.push(vm, item)?;
    }
    vm.iter(list.obj())
}

/// `os.rename`
pub fn rename(vm: &mut Vm, from: &[u8], to: &[u8], name: Obj) -> R {
    on_host(vm, Some(name), |host| host.rename(from, to))?;
    Ok(Obj::NONE)
}

fn numbers(vm: &mut Vm, values: [i128; 10]) -> R {
    let mut items = [Obj::NONE; 10];
    for (item, value) in items.iter_mut().zip(values) {
        *item = vm.new_int(value)?;
    }
    vm.new_tuple(&items)
}

/// `os.stat`
pub fn stat(vm: &mut Vm, path: &[u8], name: Obj) -> R {
    let s = on_host(vm, Some(name), |host| host.stat(path))?;
    numbers(
        vm,
        [
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
        ],
    )
}

/// `os.statvfs`
pub fn statvfs(vm: &mut Vm, path: &[u8], name: Obj) -> R {
    let s = on_host(vm, Some(name), |host| host.stat_vfs(path))?;
    numbers(
        vm,
        [
            s.block_size.into(),
            s.fragment_size.into(),
            s.blocks.into(),
            s.blocks_free.into(),
            s.blocks_available.into(),
            s.files.into(),
            s.files_free.into(),
            s.files_available.into(),
            s.flags.into(),
            s.name_max.into(),
        ],
    )
}
