//! The debug section: [`Debug`] of every code object, in pre-order.
//!
//! Per code object a flag byte, 0 = nothing known, 1 = what follows: first line, number of positional-only
//! parameters, qualified name, docstring, names of the locals, positions. Numbers are varuints. A name is
//! a varuint n: the qstr n >> 1 if n is odd, else n >> 1 bytes that follow. The docstring is 0 when
//! there is none, else its length + 1 and its bytes. A position is the distance from the offset
//! before (first: from 0), the signed distance from the line before (first: from the first line), lines
//! down to the last line (signed), column, end column.

use super::Error;
use super::Reader;
use crate::encoding::{read_int, write_int, write_uint};
use crate::object::{Debug, Module, Position, RawCode};
use alloc::{boxed::Box, vec, vec::Vec};

/// The body of the section for a module.
pub(super) fn write(module: &Module) -> Vec<u8> {
    let mut out = Vec::new();
    let mut waiting = vec![&module.root];
    while let Some(code) = waiting.pop() {
        out.push(code.debug.is_some().into());
        if let Some(debug) = &code.debug {
            write_one(&mut out, debug, &module.qstrs);
        }
        waiting.extend(code.children.iter().rev());
    }
    out
}

fn write_one(out: &mut Vec<u8>, debug: &Debug, qstrs: &[Box<[u8]>]) {
    write_uint(out, debug.first_line);
    write_uint(out, debug.positional_only);
    out.push(debug.coroutine.into());
    write_name(out, debug.qualname.as_bytes(), qstrs);
    match &debug.doc {
        None => write_uint(out, 0),
        Some(doc) => {
            write_uint(out, doc.len() as u32 + 1);
            out.extend_from_slice(doc);
        }
    }
    write_uint(out, debug.locals.len() as u32);
    for local in &debug.locals {
        write_name(out, local.as_bytes(), qstrs);
    }
    write_uint(out, debug.positions.len() as u32);
    let (mut offset, mut line) = (0, debug.first_line);
    for position in &debug.positions {
        // Positions are in order of offset; a distance that is not would be lost.
        write_uint(out, position.offset.saturating_sub(offset));
        write_int(out, i64::from(position.line) - i64::from(line));
        write_int(out, i64::from(position.end_line) - i64::from(position.line));
        write_uint(out, position.column);
        write_uint(out, position.end_column);
        (offset, line) = (position.offset, position.line);
    }
}

fn write_name(out: &mut Vec<u8>, name: &[u8], qstrs: &[Box<[u8]>]) {
    match qstrs.iter().position(|qstr| **qstr == *name) {
        Some(index) => write_uint(out, (index as u32) << 1 | 1),
        None => {
            write_uint(out, (name.len() as u32) << 1);
            out.extend_from_slice(name);
        }
    }
}

/// Reads the section into the code objects.
pub(super) fn read(reader: &mut Reader<'_>, root: &mut RawCode, qstrs: &[Box<[u8]>]) -> Result<(), Error> {
    let mut waiting = vec![root];
    while let Some(code) = waiting.pop() {
        let at = reader.pos;
        code.debug = match reader.byte("a debug flag")? {
            0 => None,
            1 => Some(Box::new(read_one(reader, qstrs)?)),
            flag => {
                return reader.error(at, alloc::format!("found debug flag {flag}, expected 0 or 1"));
            }
        };
        waiting.extend(code.children.iter_mut().rev());
    }
    Ok(())
}

fn read_one(reader: &mut Reader<'_>, qstrs: &[Box<[u8]>]) -> Result<Debug, Error> {
    let first_line = reader.uint("a first line")?;
    let positional_only = reader.uint("a number of positional-only parameters")?;
    let coroutine = reader.byte("whether it is a coroutine")? != 0;
    let qualname = read_name(reader, qstrs)?.into();
    let doc = match reader.uint("the length of a docstring")? {
        0 => None,
        n => Some(reader.text(n as usize - 1, "a docstring")?),
    };
    let n_locals = reader.uint("the number of local names")?;
    let mut locals = Vec::new();
    for _ in 0..n_locals {
        locals.push(read_name(reader, qstrs)?);
    }
    let n_positions = reader.uint("the number of positions")?;
    let mut positions = Vec::new();
    let (mut offset, mut line) = (0u32, i64::from(first_line));
    for _ in 0..n_positions {
        let at = reader.pos;
        offset = offset.saturating_add(reader.uint("an offset")?);
        line = line.saturating_add(read_distance(reader)?);
        let end_line = line.saturating_add(read_distance(reader)?);
        let (Ok(line), Ok(end_line)) = (u32::try_from(line), u32::try_from(end_line)) else {
            return reader.error(at, "a line is not between 0 and 2^32");
        };
        positions.push(Position {
            offset,
            line,
            end_line,
            column: reader.uint("a column")?,
            end_column: reader.uint("an end column")?,
        });
    }
    Ok(Debug { positions, locals, doc, positional_only, coroutine, first_line, qualname })
}

/// A signed varint.
fn read_distance(reader: &mut Reader<'_>) -> Result<i64, Error> {
    let at = reader.pos;
    let mut copy = Vec::new();
    loop {
        let byte = reader.byte("a distance")?;
        copy.push(byte);
        if byte & 0x80 == 0 {
            break;
        }
        if copy.len() > 10 {
            return reader.error(at, "found a number of more than 64 bits");
        }
    }
    match read_int(&copy, 0) {
        Some((value, _)) => Ok(value),
        None => reader.error(at, "found a number of more than 64 bits"),
    }
}

fn read_name(reader: &mut Reader<'_>, qstrs: &[Box<[u8]>]) -> Result<Box<str>, Error> {
    let at = reader.pos;
    let n = reader.uint("a name")?;
    let read;
    let bytes = if n & 1 != 0 {
        match qstrs.get((n >> 1) as usize) {
            Some(qstr) => &**qstr,
            None => {
                return reader.error(at, alloc::format!("found qstr {}, expected less than {}", n >> 1, qstrs.len()));
            }
        }
    } else {
        read = reader.bytes((n >> 1) as usize, "a name")?;
        &read[..]
    };
    match core::str::from_utf8(bytes) {
        Ok(name) => Ok(name.into()),
        Err(_) => reader.error(at, "a name is not UTF-8"),
    }
}
