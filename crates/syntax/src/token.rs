//! Tokens: what the lexer makes and the parser reads.
//!
//! A token is its kind and its place; texts are read from the source when they are needed. Names
//! carry the number they were interned under.

use crate::tree::{NameId, Span};

/// One token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// What it is.
    pub kind: Tok,
    /// First byte.
    pub start: u32,
    /// After the last byte.
    pub end: u32,
    /// For [`Tok::Name`] its [`NameId`].
    pub data: u32,
}

impl Token {
    /// Where it stands.
    pub fn span(self) -> Span {
        Span { start: self.start, end: self.end }
    }

    /// The name of a [`Tok::Name`].
    pub fn name(self) -> NameId {
        NameId(self.data)
    }
}

macro_rules! tokens {
    ($($name:ident $text:literal,)* ; $($kw:ident $kwtext:literal,)*) => {
        /// Kinds of tokens.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Tok {
            $($name,)*
            $($kw,)*
        }

        impl Tok {
            /// The keyword that is spelt like this.
            pub fn keyword(text: &[u8]) -> Option<Tok> {
                // Keywords have 2 to 8 bytes; most names are refused by the first look.
                if !(2..=8).contains(&text.len()) {
                    return None;
                }
                $(if text == $kwtext.as_bytes() { return Some(Tok::$kw); })*
                None
            }


            /// How it is spelt, for messages.
            pub fn text(self) -> &'static str {
                match self {
                    $(Tok::$name => $text,)*
                    $(Tok::$kw => $kwtext,)*
                }
            }
        }
    };
}

tokens! {
    End "end of file",
    Error "error",
    Newline "newline",
    Indent "indent",
    Dedent "dedent",
    Name "name",
    Int "number",
    Float "number",
    Imaginary "number",
    Str "string",
    FStart "f-string",
    FMiddle "f-string text",
    FEnd "end of f-string",
    LParen "(",
    RParen ")",
    LBracket "[",
    RBracket "]",
    LBrace "{",
    RBrace "}",
    Comma ",",
    Colon ":",
    ColonEq ":=",
    Semicolon ";",
    Dot ".",
    Ellipsis "...",
    Arrow "->",
    At "@",
    Exclamation "!",
    Eq "=",
    Plus "+",
    Minus "-",
    Star "*",
    DoubleStar "**",
    Slash "/",
    DoubleSlash "//",
    Percent "%",
    Pipe "|",
    Caret "^",
    Amper "&",
    LShift "<<",
    RShift ">>",
    Tilde "~",
    Lt "<",
    Gt ">",
    EqEq "==",
    Le "<=",
    Ge ">=",
    Ne "!=",
    PlusEq "+=",
    MinusEq "-=",
    StarEq "*=",
    SlashEq "/=",
    PercentEq "%=",
    AtEq "@=",
    AmperEq "&=",
    PipeEq "|=",
    CaretEq "^=",
    LShiftEq "<<=",
    RShiftEq ">>=",
    DoubleStarEq "**=",
    DoubleSlashEq "//=",
    ;
    False "False",
    None "None",
    True "True",
    And "and",
    As "as",
    Assert "assert",
    Async "async",
    Await "await",
    Break "break",
    Class "class",
    Continue "continue",
    Def "def",
    Del "del",
    Elif "elif",
    Else "else",
    Except "except",
    Finally "finally",
    For "for",
    From "from",
    Global "global",
    If "if",
    Import "import",
    In "in",
    Is "is",
    Lambda "lambda",
    Nonlocal "nonlocal",
    Not "not",
    Or "or",
    Pass "pass",
    Raise "raise",
    Return "return",
    Try "try",
    While "while",
    With "with",
    Yield "yield",
}
