//! `random`: the official functions and the common ones of CPython, over xoshiro256++.
//!
//! The 32 bytes of state lie in a bytearray that the machine keeps ([`state`]), so that each machine has its own sequence.

use alloc::vec::Vec;

use vm::{
    Obj, R, Vm,
    buffer::Buffer,
    float_math as fm,
    layout::number::{Int, MAX_BITS},
    native::{Args, Def, Member, ModuleDef, Native},
    table::TypeId,
    types::{exception::Exc, int_bytes, int_math},
};

use crate::state;

/// `random`
pub static RANDOM: ModuleDef = ModuleDef { name: "random", members: MEMBERS, init: Some(init) };

const MEMBERS: &[Member] = &[
    ("seed", Def::Fn(Native::Var(0, 1, seed))),
    ("getrandbits", Def::Fn(Native::F1(getrandbits))),
    ("random", Def::Fn(Native::F0(|vm| next_float(vm).and_then(|x| vm.new_float(x))))),
    ("uniform", Def::Fn(Native::F2(uniform))),
    ("randrange", Def::Fn(Native::Var(1, 3, randrange))),
    ("randint", Def::Fn(Native::F2(randint))),
    ("randbytes", Def::Fn(Native::F1(randbytes))),
    ("choice", Def::Fn(Native::F1(choice))),
    ("choices", Def::Fn(Native::Kw(1, 2, choices))),
    ("shuffle", Def::Fn(Native::F1(shuffle))),
    ("sample", Def::Fn(Native::F2(sample))),
    ("triangular", Def::Fn(Native::Var(0, 3, triangular))),
    ("gauss", Def::Fn(Native::Var(0, 2, gauss))),
    ("normalvariate", Def::Fn(Native::Var(0, 2, gauss))),
    ("lognormvariate", Def::Fn(Native::F2(lognormvariate))),
    ("expovariate", Def::Fn(Native::Var(0, 1, expovariate))),
    ("paretovariate", Def::Fn(Native::F1(paretovariate))),
    ("weibullvariate", Def::Fn(Native::F2(weibullvariate))),
];

const NAME: &str = "random";

fn init(vm: &mut Vm, _module: Obj) -> R<()> {
    seed(vm, &[]).map(|_| ())
}

/// The state's memory.
fn memory(vm: &mut Vm) -> R<Buffer> {
    let present = match state::get(vm, NAME)? {
        Some(present) => present,
        None => {
            let class = vm.type_of_id(TypeId::ByteArray).obj();
            let fresh = vm.call(class, &[Obj::small_int_unchecked(32)])?;
            state::set(vm, NAME, fresh)?;
            store(vm, fresh, [1, 2, 3, 4])?;
            fresh
        }
    };
    match vm.buffer(present)? {
        Some(buffer) if buffer.len() == 32 => Ok(buffer),
        _ => Err(vm.runtime_error("random state is gone")),
    }
}

fn store(vm: &mut Vm, memory: Obj, words: [u64; 4]) -> R<()> {
    if let Some(buffer) = vm.buffer(memory)? {
        for (bytes, word) in buffer.bytes_mut(vm).chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
    }
    Ok(())
}

/// One step of xoshiro256++.
fn step(s: &mut [u64; 4]) -> u64 {
    let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
    let shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = s[3].rotate_left(45);
    result
}

/// A state from a seed: a run of splitmix64, so that similar seeds give unlike sequences.
fn expand(mut seed: u64) -> [u64; 4] {
    core::array::from_fn(|_| {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    })
}

fn next(vm: &mut Vm) -> R<u64> {
    let buffer = memory(vm)?;
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(buffer.bytes(vm).chunks_exact(8)) {
        *word = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
    }
    let result = step(&mut words);
    for (bytes, word) in buffer.bytes_mut(vm).chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    Ok(result)
}

fn next_float(vm: &mut Vm) -> R<f64> {
    Ok((next(vm)? >> 11) as f64 / (1u64 << 53) as f64)
}

fn seed(vm: &mut Vm, args: &[Obj]) -> R {
    let words = match args.first() {
        None | Some(&Obj::NONE) => {
            let mut bytes = [0; 8];
            if let Some(host) = vm.host() {
                host.random(&mut bytes);
            }
            expand(u64::from_le_bytes(bytes))
        }
        Some(&value) => {
            let number = match vm.as_int(value) {
                Some(Int::Small(value)) => value as u64,
                Some(big) => big.wrapping_u64(vm) ^ int_math::hash(vm, big) as u64,
                None => vm.hash(value)? as u64,
            };
            expand(number)
        }
    };
    let memory = memory(vm)?.owner();
    store(vm, memory, words)?;
    Ok(Obj::NONE)
}

/// A number below 2^bits.
fn random_bits(vm: &mut Vm, bits: usize) -> R {
    if bits == 0 {
        return Ok(Obj::small_int_unchecked(0));
    }
    if bits <= 64 {
        let value = next(vm)? >> (64 - bits);
        return vm.new_int(value);
    }
    if bits > MAX_BITS {
        return Err(vm.raise_memory_error(bits / 8));
    }
    let len = bits.div_ceil(8);
    int_math::reserved(vm, len / 8 + 1, |vm| {
        let mut bytes = Vec::with_capacity(len + 8);
        while bytes.len() < len {
            bytes.extend_from_slice(&next(vm)?.to_le_bytes());
        }
        bytes.truncate(len);
        if let Some(top) = bytes.last_mut() {
            *top >>= len * 8 - bits;
        }
        int_bytes::from_slice(vm, &bytes, false, false)
    })
}

fn getrandbits(vm: &mut Vm, bits: Obj) -> R {
    let bits = vm.index(bits)?;
    match usize::try_from(bits) {
        Ok(bits) => random_bits(vm, bits),
        Err(_) => Err(vm.value_error("number of bits must be non-negative")),
    }
}

/// A number below `limit`, which is positive.
fn below(vm: &mut Vm, limit: Int) -> R {
    if let Int::Small(limit) = limit {
        let limit = limit as u64;
        let bits = 64 - limit.leading_zeros();
        loop {
            let value = next(vm)? >> (64 - bits);
            if value < limit {
                return vm.new_int(value);
            }
        }
    }
    let bits = limit.bits(vm);
    loop {
        let value = random_bits(vm, bits)?;
        let int = vm.index_int(value)?;
        if int_math::compare(vm, int, limit).is_lt() {
            return Ok(value);
        }
    }
}

fn below_small(vm: &mut Vm, limit: usize) -> R<usize> {
    let value = below(vm, Int::Small(limit as isize))?;
    Ok(value.as_small_int().unwrap_or(0) as usize)
}

fn empty_range(vm: &mut Vm) -> vm::Raised {
    vm.value_error("empty range")
}

fn randrange(vm: &mut Vm, args: &[Obj]) -> R {
    let (start, stop) = match *args {
        [stop] => (Int::Small(0), vm.index_int(stop)?),
        [start, stop, ..] => (vm.index_int(start)?, vm.index_int(stop)?),
        [] => return Err(empty_range(vm)),
    };
    let step = match args.get(2) {
        Some(&step) => vm.index_int(step)?,
        None => Int::Small(1),
    };
    if step.is_zero() {
        return Err(vm.value_error("zero step for randrange()"));
    }
    // The number of steps, rounded up: -((start - stop) // step).
    let distance = int_math::subtract(vm, start, stop)?;
    let distance = vm.index_int(distance)?;
    let steps = int_math::floor_divide(vm, distance, step)?;
    let steps = vm.index_int(steps)?;
    let count = int_math::negate(vm, steps)?;
    let count = vm.index_int(count)?;
    if count.is_negative() || count.is_zero() {
        return Err(empty_range(vm));
    }
    let chosen = below(vm, count)?;
    let chosen = vm.index_int(chosen)?;
    let offset = int_math::multiply(vm, chosen, step)?;
    let offset = vm.index_int(offset)?;
    int_math::add(vm, start, offset)
}

fn randint(vm: &mut Vm, low: Obj, high: Obj) -> R {
    let high = vm.index_int(high)?;
    let stop = int_math::add(vm, high, Int::Small(1))?;
    randrange(vm, &[low, stop])
}

fn randbytes(vm: &mut Vm, n: Obj) -> R {
    let Ok(n) = usize::try_from(vm.index(n)?) else {
        return Err(vm.value_error("number of bytes must be non-negative"));
    };
    let mut out = vm::text_out::TextOut::buffer();
    let mut done = 0;
    while done < n {
        let bytes = next(vm)?.to_le_bytes();
        let now = bytes.len().min(n - done);
        out.write(vm, &bytes[..now])?;
        done += now;
    }
    out.into_bytes(vm)
}

fn choice(vm: &mut Vm, sequence: Obj) -> R {
    let len = vm.len(sequence)?;
    if len == 0 {
        return Err(vm.index_error("Cannot choose from an empty sequence"));
    }
    let index = below_small(vm, len)?;
    vm.getitem(sequence, Obj::small_int_unchecked(index as isize))
}

fn uniform(vm: &mut Vm, a: Obj, b: Obj) -> R {
    let (a, b) = (vm.float_value(a)?, vm.float_value(b)?);
    let x = next_float(vm)?;
    vm.new_float(a + (b - a) * x)
}

fn shuffle(vm: &mut Vm, sequence: Obj) -> R {
    for i in (1..vm.len(sequence)?).rev() {
        let j = below_small(vm, i + 1)?;
        let (i, j) = (Obj::small_int_unchecked(i as isize), Obj::small_int_unchecked(j as isize));
        let (a, b) = (vm.getitem(sequence, i)?, vm.getitem(sequence, j)?);
        vm.setitem(sequence, i, Some(b))?;
        vm.setitem(sequence, j, Some(a))?;
    }
    Ok(Obj::NONE)
}

fn sample(vm: &mut Vm, population: Obj, k: Obj) -> R {
    let k = vm.index(k)?;
    let len = vm.len(population)?;
    let Some(k) = usize::try_from(k).ok().filter(|k| *k <= len) else {
        return Err(vm.value_error("Sample larger than population or is negative"));
    };
    let pool = vm.new_list_with_room(len)?;
    for i in 0..len {
        let item = vm.getitem(population, Obj::small_int_unchecked(i as isize))?;
        pool.push(vm, item)?;
    }
    // The chosen ones gather at the front.
    for i in 0..k {
        let j = i + below_small(vm, len - i)?;
        if let (Some(a), Some(b)) = (pool.get(i), pool.get(j)) {
            pool.set(i, b);
            pool.set(j, a);
        }
    }
    pool.truncate(k);
    Ok(pool.obj())
}

fn choices(vm: &mut Vm, args: &Args) -> R {
    let mut weights = args.pos.get(1).copied().filter(|weights| *weights != Obj::NONE);
    let mut cumulative = None;
    let mut k = 1;
    for (key, value) in args.keywords() {
        match vm.str_bytes(key) {
            Some(b"weights") => weights = (value != Obj::NONE).then_some(value),
            Some(b"cum_weights") => cumulative = (value != Obj::NONE).then_some(value),
            Some(b"k") => k = vm.index(value)?,
            _ => return Err(vm.type_error("extra keyword arguments given")),
        }
    }
    let population = args.pos[0];
    let len = vm.len(population)?;
    if len == 0 {
        return Err(vm.index_error("Cannot choose from an empty sequence"));
    }
    let mut limits = Vec::new();
    if let Some(given) = cumulative.or(weights) {
        let mut total = 0.0;
        let iterator = vm.iter(given)?;
        while let Some(weight) = vm.next(iterator)? {
            let weight = vm.float_value(weight)?;
            total = if cumulative.is_some() { weight } else { total + weight };
            if limits.len() == len {
                break;
            }
            limits.push(total);
        }
        if limits.len() != len {
            return Err(vm.value_error("The number of weights does not match the population"));
        }
        if total <= 0.0 || !total.is_finite() {
            return Err(vm.value_error("Total of weights must be greater than zero"));
        }
    }
    let chosen = vm.new_list(&[])?;
    for _ in 0..k {
        let index = match limits.last() {
            None => below_small(vm, len)?,
            Some(&total) => {
                let x = next_float(vm)? * total;
                limits.partition_point(|limit| *limit <= x).min(len - 1)
            }
        };
        let item = vm.getitem(population, Obj::small_int_unchecked(index as isize))?;
        chosen.push(vm, item)?;
    }
    Ok(chosen.obj())
}

fn number(vm: &mut Vm, args: &[Obj], index: usize, default: f64) -> R<f64> {
    match args.get(index) {
        Some(value) => vm.float_value(*value),
        None => Ok(default),
    }
}

fn triangular(vm: &mut Vm, args: &[Obj]) -> R {
    let (low, high) = (number(vm, args, 0, 0.0)?, number(vm, args, 1, 1.0)?);
    let x = next_float(vm)?;
    if low == high {
        return vm.new_float(low);
    }
    let mode = match args.get(2) {
        None | Some(&Obj::NONE) => 0.5,
        Some(mode) => (vm.float_value(*mode)? - low) / (high - low),
    };
    let value = if x > mode {
        high + (low - high) * fm::sqrt((1.0 - x) * (1.0 - mode))
    } else {
        low + (high - low) * fm::sqrt(x * mode)
    };
    vm.new_float(value)
}

/// A number with the normal distribution around 0 (Box and Muller's method).
fn normal(vm: &mut Vm) -> R<f64> {
    let (x, y) = (next_float(vm)?, next_float(vm)?);
    Ok(fm::sqrt(-2.0 * fm::log(1.0 - x)) * fm::cos(core::f64::consts::TAU * y))
}

fn gauss(vm: &mut Vm, args: &[Obj]) -> R {
    let (mu, sigma) = (number(vm, args, 0, 0.0)?, number(vm, args, 1, 1.0)?);
    let x = normal(vm)?;
    vm.new_float(mu + x * sigma)
}

fn lognormvariate(vm: &mut Vm, mu: Obj, sigma: Obj) -> R {
    let (mu, sigma) = (vm.float_value(mu)?, vm.float_value(sigma)?);
    let x = normal(vm)?;
    vm.new_float(fm::exp(mu + x * sigma))
}

/// An exponentially distributed number.
fn exponential(vm: &mut Vm) -> R<f64> {
    Ok(-fm::log(1.0 - next_float(vm)?))
}

fn nonzero(vm: &mut Vm, value: f64) -> R<f64> {
    if value == 0.0 {
        return Err(vm.error(Exc::ZeroDivisionError, format_args!("division by zero")));
    }
    Ok(value)
}

fn expovariate(vm: &mut Vm, args: &[Obj]) -> R {
    let rate = number(vm, args, 0, 1.0)?;
    let rate = nonzero(vm, rate)?;
    let x = exponential(vm)?;
    vm.new_float(x / rate)
}

fn paretovariate(vm: &mut Vm, alpha: Obj) -> R {
    let alpha = vm.float_value(alpha)?;
    let alpha = nonzero(vm, alpha)?;
    let x = exponential(vm)?;
    vm.new_float(fm::exp(x / alpha))
}

fn weibullvariate(vm: &mut Vm, alpha: Obj, beta: Obj) -> R {
    let (alpha, beta) = (vm.float_value(alpha)?, vm.float_value(beta)?);
    let beta = nonzero(vm, beta)?;
    let x = exponential(vm)?;
    vm.new_float(alpha * fm::pow(x, 1.0 / beta))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_the_published_one() {
        // First outputs of xoshiro256++ from the state 1, 2, 3, 4.
        let mut state = [1, 2, 3, 4];
        let values: [u64; 4] = core::array::from_fn(|_| step(&mut state));
        assert_eq!(values, [41943041, 58720359, 3588806011781223, 3591011842654386]);
        // First outputs of splitmix64 from 1234567.
        assert_eq!(expand(1234567)[..3], [6457827717110365317, 3203168211198807973, 9817491932198370423]);
    }
}
