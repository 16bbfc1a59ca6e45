//! `time`. Dates are of the proleptic Gregorian calendar, years 1 to 9999; what lies beyond is an OverflowError.

use vm::{
    Obj, R, Vm,
    native::{Def, Member, ModuleDef, Native},
    types::exception::Exc,
};

/// `time`
pub static TIME: ModuleDef = ModuleDef { name: "time", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("clock", Def::Fn(Native::F0(|vm| seconds(vm, false)))),
    ("gmtime", Def::Fn(Native::Var(0, 1, gmtime))),
    ("localtime", Def::Fn(Native::Var(0, 1, localtime))),
    ("mktime", Def::Fn(Native::F1(mktime))),
    ("monotonic", Def::Fn(Native::F0(|vm| seconds(vm, false)))),
    ("perf_counter", Def::Fn(Native::F0(|vm| seconds(vm, false)))),
    ("process_time", Def::Fn(Native::F0(|vm| seconds(vm, false)))),
    ("monotonic_ns", Def::Fn(Native::F0(monotonic_ns))),
    ("perf_counter_ns", Def::Fn(Native::F0(monotonic_ns))),
    ("sleep", Def::Fn(Native::F1(sleep))),
    ("sleep_ms", Def::Fn(Native::F1(|vm, ms| sleep_units(vm, ms, 1_000_000)))),
    ("sleep_us", Def::Fn(Native::F1(|vm, us| sleep_units(vm, us, 1000)))),
    ("ticks_add", Def::Fn(Native::F2(ticks_add))),
    ("ticks_cpu", Def::Fn(Native::F0(|vm| ticks(vm, 1)))),
    ("ticks_diff", Def::Fn(Native::F2(ticks_diff))),
    ("ticks_ms", Def::Fn(Native::F0(|vm| ticks(vm, 1_000_000)))),
    ("ticks_us", Def::Fn(Native::F0(|vm| ticks(vm, 1000)))),
    ("time", Def::Fn(Native::F0(|vm| seconds(vm, true)))),
    ("time_ns", Def::Fn(Native::F0(time_ns))),
];

fn monotonic(vm: &mut Vm) -> u64 {
    vm.host().map_or(0, |host| host.monotonic_ns())
}

fn now(vm: &mut Vm) -> u64 {
    vm.host().map_or(0, |host| host.unix_time_ns())
}

fn monotonic_ns(vm: &mut Vm) -> R {
    let ns = monotonic(vm);
    vm.new_int(ns)
}

fn time_ns(vm: &mut Vm) -> R {
    let ns = now(vm);
    vm.new_int(ns)
}

fn seconds(vm: &mut Vm, since_1970: bool) -> R {
    let ns = if since_1970 { now(vm) } else { monotonic(vm) };
    vm.new_float(ns as f64 / 1e9)
}

fn sleep(vm: &mut Vm, time: Obj) -> R {
    let seconds = match (vm.as_float(time), time.as_small_int()) {
        (Some(seconds), _) => seconds,
        (None, Some(seconds)) => seconds as f64,
        (None, None) => vm.index(time)? as f64,
    };
    if seconds.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if seconds < 0.0 {
        return Err(vm.value_error("sleep length must be non-negative"));
    }
    if seconds > 1e10 {
        return Err(vm.overflow_error("timestamp too large to convert"));
    }
    sleep_ns(vm, (seconds * 1e9) as u64)
}

fn sleep_units(vm: &mut Vm, count: Obj, ns: u64) -> R {
    let count = u64::try_from(vm.index(count)?).unwrap_or(0);
    sleep_ns(vm, count.saturating_mul(ns))
}

/// Sleeps; meanwhile Ctrl-C and scheduled calls are served.
fn sleep_ns(vm: &mut Vm, ns: u64) -> R {
    let end = monotonic(vm).saturating_add(ns);
    vm.pass_turn(false);
    loop {
        vm.look_around()?;
        let left = end.saturating_sub(monotonic(vm));
        if left == 0 || vm.host().is_none() {
            return Ok(Obj::NONE);
        }
        vm.sleep_ns(left);
    }
}

/// Ticks count modulo 2^62 (or 2^30 on 32-bit machines): a positive small int.
const TICKS_MASK: usize = (1 << (usize::BITS - 2)) - 1;
const TICKS_HALF: usize = TICKS_MASK.div_ceil(2);

fn ticks(vm: &mut Vm, unit: u64) -> R {
    let ns = monotonic(vm);
    Ok(Obj::small_int_unchecked((ns / unit) as usize as isize & TICKS_MASK as isize))
}

fn ticks_add(vm: &mut Vm, ticks: Obj, delta: Obj) -> R {
    let (ticks, delta) = (vm.index(ticks)? as usize, vm.index(delta)? as usize);
    // Less than half a turn either way.
    if delta.wrapping_add(TICKS_HALF).wrapping_sub(1) >= TICKS_MASK {
        return Err(vm.overflow_error("ticks interval overflow"));
    }
    Ok(Obj::small_int_unchecked((ticks.wrapping_add(delta) & TICKS_MASK) as isize))
}

fn ticks_diff(vm: &mut Vm, end: Obj, start: Obj) -> R {
    let (end, start) = (vm.index(end)? as usize, vm.index(start)? as usize);
    let diff = end.wrapping_sub(start).wrapping_add(TICKS_HALF) & TICKS_MASK;
    Ok(Obj::small_int_unchecked(diff as isize - TICKS_HALF as isize))
}

/// Days from 1970-01-01 to a date whose month may be any number.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    // Years begin in March here, so that the leap day is the last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year + day - 1 - 719_468
}

/// Year, month and day of a number of days from 1970-01-01.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

const DAY: i64 = 86_400;
/// Seconds from 1970 to the years 1 and 10000.
const FIRST: i64 = -62_135_596_800;
const END: i64 = 253_402_300_800;

/// The nine numbers of a moment: year, month, day, hour, minute, second, weekday, day of the year, daylight saving time.
fn broken_down(seconds: i64) -> [i64; 9] {
    let (days, time) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = civil_from_days(days);
    let of_year = days - days_from_civil(year, 1, 1) + 1;
    [year, month, day, time / 3600, time / 60 % 60, time % 60, (days + 3).rem_euclid(7), of_year, 0]
}

/// The moment that an argument gives, in seconds; now without one.
fn moment(vm: &mut Vm, args: &[Obj]) -> R<i64> {
    let seconds = match args.first() {
        None => (now(vm) / 1_000_000_000) as i64,
        Some(value) if *value == Obj::NONE => (now(vm) / 1_000_000_000) as i64,
        Some(value) => match vm.as_float(*value) {
            Some(seconds) if seconds.is_nan() => return Err(vm.value_error("cannot convert float NaN to integer")),
            Some(seconds) => vm::float_math::floor(seconds) as i64,
            None => vm.index(*value)? as i64,
        },
    };
    if (FIRST..END).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(vm.overflow_error("timestamp out of range for platform time_t"))
    }
}

fn tuple(vm: &mut Vm, parts: [i64; 9]) -> R {
    vm.new_tuple(&parts.map(|part| Obj::small_int_unchecked(part as isize)))
}

fn gmtime(vm: &mut Vm, args: &[Obj]) -> R {
    let seconds = moment(vm, args)?;
    tuple(vm, broken_down(seconds))
}

fn localtime(vm: &mut Vm, args: &[Obj]) -> R {
    let seconds = moment(vm, args)?;
    let offset = vm.host().map_or(0, |host| host.utc_offset(seconds));
    let winter = vm.host().map_or(0, |host| {
        // The smaller offset of January and July is the one without daylight saving time.
        let year = broken_down(seconds)[0];
        let at = |month| days_from_civil(year, month, 1) * DAY;
        host.utc_offset(at(1)).min(host.utc_offset(at(7)))
    });
    let mut parts = broken_down((seconds + offset).clamp(FIRST, END - 1));
    parts[8] = i64::from(offset > winter);
    tuple(vm, parts)
}

fn mktime(vm: &mut Vm, time: Obj) -> R {
    let mut parts = [0; 6];
    let len = vm.seq_items(time).map(<[Obj]>::len);
    if !matches!(len, Some(8 | 9)) {
        return Err(vm.type_error("mktime needs a tuple of length 8 or 9"));
    }
    for (i, part) in parts.iter_mut().enumerate() {
        let item = vm.seq_items(time).and_then(|items| items.get(i).copied()).unwrap_or(Obj::NONE);
        // Enough for every date there is, little enough to calculate with.
        *part = (vm.index(item)? as i64).clamp(-(1 << 40), 1 << 40);
    }
    let [year, month, day, hour, minute, second] = parts;
    let local = days_from_civil(year.clamp(-20_000, 20_000), month.clamp(-(1 << 20), 1 << 20), day) * DAY
        + hour * 3600
        + minute * 60
        + second;
    if !(FIRST..END).contains(&local) {
        return Err(vm.error(Exc::OverflowError, format_args!("mktime argument out of range")));
    }
    // The offset that holds at the result, found in two steps.
    let offset = vm.host().map_or(0, |host| {
        let guess = local - host.utc_offset(local);
        host.utc_offset(guess)
    });
    vm.new_int(local - offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (seconds, expected) in [
            (0, [1970, 1, 1, 0, 0, 0, 3, 1, 0]),
            (951_782_399, [2000, 2, 28, 23, 59, 59, 0, 59, 0]),
            (951_782_400, [2000, 2, 29, 0, 0, 0, 1, 60, 0]),
            (FIRST, [1, 1, 1, 0, 0, 0, 0, 1, 0]),
            (END - 1, [9999, 12, 31, 23, 59, 59, 4, 365, 0]),
            (-1, [1969, 12, 31, 23, 59, 59, 2, 365, 0]),
        ] {
            assert_eq!(broken_down(seconds), expected, "{seconds}");
        }
        for days in (-800_000..3_000_000).step_by(97) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        assert_eq!(days_from_civil(2000, 13, 1), days_from_civil(2001, 1, 1));
        assert_eq!(days_from_civil(2000, 0, 1), days_from_civil(1999, 12, 1));
    }
}
