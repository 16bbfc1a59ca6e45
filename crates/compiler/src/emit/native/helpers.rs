//! The helper functions that emitted code calls (native-abi.md §1).

use super::abi::Abi;

/// A helper: its places in the table and how many arguments it takes.
#[derive(Clone, Copy)]
pub struct Helper {
    /// Place in the table of versions 5 and 6.
    index: u32,
    /// Place in that of version 4.
    index_4: u32,
    /// Number of arguments.
    pub args: u32,
}

impl Helper {
    /// The place in the table.
    pub fn index(self, abi: Abi) -> u32 {
        if abi == Abi::V4 { self.index_4 } else { self.index }
    }
}

macro_rules! helpers {
    ($($name:ident $index:literal $index_4:literal $args:literal;)+) => {
        $(pub const $name: Helper = Helper { index: $index, index_4: $index_4, args: $args };)+
    };
}

/// Constants at the start of the table.
pub const CONST_NONE: i64 = 0;
pub const CONST_FALSE: i64 = 1;

// Name, place since version 5, place in version 4, arguments.
helpers! {
    FROM_OBJECT 3 3 2;
    TO_OBJECT 4 4 2;
    SWAP_GLOBALS 5 5 1;
    LOAD_NAME 6 6 1;
    LOAD_GLOBAL 7 7 1;
    LOAD_BUILD_CLASS 8 8 0;
    LOAD_ATTR 9 9 2;
    LOAD_METHOD 10 10 3;
    LOAD_SUPER_METHOD 11 11 2;
    STORE_NAME 12 12 2;
    STORE_GLOBAL 13 13 2;
    STORE_ATTR 14 14 3;
    SUBSCR 15 15 3;
    IS_TRUE 16 16 1;
    UNARY_OP 17 17 2;
    BINARY_OP 18 18 3;
    BUILD_TUPLE 19 19 2;
    BUILD_LIST 20 20 2;
    BUILD_MAP 21 22 1;
    BUILD_SET 22 25 2;
    STORE_SET 23 24 2;
    LIST_APPEND 24 21 2;
    STORE_MAP 25 23 3;
    MAKE_FUNCTION 26 26 3;
    CALL_FUNCTION 27 27 3;
    CALL_METHOD 28 28 3;
    CALL_VAR 29 29 3;
    GETITER 30 30 2;
    ITERNEXT 31 31 1;
    NLR_PUSH 32 32 1;
    NLR_POP 33 33 0;
    RAISE 34 34 1;
    IMPORT_NAME 35 35 3;
    IMPORT_FROM 36 36 2;
    IMPORT_ALL 37 37 1;
    NEW_SLICE 38 38 3;
    UNPACK_SEQUENCE 39 39 3;
    UNPACK_EX 40 40 3;
    DELETE_NAME 41 41 1;
    DELETE_GLOBAL 42 42 1;
    // Up to version 5 it makes the function, too.
    NEW_CLOSURE 43 44 3;
    ARG_CHECK 44 45 3;
    SETUP_CODE_STATE 45 46 4;
    FLOOR_DIVIDE 46 47 2;
    MODULO 47 48 2;
    YIELD_FROM 48 49 3;
    SETJMP 49 49 1;
}
