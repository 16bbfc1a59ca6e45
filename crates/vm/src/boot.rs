//! Start-up: builtin types, singletons, builtins.
