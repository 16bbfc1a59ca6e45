//! `re`: the engine is `vm::types::regex`.

use vm::{
    native::{Def, Member, ModuleDef, Native},
    table::TypeId,
    types::{
        exception::Exc,
        regex::{flag, functions as f},
    },
};

/// `re`
pub static RE: ModuleDef = ModuleDef { name: "re", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("A", Def::Int(flag::ASCII as isize)),
    ("ASCII", Def::Int(flag::ASCII as isize)),
    ("DEBUG", Def::Int(flag::DEBUG as isize)),
    ("DOTALL", Def::Int(flag::DOTALL as isize)),
    ("I", Def::Int(flag::IGNORECASE as isize)),
    ("IGNORECASE", Def::Int(flag::IGNORECASE as isize)),
    ("M", Def::Int(flag::MULTILINE as isize)),
    ("MULTILINE", Def::Int(flag::MULTILINE as isize)),
    ("Match", Def::Type(TypeId::Match)),
    ("NOFLAG", Def::Int(0)),
    ("Pattern", Def::Type(TypeId::Pattern)),
    ("PatternError", Def::Value(|vm| Ok(vm.exc_type(Exc::ValueError).obj()))),
    ("S", Def::Int(flag::DOTALL as isize)),
    ("U", Def::Int(flag::UNICODE as isize)),
    ("UNICODE", Def::Int(flag::UNICODE as isize)),
    ("VERBOSE", Def::Int(flag::VERBOSE as isize)),
    ("X", Def::Int(flag::VERBOSE as isize)),
    ("compile", Def::Fn(Native::Kw(0, 2, f::compile_function))),
    // The official errors of this module are ValueErrors.
    ("error", Def::Value(|vm| Ok(vm.exc_type(Exc::ValueError).obj()))),
    ("escape", Def::Fn(Native::F1(f::escape))),
    ("findall", Def::Fn(Native::Kw(0, 3, f::findall_function))),
    ("finditer", Def::Fn(Native::Kw(0, 3, f::finditer_function))),
    ("fullmatch", Def::Fn(Native::Kw(0, 3, |vm, args| f::match_function(vm, args, false, true)))),
    ("match", Def::Fn(Native::Kw(0, 3, |vm, args| f::match_function(vm, args, false, false)))),
    ("purge", Def::Fn(Native::F0(|_| Ok(vm::Obj::NONE)))),
    ("search", Def::Fn(Native::Kw(0, 3, |vm, args| f::match_function(vm, args, true, false)))),
    ("split", Def::Fn(Native::Kw(0, 4, f::split_function))),
    ("sub", Def::Fn(Native::Kw(0, 5, |vm, args| f::sub_function(vm, args, false)))),
    ("subn", Def::Fn(Native::Kw(0, 5, |vm, args| f::sub_function(vm, args, true)))),
];
