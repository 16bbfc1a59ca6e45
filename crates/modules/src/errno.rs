//! `errno`: numbers of operating system errors, and their names.

use vm::{
    Obj, R, Vm,
    native::{Def, Member, ModuleDef},
};

/// `errno`
pub static ERRNO: ModuleDef = ModuleDef { name: "errno", members: MEMBERS, init: None };

macro_rules! errors {
    ($($name:ident $number:literal)*) => {
        const MEMBERS: &[Member] = &[
            $((stringify!($name), Def::Int($number)),)*
            ("errorcode", Def::Value(names)),
        ];

        /// Names and numbers; of equal numbers the first name counts.
        pub const NUMBERS: &[(&str, isize)] = &[$((stringify!($name), $number)),*];
    };
}

// The numbers of Linux, which the official Unix build shows too.
errors! {
    EPERM 1
    ENOENT 2
    EIO 5
    EBADF 9
    EAGAIN 11
    ENOMEM 12
    EACCES 13
    EEXIST 17
    ENODEV 19
    ENOTDIR 20
    EISDIR 21
    EINVAL 22
    ENOSPC 28
    EPIPE 32
    ENOTEMPTY 39
    EOPNOTSUPP 95
    EADDRINUSE 98
    ECONNABORTED 103
    ECONNRESET 104
    ENOBUFS 105
    ENOTCONN 107
    ETIMEDOUT 110
    ECONNREFUSED 111
    EHOSTUNREACH 113
    EALREADY 114
    EINPROGRESS 115
    EINTR 4
    ENOTSUP 95
    EWOULDBLOCK 11
    EXDEV 18
    ERANGE 34
    EDOM 33
}

fn names(vm: &mut Vm) -> R {
    let dict = vm.new_dict(NUMBERS.len())?;
    for (name, number) in NUMBERS {
        let key = Obj::small_int_unchecked(*number);
        if dict.get(vm, key)?.is_none() {
            let name = vm.intern(name.as_bytes())?.obj();
            dict.set(vm, key, name)?;
        }
    }
    Ok(dict.obj())
}
