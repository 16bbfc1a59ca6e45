//! The interface between emitted code and its host, by version of the .mpy file (native-abi.md §13).

use super::Failure;
use crate::error::ErrorKind;
use alloc::{format, vec::Vec};
use code::object::OwnTable;
use code::{older, prelude::Signature};

/// Which interface it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abi {
    /// Version 4: tables, names and prelude of release 1.11.
    V4,
    /// Version 5: releases 1.12 to 1.18.
    V5,
    /// Version 6.3: names and constants come from tables of the module.
    V6,
}

impl Abi {
    /// By the version of the file.
    pub fn of(version: u8) -> Abi {
        match version {
            ..=4 => Abi::V4,
            5 => Abi::V5,
            _ => Abi::V6,
        }
    }

    /// The version of the file.
    pub fn version(self) -> u8 {
        match self {
            Abi::V4 => 4,
            Abi::V5 => 5,
            Abi::V6 => 6,
        }
    }

    /// How many locals may live in registers. Version 6 keeps the table of names in the third one.
    pub fn in_registers(self) -> u32 {
        if self == Abi::V6 { 2 } else { 3 }
    }

    /// The number of a binary operator, if the version has it.
    pub fn binary_operator(self, operator: u8) -> Option<u8> {
        match self {
            Abi::V4 => older::opcode::binary_operator_4(operator),
            Abi::V5 | Abi::V6 => Some(operator),
        }
    }

    /// The prelude of a function in an older version; `None` if it has no room for a number.
    pub fn older_prelude(self, signature: &Signature, cells: &[u8]) -> Option<Vec<u8>> {
        let form = older::opcode::Form { version: self.version(), cache_byte: false };
        older::native_prelude(form, signature, cells)
    }

    /// What a version does not know.
    pub fn cannot(self, what: &str) -> Failure {
        let text = format!(".mpy version {} cannot express {what}", self.version());
        Failure { kind: ErrorKind::NotImplemented, text, line: 0 }
    }
}

/// The table of constants that a function of an older version has of its own, as it grows in a pass.
#[derive(Default)]
pub struct Own {
    /// What is in it.
    pub table: OwnTable,
    /// How many objects there were at the end of the pass before: behind them are the children.
    pub n_objects: usize,
}

impl Own {
    /// Starts a pass.
    pub fn begin(&mut self) {
        self.n_objects = self.table.objects.len();
        self.table.objects.clear();
        self.table.links.clear();
    }
}
