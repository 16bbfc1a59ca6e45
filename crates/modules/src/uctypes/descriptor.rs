//! Descriptions of structures: what the numbers, tuples and dicts mean, and how large a structure is.
//!
//! A field is a number (type in the top bits, offset below, for bit fields position and length between), or a tuple: of an offset
//! and a dict (structure), of `PTR | offset` and a description, of `ARRAY | offset`, `type | count` for scalars or a
//! count and a description.

use vm::{Obj, R, Raised, Vm, layout::dict::Dict};

/// How the fields of a structure lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Without gaps, the low byte first.
    Little,
    /// Without gaps, the high byte first.
    Big,
    /// As the C compiler of this machine does it.
    Native,
}

impl Layout {
    /// The layout that a number stands for.
    pub fn of(vm: &mut Vm, number: Obj) -> R<Layout> {
        Ok(match vm.index(number)? {
            0 => Layout::Little,
            1 => Layout::Big,
            2 => Layout::Native,
            _ => return Err(vm.value_error("unknown layout")),
        })
    }

    /// Whether numbers have their high byte first.
    pub fn is_big_endian(self) -> bool {
        match self {
            Layout::Little => false,
            Layout::Big => true,
            Layout::Native => cfg!(target_endian = "big"),
        }
    }
}

/// A scalar type. Odd: signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Uint8,
    Int8,
    Uint16,
    Int16,
    Uint32,
    Int32,
    Uint64,
    Int64,
    BitsUint8,
    BitsInt8,
    BitsUint16,
    BitsInt16,
    BitsUint32,
    BitsInt32,
    Float32,
    Float64,
}

impl Kind {
    const ALL: [Kind; 16] = {
        use Kind::*;
        [
            Uint8, Int8, Uint16, Int16, Uint32, Int32, Uint64, Int64, BitsUint8, BitsInt8, BitsUint16, BitsInt16,
            BitsUint32, BitsInt32, Float32, Float64,
        ]
    };

    /// Size in bytes; of a bit field that of the number it is part of.
    pub fn size(self) -> usize {
        match self {
            Kind::Float32 => 4,
            Kind::Float64 => 8,
            _ => 1 << ((self as usize & 7) >> 1),
        }
    }

    pub fn is_float(self) -> bool {
        matches!(self, Kind::Float32 | Kind::Float64)
    }

    pub fn is_signed(self) -> bool {
        !self.is_float() && self as usize & 1 != 0
    }
}

/// Where the type of a scalar begins.
pub const SCALAR_SHIFT: u32 = 27;
/// Where the type of an aggregate begins.
pub const AGGREGATE_SHIFT: u32 = 29;
/// Where the position of a bit field begins.
pub const BIT_POSITION: u32 = 17;
/// Where the length of a bit field begins.
pub const BIT_LENGTH: u32 = 22;

/// What a field is.
#[derive(Clone, Copy)]
pub enum Shape {
    /// A number.
    Scalar(Kind),
    /// Part of a number: position and length in bits.
    Bits(Kind, u32, u32),
    /// A structure with this dict.
    Struct(Obj),
    /// The address of something of this description.
    Pointer(Obj),
    /// Numbers one after the other.
    Scalars(Kind, usize),
    /// Structures one after the other, with their dict.
    Structs(Obj, usize),
}

#[cold]
pub fn syntax_error(vm: &mut Vm) -> Raised {
    vm.type_error("syntax error in uctypes descriptor")
}

/// A number in a description: 31 bits, with their sign.
fn number(vm: &mut Vm, obj: Obj) -> R<u32> {
    match obj.as_small_int().map(i32::try_from) {
        Some(Ok(number)) => Ok(number as u32 & 0x7fff_ffff),
        _ => Err(syntax_error(vm)),
    }
}

/// Type and rest of the number of a scalar.
fn scalar(number: u32) -> (Kind, u32) {
    (Kind::ALL[(number >> SCALAR_SHIFT) as usize & 15], number & ((1 << SCALAR_SHIFT) - 1))
}

/// What a number describes, and its offset.
fn scalar_shape(number: u32) -> (Shape, usize) {
    match scalar(number) {
        (kind, rest) if (Kind::BitsUint8 as usize..=Kind::BitsInt32 as usize).contains(&(kind as usize)) => {
            let (position, length) = (rest >> BIT_POSITION & 31, rest >> BIT_LENGTH & 31);
            (Shape::Bits(kind, position, length), rest as usize & ((1 << BIT_POSITION) - 1))
        }
        (kind, rest) => (Shape::Scalar(kind), rest as usize),
    }
}

/// What a field's description says: what it is, and its offset.
pub fn field(vm: &mut Vm, description: Obj) -> R<(Shape, usize)> {
    if description.as_small_int().is_some() {
        return Ok(scalar_shape(number(vm, description)?));
    }
    let parts = match vm.seq_items(description) {
        Some([first, second]) if is_tuple(vm, description) => (*first, *second, None),
        Some([first, second, third]) if is_tuple(vm, description) => (*first, *second, Some(*third)),
        _ => return Err(syntax_error(vm)),
    };
    let (first, second, third) = parts;
    let head = number(vm, first)?;
    let offset = head as usize & ((1 << AGGREGATE_SHIFT) - 1);
    let shape = match (head >> AGGREGATE_SHIFT, third) {
        (0, None) => Shape::Struct(second),
        (1, None) => Shape::Pointer(second),
        (2, None) => {
            let (kind, count) = scalar(number(vm, second)?);
            Shape::Scalars(kind, count as usize)
        }
        (2, Some(item)) => {
            let (_, count) = scalar(number(vm, second)?);
            Shape::Structs(item, count as usize)
        }
        _ => return Err(syntax_error(vm)),
    };
    Ok((shape, offset))
}

fn is_tuple(vm: &Vm, obj: Obj) -> bool {
    vm.type_of(obj).is(vm::table::TypeId::Tuple)
}

/// Size of what a description describes. Raises TypeError; OverflowError for what no machine could hold.
pub fn size(vm: &mut Vm, description: Obj, layout: Layout) -> R<usize> {
    measure(vm, description, layout).map(|(size, _)| size)
}

/// Size, and that of the largest scalar inside.
fn measure(vm: &mut Vm, description: Obj, layout: Layout) -> R<(usize, usize)> {
    vm.check_native_stack()?;
    let Some(dict) = vm.cast::<Dict>(description) else {
        if description.as_small_int().is_some() {
            return Err(vm.type_error("can't unambiguously get sizeof scalar"));
        }
        let (shape, _) = field(vm, description)?;
        return measure_shape(vm, shape, layout);
    };
    let (mut total, mut largest) = (0usize, 0);
    let mut position = 0;
    while let Some((next, _, value)) = dict.entry(vm, position) {
        position = next;
        let (shape, offset) = field(vm, value)?;
        let (size, part) = measure_shape(vm, shape, layout)?;
        largest = largest.max(part);
        total = total.max(offset.saturating_add(size));
    }
    if layout == Layout::Native && largest > 0 {
        total = total.checked_next_multiple_of(largest).unwrap_or(usize::MAX);
    }
    checked(vm, total).map(|total| (total, largest))
}

fn measure_shape(vm: &mut Vm, shape: Shape, layout: Layout) -> R<(usize, usize)> {
    let (size, largest) = match shape {
        Shape::Scalar(kind) | Shape::Bits(kind, ..) => (kind.size(), kind.size()),
        Shape::Struct(description) => measure(vm, description, layout)?,
        Shape::Pointer(_) => (size_of::<usize>(), size_of::<usize>()),
        Shape::Scalars(kind, count) => (kind.size().saturating_mul(count), kind.size()),
        Shape::Structs(description, count) => {
            let (size, largest) = measure(vm, description, layout)?;
            (size.saturating_mul(count), largest)
        }
    };
    checked(vm, size).map(|size| (size, largest))
}

fn checked(vm: &mut Vm, size: usize) -> R<usize> {
    match isize::try_from(size) {
        Ok(_) => Ok(size),
        Err(_) => Err(vm.overflow_error("structure too large")),
    }
}
