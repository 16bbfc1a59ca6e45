//! Changes to files: most of them after decoding, so that much of what comes out is accepted and runs.

use crate::{corpus::Entry, random::Random};
use code::{
    mpy::{self, File, WriteOptions},
    object::{Const, Module, RawCode},
    older,
    opcode::{self, OPCODES, Op, Operand},
    prelude::Prelude,
};

/// How a file was changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Instructions, numbers and tables, after decoding.
    Decoded,
    /// Any bytes.
    Raw,
    /// The end is missing.
    Cut,
}

/// A changed file of the corpus.
pub fn mutant(corpus: &[Entry], random: &mut Random) -> (Way, Vec<u8>) {
    let Some(entry) = random.one_of(corpus) else { return (Way::Raw, Vec::new()) };
    match random.below(16) {
        0 => (Way::Raw, raw(&entry.bytes, random)),
        1 => (Way::Cut, entry.bytes[..random.below(entry.bytes.len())].into()),
        _ => (Way::Decoded, decoded(entry, random)),
    }
}

fn raw(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + random.below(3) {
        let at = random.below(bytes.len());
        match random.below(5) {
            0 => bytes[at] = random.byte(),
            1 => bytes[at] ^= 1 << random.below(8),
            2 => bytes[at] = random.below(4) as u8,
            3 => bytes.insert(at, random.byte()),
            _ => drop(bytes.remove(at)),
        }
    }
    bytes
}

fn decoded(entry: &Entry, random: &mut Random) -> Vec<u8> {
    match &entry.file {
        File::Current(module) => {
            let mut module = module.clone();
            current(&mut module, random);
            mpy::write(&module, WriteOptions { debug: random.below(2) == 0 })
        }
        File::Older(file) if file.form.version > older::OLDEST => {
            let mut file = file.clone();
            older_file(&mut file, random);
            // What has no room in a file stays as it was.
            older::write(&file).unwrap_or_else(|| entry.bytes.clone())
        }
        File::Older(file) => version_3(&entry.bytes, file, random),
    }
}

/// Version 6.
fn current(module: &mut Module, random: &mut Random) {
    let sizes = [module.qstrs.len(), module.objects.len()];
    for _ in 0..1 + random.below(2) {
        if random.below(12) == 0 {
            match random.below(4) {
                0 => module.qstrs.swap(random.below(sizes[0]), random.below(sizes[0])),
                1 if sizes[1] > 0 => module.objects.swap(random.below(sizes[1]), random.below(sizes[1])),
                2 if sizes[1] > 0 => module.objects[random.below(sizes[1])] = constant(random, 0),
                _ => module.small_int_bits = random.byte(),
            }
            continue;
        }
        let mut all = vec![&module.root];
        let mut next = 0;
        while let Some(code) = all.get(next) {
            all.extend(&code.children);
            next += 1;
        }
        let donor = random.one_of(&all).map(|code| code.data.clone()).unwrap_or_default();
        let mut chosen = random.below(all.len());
        let mut waiting = vec![&mut module.root];
        while let Some(code) = waiting.pop() {
            if chosen == 0 {
                one_current(code, &donor, random);
                break;
            }
            chosen -= 1;
            waiting.extend(&mut code.children);
        }
    }
}

fn one_current(code: &mut RawCode, donor: &[u8], random: &mut Random) {
    if code.children.len() > 1 && random.below(20) == 0 {
        let n = code.children.len();
        return code.children.swap(random.below(n), random.below(n));
    }
    let Ok(prelude) = Prelude::parse(&code.data) else { return };
    let places: Vec<Place> = opcode::instructions(&code.data, prelude.code).map(|(at, one)| (at, one.len)).collect();
    let donor_start = Prelude::parse(donor).map_or(0, |prelude| prelude.code);
    let donor: Vec<&[u8]> =
        opcode::instructions(donor, donor_start).filter_map(|(at, one)| donor.get(at..at + one.len)).collect();
    let mut data = code.data.to_vec();
    match random.below(6) {
        // Another opcode with operands of the same form.
        0 => {
            if let Some(&(at, _)) = random.one_of(&places)
                && let Some(op) = Op::from_byte(data[at])
            {
                let kind = op.info().operand;
                let same: Vec<u8> = OPCODES.iter().filter(|info| alike(info.operand, kind)).flat_map(numbers).collect();
                data[at] = random.one_of(&same).copied().unwrap_or(data[at]);
            }
        }
        // An instruction of another function in place of one of the same length.
        1 => {
            if let (Some(&(at, len)), Some(new)) = (random.one_of(&places), random.one_of(&donor))
                && new.len() == len
            {
                data[at..at + len].copy_from_slice(new);
            }
        }
        // One more.
        2 => {
            if let (Some(&(at, _)), Some(new)) = (random.one_of(&places), random.one_of(&donor)) {
                data.splice(at..at, new.iter().copied());
            }
        }
        _ => change(&mut data, prelude.code, &places, random),
    }
    code.data = data.into();
}

/// Offset and length of an instruction.
type Place = (usize, usize);

fn alike(a: Operand, b: Operand) -> bool {
    let plain = |operand| {
        matches!(
            operand,
            Operand::None | Operand::SmallIntMulti | Operand::LocalMulti | Operand::UnaryMulti | Operand::BinaryMulti
        )
    };
    a == b || plain(a) && plain(b)
}

fn numbers(info: &opcode::Info) -> impl Iterator<Item = u8> {
    let first = info.op as u8;
    // As often as other opcodes: the many loads of small numbers are boring.
    (first..first + info.count).step_by(usize::from(info.count.div_ceil(8)))
}

/// Versions 4 and 5.
fn older_file(file: &mut older::File, random: &mut Random) {
    let form = file.form;
    let n_names = file.names.len();
    if random.below(12) == 0 {
        return file.names.swap(random.below(n_names), random.below(n_names));
    }
    let mut count = 0;
    let mut waiting = vec![&file.root];
    while let Some(code) = waiting.pop() {
        count += 1;
        waiting.extend(&code.children);
    }
    let mut chosen = random.below(count);
    let mut waiting = vec![&mut file.root];
    while let Some(code) = waiting.pop() {
        if chosen > 0 {
            chosen -= 1;
            waiting.extend(&mut code.children);
            continue;
        }
        match random.below(20) {
            0 if code.children.len() > 1 => code.children.reverse(),
            1 if !code.objects.is_empty() => {
                let n = code.objects.len();
                code.objects[random.below(n)] = constant(random, 9);
            }
            _ => {
                let Some(prelude) = older::Prelude::parse(form, &code.data, 0) else { return };
                let places = older_places(form, &code.data, prelude.code);
                let mut data = code.data.to_vec();
                change(&mut data, prelude.code, &places, random);
                code.data = data.into();
            }
        }
        return;
    }
}

fn older_places(form: older::opcode::Form, data: &[u8], mut at: usize) -> Vec<Place> {
    let mut places = Vec::new();
    while let Some(found) = older::opcode::Instruction::decode(form, data, at) {
        places.push((at, found.len));
        at += found.len;
    }
    places
}

/// Version 3 is changed where its bytecode stands in the file, which has it as it is in memory but for the names.
fn version_3(bytes: &[u8], file: &older::File, random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let mut all = vec![&file.root];
    let mut waiting: Vec<&older::Code> = file.root.children.iter().collect();
    while let Some(code) = waiting.pop() {
        all.push(code);
        waiting.extend(&code.children);
    }
    let Some(code) = random.one_of(&all) else { return bytes };
    let Some(prelude) = older::Prelude::parse(file.form, &code.data, 0) else { return bytes };
    let places = older_places(file.form, &code.data, prelude.code);
    // A function begins with its prelude, which holds no names but two whose bytes mean nothing.
    let start = &code.data[prelude.lines.start..prelude.code];
    let Some(found) = bytes.windows(start.len()).position(|window| window == start) else { return bytes };
    let base = found + prelude.code - prelude.lines.start;
    let end = (base + code.data.len() - prelude.code).min(bytes.len());
    let places: Vec<Place> = places
        .iter()
        .map(|&(at, len)| (at - prelude.code, len))
        .filter(|place| base + place.0 + place.1 <= end)
        .collect();
    let mut data = bytes[base..end].to_vec();
    let len = data.len();
    change(&mut data, 0, &places, random);
    if data.len() == len {
        bytes[base..end].copy_from_slice(&data);
    }
    bytes
}

/// Changes the instructions of one function, or now and then what stands before them.
fn change(data: &mut Vec<u8>, start: usize, places: &[Place], random: &mut Random) {
    let Some(&(at, len)) = random.one_of(places) else { return };
    let Some(&(other, other_len)) = random.one_of(places) else { return };
    match random.below(10) {
        // Another operand.
        0..=2 if len > 1 => data[at + len - 1] = random.below(12) as u8,
        3 if len > 1 => {
            let place = at + 1 + random.below(len - 1);
            data[place] = random.byte();
        }
        // Another instruction in its place.
        4 | 5 if len == other_len => data.copy_within(other..other + len, at),
        6 if len == 1 => data[at] = 0x50 + random.below(0xaa) as u8,
        // Twice, or not at all.
        7 => {
            let again = data[at..at + len].to_vec();
            data.splice(other..other, again);
        }
        8 => drop(data.drain(at..at + len)),
        _ if start > 0 && random.below(4) == 0 => {
            let place = random.below(start);
            data[place] = if random.below(2) == 0 { random.below(8) as u8 } else { random.byte() };
        }
        _ => {
            let place = start + random.below(data.len() - start);
            data[place] ^= 1 << random.below(8);
        }
    }
}

fn constant(random: &mut Random, depth: usize) -> Const {
    match random.below(if depth > 3 { 7 } else { 9 }) {
        0 => Const::Ellipsis,
        1 => Const::Str(b"text"[..].into()),
        2 => Const::Bytes(b"\0\xff"[..].into()),
        3 => Const::Int("-123456789012345678901234567890".into()),
        4 => Const::Int("5".into()),
        5 => Const::Float(2.5, "2.5".into()),
        6 => Const::Complex(0.0, 1.0, "1j".into()),
        7 => Const::Tuple((0..random.below(4)).map(|_| constant(random, depth + 1)).collect()),
        _ => Const::Tuple(vec![Const::None, Const::True, Const::False]),
    }
}
