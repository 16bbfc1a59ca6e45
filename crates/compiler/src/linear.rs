//! Lowered code: the linear form between the syntax tree and the emitters.
//!
//! A scope is lowered once. Names of variables stay symbolic, because where they live is known only
//! when all scopes have been lowered; everything else is final. Emitters read this form through
//! [`crate::emit`]; code that can never run is still in it, since the official compiler counts its
//! names, constants, children and stack depth too.

use crate::names::Sym;
use crate::scope::ScopeId;
use code::opcode::Op;
use syntax::tree::Span;

/// A jump target of one scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(pub u32);

/// What is done with a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Push its value.
    Load,
    /// Pop into it.
    Store,
    /// Unbind it.
    Delete,
}

/// One step of lowered code.
#[derive(Clone, Copy, Debug)]
pub enum Inst {
    /// An instruction without operand.
    Plain(Op),
    /// A unary operator.
    Unary(u8),
    /// A binary operator.
    Binary(u8),
    /// A binary operator whose result is negated.
    BinaryNot(u8),
    /// An instruction with a name; the number is that in the qstr table.
    Qstr(Op, u32),
    /// An instruction with a count.
    Count(Op, u32),
    /// A small integer.
    Int(i64),
    /// A constant of the object table.
    Object(u32),
    /// A variable.
    Variable(Access, Sym),
    /// Pushes the first parameter.
    FirstParam,
    /// Pushes the `__class__` cell of a class body if it is used, else None.
    ClassCell,
    /// A jump, or an instruction that opens or leaves a block.
    Jump(Op, Label),
    /// Leaves blocks, then jumps; `break` out of an iterator loop drops its iterator.
    Unwind {
        /// Where to.
        label: Label,
        /// How many blocks.
        depth: u8,
        /// Whether to drop an iterator.
        drop_iter: bool,
    },
    /// Jump target.
    Label(Label),
    /// Makes the function of a scope.
    Make {
        /// The function.
        child: ScopeId,
        /// Whether defaults are on the stack.
        defaults: bool,
    },
    /// Corrects the stack depth where flow joins.
    Adjust(i32),
    /// Deletes the attribute with that qstr of the top.
    DeleteAttr(u32),
    /// Deletes the item on top from the container below.
    DeleteItem,
    /// Begins the handlers of a `try … except`: the exception comes to the top.
    StartHandlers,
    /// Ends them.
    EndHandlers,
    /// The block on top ends without END_FINALLY, which no flow would reach.
    DropBlock,
    /// Leaves a `with` block whose handler is the label: calls `__exit__` with and without exception.
    LeaveWith(Label),
    /// The end of the body of an `async with`.
    LeaveAsyncWith {
        /// Where `__aexit__` is called without an exception.
        quiet: Label,
        /// The handler of the block.
        handler: Label,
        /// Where the handler goes if it was entered by a return or jump.
        leaving: Label,
    },
    /// A statement of a block of several begins (machine code only, for its errors).
    Statement {
        /// Its line.
        line: u32,
        /// Whether it is the first of the block.
        first: bool,
    },
    /// It ends.
    EndStatement,
    /// The following comes from this line; lines never go back.
    Line(u32),
    /// The following comes from this part of the source.
    At(Span),
}
