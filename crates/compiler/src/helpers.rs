//! Hidden builtins: run-time support that lowered code of the full dialect calls by name.
//!
//! Each is looked up like any global (so the machine puts them into `builtins`), and only code of the
//! full dialect mentions them. The exact dialect never does: what would need one is an error there.

/// A helper: its name in `builtins`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Helper(pub &'static str);

/// `(list) -> tuple`: a tuple of the list's items. Must not be fooled by a rebound `tuple`.
pub const BUILD_TUPLE: Helper = Helper("__build_tuple__");

/// `(dict, mapping) -> None`: `dict.update(mapping)`, but `TypeError: '…' object is not a mapping` unless
/// the argument has `keys`. For `{**mapping}`.
pub const DICT_UPDATE: Helper = Helper("__dict_update__");

/// `(value) -> marked`: wraps a value that an asynchronous generator yields, so that its driver can tell
/// it from what an inner `await` hands through.
pub const ASYNC_YIELD: Helper = Helper("__async_yield__");

/// `(generator) -> asynchronous generator` (`__aiter__`, `__anext__`, `asend`, `athrow`, `aclose`): drives a
/// generator that yields [`ASYNC_YIELD`] marks.
pub const ASYNC_GENERATOR: Helper = Helper("__async_generator__");

/// `(awaitable) -> iterator`: a coroutine (generator) itself, else the result of its `__await__`, else
/// of its `__iter__` (as the official machine does); `TypeError` otherwise.
pub const GET_AWAITABLE: Helper = Helper("__get_awaitable__");

/// `(manager) -> iterator`: calls `__aenter__` and gives what awaits its result, as [`GET_AWAITABLE`]; `TypeError` also for a
/// manager without `__aexit__`.
pub const ASYNC_ENTER: Helper = Helper("__async_enter__");

/// `(iterable) -> asynchronous iterator`: calls `__aiter__`; `TypeError` for what cannot be iterated over.
pub const ASYNC_ITER: Helper = Helper("__async_iter__");

/// `(asynchronous iterator) -> iterator`: calls `__anext__` and gives what awaits its result.
pub const ASYNC_NEXT: Helper = Helper("__async_next__");

/// `(value, conversion, spec) -> str`: one field of an f-string. `conversion` is None or one of `'r'`, `'s'`,
/// `'a'`; the value is converted by it and then formatted as by `format(value, spec)`.
pub const FORMAT_FIELD: Helper = Helper("__format_field__");

/// `(parts…) -> str`: the concatenation of its arguments, all of which are str. For f-strings.
pub const JOIN: Helper = Helper("__join_str__");

/// `(strings, interpolations) -> Template`: two tuples; each interpolation is a tuple
/// `(value, expression, conversion or None, format_spec)`.
pub const TEMPLATE: Helper = Helper("__make_template__");

/// `(subject, length, open) -> list or None`: for a sequence pattern. None unless the subject is a sequence
/// (not str, bytes or bytearray) of that length (`open` is False), or of at least that length; else a
/// list of its items, or, if `open` is an int, only of the first ones and that many last ones, `length` in all.
pub const MATCH_SEQUENCE: Helper = Helper("__match_sequence__");

/// `(subject, keys, want_rest) -> tuple or None`: for a mapping pattern. None unless the subject is a mapping
/// that has all keys (of the tuple `keys`); else a tuple of their values, followed, if `want_rest`, by a
/// new dict of all other items. Equal keys raise ValueError.
pub const MATCH_MAPPING: Helper = Helper("__match_mapping__");

/// `(subject, class, positional, names) -> tuple or None`: for a class pattern. None unless the subject is an
/// instance of the class and has the attributes; else a tuple of `positional` values (found through
/// `__match_args__`, or the subject itself for the builtin types that match so) and then those of `names`.
pub const MATCH_CLASS: Helper = Helper("__match_class__");

/// `(exception) -> state`: begins the handlers of an `except*` statement. The state has two methods:
/// `match(type)` splits what is left of the exception (a single exception is wrapped into a group when it
/// matches) and returns the matching group or None (`TypeError` if `type` is a group type);
/// `finish()` returns what must be raised in the end, or None: what the handlers raised and what none of them
/// took. A handler that raises the statement's own exception again (a bare `raise`) means its group.
pub const EXCEPT_STAR: Helper = Helper("__except_star__");

/// `((state, exception)) -> None`: notes that a handler of an `except*` statement raised.
pub const EXCEPT_STAR_ADD: Helper = Helper("__except_star_add__");

/// `(function, attribute, value) -> function`: sets an attribute of a function that the compiler made
/// (`__annotate__`, `__type_params__`) and returns it.
pub const SET_FUNCTION_ATTR: Helper = Helper("__set_function_attr__");

/// `(kind, name, bound or None, default or None) -> parameter`: a TypeVar (0), TypeVarTuple (1) or ParamSpec
/// (2). Bound and default are functions of no arguments, evaluated when asked for.
pub const TYPE_PARAM: Helper = Helper("__make_type_param__");

/// `(name, type_params, value) -> TypeAliasType`; the value is a function of no arguments.
pub const TYPE_ALIAS: Helper = Helper("__make_type_alias__");

/// `(type_params, body, name, *bases, **keywords) -> class`: `__build_class__` with `typing.Generic[type_params]` as one base
/// more.
pub const BUILD_GENERIC_CLASS: Helper = Helper("__build_generic_class__");

/// All helpers.
pub const ALL: &[Helper] = &[
    BUILD_TUPLE,
    DICT_UPDATE,
    ASYNC_YIELD,
    ASYNC_GENERATOR,
    GET_AWAITABLE,
    ASYNC_ENTER,
    ASYNC_ITER,
    ASYNC_NEXT,
    FORMAT_FIELD,
    JOIN,
    TEMPLATE,
    MATCH_SEQUENCE,
    MATCH_MAPPING,
    MATCH_CLASS,
    EXCEPT_STAR,
    EXCEPT_STAR_ADD,
    SET_FUNCTION_ATTR,
    TYPE_PARAM,
    TYPE_ALIAS,
    BUILD_GENERIC_CLASS,
];
