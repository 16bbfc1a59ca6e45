//! The exception hierarchy: one table, one layout, one behaviour.

use crate::native::TypeDef;

/// `BaseException`
pub static BASE_EXCEPTION: TypeDef = TypeDef {
    subclassable: true,
    ..TypeDef::named("BaseException")
};

macro_rules! exceptions {
    ($($name:ident : $base:ident;)*) => {
        /// A builtin exception type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        #[allow(missing_docs)]
        pub enum Exc { $($name,)* }

        /// Names and bases (`BaseException` is its own base), in the order of [`Exc`]; bases come first.
        pub const EXCEPTIONS: &[(&str, Exc)] = &[$((stringify!($name), Exc::$base)),*];

        /// How many there are.
        pub const COUNT: usize = EXCEPTIONS.len();
    };
}

exceptions! {
    BaseException: BaseException;
    SystemExit: BaseException;
    KeyboardInterrupt: BaseException;
    GeneratorExit: BaseException;
    BaseExceptionGroup: BaseException;
    Exception: BaseException;
    StopAsyncIteration: Exception;
    StopIteration: Exception;
    ArithmeticError: Exception;
    OverflowError: ArithmeticError;
    FloatingPointError: ArithmeticError;
    ZeroDivisionError: ArithmeticError;
    AssertionError: Exception;
    AttributeError: Exception;
    BufferError: Exception;
    EOFError: Exception;
    ImportError: Exception;
    ModuleNotFoundError: ImportError;
    LookupError: Exception;
    IndexError: LookupError;
    KeyError: LookupError;
    MemoryError: Exception;
    NameError: Exception;
    UnboundLocalError: NameError;
    OSError: Exception;
    BlockingIOError: OSError;
    ChildProcessError: OSError;
    ConnectionError: OSError;
    BrokenPipeError: ConnectionError;
    ConnectionAbortedError: ConnectionError;
    ConnectionRefusedError: ConnectionError;
    ConnectionResetError: ConnectionError;
    FileExistsError: OSError;
    FileNotFoundError: OSError;
    InterruptedError: OSError;
    IsADirectoryError: OSError;
    NotADirectoryError: OSError;
    PermissionError: OSError;
    ProcessLookupError: OSError;
    TimeoutError: OSError;
    ReferenceError: Exception;
    RuntimeError: Exception;
    NotImplementedError: RuntimeError;
    RecursionError: RuntimeError;
    SyntaxError: Exception;
    IndentationError: SyntaxError;
    TabError: IndentationError;
    SystemError: Exception;
    TypeError: Exception;
    ValueError: Exception;
    UnicodeError: ValueError;
    UnicodeDecodeError: UnicodeError;
    UnicodeEncodeError: UnicodeError;
    UnicodeTranslateError: UnicodeError;
    Warning: Exception;
    DeprecationWarning: Warning;
    FutureWarning: Warning;
    ImportWarning: Warning;
    ResourceWarning: Warning;
    RuntimeWarning: Warning;
    SyntaxWarning: Warning;
    UserWarning: Warning;
    ExceptionGroup: BaseExceptionGroup;
    ViperTypeError: TypeError;
}
