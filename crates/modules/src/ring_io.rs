//! `micropython.RingIO`: a queue of bytes of fixed size, as a stream that never waits.

use vm::{
    Obj, R, Ref, Vm,
    layout::{fields::Fields, typ::Type},
    native::{Args, Def, Native, Slots, TypeDef},
    types::object::identity_unary,
};

/// `micropython.RingIO`. Fields: the memory (one byte of it is never used), where the next byte goes, where the oldest is.
pub static RING_IO: TypeDef = TypeDef {
    slots: Slots {
        new: Some(new),
        show: Some(|vm, _, out, _| out.write_str(vm, "<RingIO>")),
        unary: Some(identity_unary),
        ..Slots::NONE
    },
    members: &[
        ("any", Def::Fn(Native::F1(any))),
        ("close", Def::Fn(Native::F1(|_, _| Ok(Obj::NONE)))),
        ("ioctl", Def::Fn(Native::Var(3, 3, ioctl))),
        ("read", Def::Fn(Native::Var(1, 2, |vm, args| read(vm, args, false)))),
        ("readinto", Def::Fn(Native::Var(2, 3, readinto))),
        ("readline", Def::Fn(Native::Var(1, 2, |vm, args| read(vm, args, true)))),
        ("write", Def::Fn(Native::Var(2, 4, write))),
    ],
    ..TypeDef::named("RingIO")
};

const MEMORY: usize = 0;
const PUT: usize = 1;
const GET: usize = 2;

/// The largest memory, as in the official implementation.
const LARGEST: usize = 65535;

/// `RingIO(size)` or `RingIO(buffer)`
fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let (&[size], []) = (args.pos, args.kw) else {
        return Err(vm.type_error("RingIO() takes a size or a buffer"));
    };
    let memory = match vm.buffer(size)? {
        Some(buffer) if buffer.writable => size,
        Some(_) => return Err(vm.type_error("RingIO() needs a buffer that can be written")),
        None => {
            let size = vm.index(size)?;
            let Ok(size @ 1..LARGEST) = usize::try_from(size) else {
                return Err(vm.value_error("invalid size"));
            };
            vm.new_bytearray(size + 1)?.obj()
        }
    };
    match vm.buffer(memory)?.map_or(0, |buffer| buffer.len()) {
        2..=LARGEST => {}
        _ => return Err(vm.value_error("invalid size")),
    }
    let zero = Obj::small_int_unchecked(0);
    Ok(vm.new_fields(&RING_IO, &[memory, zero, zero])?.obj())
}

/// The queue's state now: its memory may have been resized since the last call.
struct Ring {
    fields: Ref<Fields>,
    memory: vm::buffer::Buffer,
    put: usize,
    get: usize,
}

impl Ring {
    fn of(vm: &mut Vm, obj: Obj) -> R<Ring> {
        let fields = vm.expect_fields(&RING_IO, obj)?;
        let memory = match vm.buffer(fields.get(MEMORY))? {
            Some(memory) if memory.len() >= 2 => memory,
            _ => return Err(vm.value_error("the buffer of the RingIO is gone")),
        };
        let size = memory.len();
        Ok(Ring { fields, memory, put: fields.count(PUT) % size, get: fields.count(GET) % size })
    }

    fn size(&self) -> usize {
        self.memory.len()
    }

    /// How many bytes wait.
    fn len(&self) -> usize {
        (self.put + self.size() - self.get) % self.size()
    }

    /// The byte `at` places behind the oldest.
    fn byte(&self, vm: &Vm, at: usize) -> u8 {
        self.memory.bytes(vm).get((self.get + at) % self.size()).copied().unwrap_or(0)
    }

    fn take(&self, count: usize) {
        self.fields.set(GET, Obj::small_int_unchecked(((self.get + count) % self.size()) as isize));
    }
}

fn any(vm: &mut Vm, obj: Obj) -> R {
    let ring = Ring::of(vm, obj)?;
    vm.new_int(ring.len())
}

/// What `select` asks streams: which of the events of the mask have come.
fn ioctl(vm: &mut Vm, args: &[Obj]) -> R {
    const POLL: isize = 3;
    const READABLE: usize = 1;
    const WRITABLE: usize = 4;
    if vm.index(args[1])? != POLL {
        return Ok(Obj::small_int_unchecked(-22));
    }
    let asked = vm.index(args[2])? as usize;
    let ring = Ring::of(vm, args[0])?;
    let readable = if ring.len() > 0 { READABLE } else { 0 };
    let writable = if ring.len() < ring.size() - 1 { WRITABLE } else { 0 };
    vm.new_int((readable | writable) & asked)
}

fn most(vm: &mut Vm, limit: Option<&Obj>) -> R<usize> {
    match limit {
        Some(limit) if *limit != Obj::NONE => Ok(usize::try_from(vm.index(*limit)?).unwrap_or(usize::MAX)),
        _ => Ok(usize::MAX),
    }
}

fn read(vm: &mut Vm, args: &[Obj], line: bool) -> R {
    let limit = most(vm, args.get(1))?;
    let ring = Ring::of(vm, args[0])?;
    let mut count = ring.len().min(limit);
    if line && let Some(end) = (0..count).find(|at| ring.byte(vm, *at) == b'\n') {
        count = end + 1;
    }
    let bytes: alloc::vec::Vec<u8> = (0..count).map(|at| ring.byte(vm, at)).collect();
    let made = vm.new_bytes(&bytes)?;
    ring.take(count);
    Ok(made)
}

fn readinto(vm: &mut Vm, args: &[Obj]) -> R {
    let limit = most(vm, args.get(2))?;
    let Some(target) = vm.buffer(args[1])?.filter(|target| target.writable) else {
        return Err(vm.type_error("object with buffer protocol required"));
    };
    let ring = Ring::of(vm, args[0])?;
    let count = ring.len().min(limit).min(target.len());
    for at in 0..count {
        let byte = ring.byte(vm, at);
        target.bytes_mut(vm)[at] = byte;
    }
    ring.take(count);
    vm.new_int(count)
}

/// `write(data)`, `write(data, max)`, `write(data, offset, max)`: what does not fit is left.
fn write(vm: &mut Vm, args: &[Obj]) -> R {
    let (offset, limit) = match *args {
        [_, _, max] => (0, most(vm, Some(&max))?),
        [_, _, offset, max] => (vm.index(offset)?.max(0) as usize, most(vm, Some(&max))?),
        _ => (0, usize::MAX),
    };
    let data = match vm.str_bytes(args[1]) {
        Some(text) => text,
        None => match vm.buffer(args[1])? {
            Some(buffer) => buffer.bytes(vm),
            None => return Err(vm.type_error("object with buffer protocol required")),
        },
    };
    let data = data.get(offset..).unwrap_or_default();
    // At most one memory full is looked at.
    let data = alloc::vec::Vec::from(&data[..data.len().min(limit).min(LARGEST)]);
    let ring = Ring::of(vm, args[0])?;
    let room = ring.size() - 1 - ring.len();
    let count = data.len().min(room);
    for (at, byte) in data[..count].iter().enumerate() {
        let place = (ring.put + at) % ring.size();
        if let Some(slot) = ring.memory.bytes_mut(vm).get_mut(place) {
            *slot = *byte;
        }
    }
    ring.fields.set(PUT, Obj::small_int_unchecked(((ring.put + count) % ring.size()) as isize));
    vm.new_int(count)
}
