//! Type parameters and type aliases.

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
    /// `T`, `*Ts` or `**P`.
    TypeParam by new_type_param {
        /// Its name.
        label set_label: Obj,
        /// A function that gives the bound, or None.
        bound set_bound: Obj,
        /// A function that gives the default, or None.
        fallback set_fallback: Obj
    }
    /// What a `type` statement makes.
    TypeAlias by new_type_alias {
        /// Its name.
        label set_label: Obj,
        /// The tuple of its parameters.
        params set_params: Obj,
        /// A function that gives the value.
        meaning set_meaning: Obj
    }
}
