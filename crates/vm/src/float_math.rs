//! Elementary functions. With the feature `std` they are those of the platform, whose results programs compare
//! with; without it those of the crate `libm`.

#[cfg(feature = "std")]
macro_rules! functions {
    ($($name:ident $method:ident;)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "` of one number.")]
            #[inline]
            pub fn $name(x: f64) -> f64 {
                x.$method()
            }
        )*

        /// `x` to the power `y`.
        #[inline]
        pub fn pow(x: f64, y: f64) -> f64 {
            x.powf(y)
        }

        /// The angle of the point (`x`, `y`).
        #[inline]
        pub fn atan2(y: f64, x: f64) -> f64 {
            y.atan2(x)
        }

        /// The length of the vector (`x`, `y`).
        #[inline]
        pub fn hypot(x: f64, y: f64) -> f64 {
            x.hypot(y)
        }

        /// `x * y + z`, rounded once.
        #[inline]
        pub fn fma(x: f64, y: f64, z: f64) -> f64 {
            x.mul_add(y, z)
        }
    };
}

#[cfg(not(feature = "std"))]
macro_rules! functions {
    ($($name:ident $method:ident;)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "` of one number.")]
            #[inline]
            pub fn $name(x: f64) -> f64 {
                libm::$name(x)
            }
        )*

        /// `x` to the power `y`.
        #[inline]
        pub fn pow(x: f64, y: f64) -> f64 {
            libm::pow(x, y)
        }

        /// The angle of the point (`x`, `y`).
        #[inline]
        pub fn atan2(y: f64, x: f64) -> f64 {
            libm::atan2(y, x)
        }

        /// The length of the vector (`x`, `y`).
        #[inline]
        pub fn hypot(x: f64, y: f64) -> f64 {
            libm::hypot(x, y)
        }

        /// `x * y + z`, rounded once.
        #[inline]
        pub fn fma(x: f64, y: f64, z: f64) -> f64 {
            libm::fma(x, y, z)
        }
    };
}

functions! {
    sqrt sqrt;
    cbrt cbrt;
    exp exp;
    exp2 exp2;
    expm1 exp_m1;
    log ln;
    log2 log2;
    log10 log10;
    log1p ln_1p;
    sin sin;
    cos cos;
    tan tan;
    asin asin;
    acos acos;
    atan atan;
    sinh sinh;
    cosh cosh;
    tanh tanh;
    floor floor;
    ceil ceil;
    trunc trunc;
}

// Rust computes these by formulas of its own, less exactly than C libraries do.
pub use libm::{acosh, asinh, atanh, erf, erfc, lgamma, nextafter, remainder, tgamma};

/// `x * 2^n`, rounded once.
pub fn ldexp(x: f64, n: i32) -> f64 {
    libm::ldexp(x, n)
}

/// `x` as a mantissa in [0.5, 1) and a power of two.
pub fn frexp(x: f64) -> (f64, i32) {
    libm::frexp(x)
}
