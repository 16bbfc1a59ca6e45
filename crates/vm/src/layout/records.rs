//! Small fixed objects of the text family: streams in memory, compiled patterns and matches.

#![allow(unsafe_code)]

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    layout::iter::layouts,
    table::TypeId,
    value::R,
    vm::Vm,
};

layouts! {
    /// A stream of text in memory.
    StringIo by new_string_io {
        /// The text, a bytearray.
        buffer set_buffer: Obj,
        /// Offset in bytes.
        position set_position: usize,
        /// 0, or 1 after `close()`.
        closed set_closed: usize
    }
    /// A stream of bytes in memory.
    BytesIo by new_bytes_io {
        /// The bytes, a bytearray.
        buffer set_buffer: Obj,
        /// Offset in bytes; may lie behind the end.
        position set_position: usize,
        /// 0, or 1 after `close()`.
        closed set_closed: usize
    }
    /// Collects what is written to a stream.
    BufferedWriter by new_buffered_writer {
        /// The stream.
        stream set_stream: Obj,
        /// What waits, a bytearray.
        buffer set_buffer: Obj,
        /// How much may wait.
        size set_size: usize
    }
    /// The part of an object of a class derived from `io.IOBase` that is builtin.
    IoBase by new_io_base {
        /// Nothing.
        nothing set_nothing: usize
    }
    /// `_thread.lock`
    Lock by new_lock {
        /// 1: somebody has it.
        locked set_locked: usize
    }
    /// `_thread.RLock`
    RLock by new_rlock {
        /// How often its owner has acquired it.
        depth set_depth: usize,
        /// The ident of the thread that has it.
        owner set_owner: usize
    }
    /// A compiled regular expression.
    Pattern by new_pattern {
        /// The source, str or bytes.
        source set_source: Obj,
        /// The program, a bytes object.
        program set_program: Obj,
        /// The numbers of named groups, a dict.
        names set_names: Obj,
        /// Number of groups, the whole not counted.
        groups set_groups: usize,
        /// The flags.
        flags set_flags: usize
    }
    /// What a regular expression found.
    Match by new_match {
        /// The pattern.
        pattern set_pattern: Obj,
        /// The text as it was given.
        string set_string: Obj,
        /// Starts and ends of the groups in bytes (usize each, MAX: none), a bytes object.
        spans set_spans: Obj,
        /// Where the search started, in characters.
        start set_start: usize,
        /// Where the text was taken to end, in characters.
        end set_end: usize
    }
    /// The matches of a pattern in a text, one after the other.
    MatchIterator by new_match_iterator {
        /// The pattern.
        pattern set_pattern: Obj,
        /// The text.
        string set_string: Obj,
        /// Where to go on, in bytes; past the end: finished.
        at set_at: usize,
        /// Where the text was taken to start, in bytes.
        start set_start: usize,
        /// Where the text was taken to end, in bytes.
        end set_end: usize,
        /// Where an empty match may not be (the end of the last match), or `usize::MAX`.
        last set_last: usize
    }
}
