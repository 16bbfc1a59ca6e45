//! The helper functions that emitted code calls (native-abi.md §1).

/// A helper: its place in the table and how many arguments it takes.
#[derive(Clone, Copy)]
pub struct Helper {
    /// Place in the table.
    pub index: u32,
    /// Number of arguments.
    pub args: u32,
}

macro_rules! helpers {
    ($($name:ident $index:literal $args:literal;)+) => {
        $(pub const $name: Helper = Helper { index: $index, args: $args };)+
    };
}

/// Constants at the start of the table.
pub const CONST_NONE: i64 = 0;
pub const CONST_FALSE: i64 = 1;

helpers! {
    FROM_OBJECT 3 2;
    TO_OBJECT 4 2;
    SWAP_GLOBALS 5 1;
    LOAD_NAME 6 1;
    LOAD_GLOBAL 7 1;
    LOAD_BUILD_CLASS 8 0;
    LOAD_ATTR 9 2;
    LOAD_METHOD 10 3;
    LOAD_SUPER_METHOD 11 2;
    STORE_NAME 12 2;
    STORE_GLOBAL 13 2;
    STORE_ATTR 14 3;
    SUBSCR 15 3;
    IS_TRUE 16 1;
    UNARY_OP 17 2;
    BINARY_OP 18 3;
    BUILD_TUPLE 19 2;
    BUILD_LIST 20 2;
    BUILD_MAP 21 1;
    BUILD_SET 22 2;
    STORE_SET 23 2;
    LIST_APPEND 24 2;
    STORE_MAP 25 3;
    MAKE_FUNCTION 26 3;
    CALL_FUNCTION 27 3;
    CALL_METHOD 28 3;
    CALL_VAR 29 3;
    GETITER 30 2;
    ITERNEXT 31 1;
    NLR_PUSH 32 1;
    NLR_POP 33 0;
    RAISE 34 1;
    IMPORT_NAME 35 3;
    IMPORT_FROM 36 2;
    IMPORT_ALL 37 1;
    NEW_SLICE 38 3;
    UNPACK_SEQUENCE 39 3;
    UNPACK_EX 40 3;
    DELETE_NAME 41 1;
    DELETE_GLOBAL 42 1;
    NEW_CLOSURE 43 3;
    ARG_CHECK 44 3;
    SETUP_CODE_STATE 45 4;
    FLOOR_DIVIDE 46 2;
    MODULO 47 2;
    YIELD_FROM 48 3;
    SETJMP 49 1;
}
