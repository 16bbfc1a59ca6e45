//! Functions of number modules against the results of CPython 3.13.

use modules::MODULES;
use vm::{
    Obj, R, Vm,
    boot::{Config, Machine},
    types::int_text,
};

enum Arg {
    Int(&'static str),
    Float(f64),
    Complex(f64, f64),
    Str(&'static str),
    Bytes(&'static [u8]),
}

use Arg::*;

/// Module, function, arguments, the result's repr or the exception's type.
type Case = (&'static str, &'static str, &'static [Arg], Result<&'static str, &'static str>);

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("math", "sqrt", &[Float(0.0)], Ok("0.0")),
    ("math", "sqrt", &[Float(1.0)], Ok("1.0")),
    ("math", "sqrt", &[Float(2.5)], Ok("1.5811388300841898")),
    ("math", "sqrt", &[Float(-1.0)], Err("ValueError")),
    ("math", "sqrt", &[Float(1e+300)], Ok("1e+150")),
    ("math", "sqrt", &[Float(f64::INFINITY)], Ok("inf")),
    ("math", "sqrt", &[Float(f64::NEG_INFINITY)], Err("ValueError")),
    ("math", "log2", &[Float(0.0)], Err("ValueError")),
    ("math", "log2", &[Float(1.0)], Ok("0.0")),
    ("math", "log2", &[Float(2.5)], Ok("1.3219280948873624")),
    ("math", "log2", &[Float(-1.0)], Err("ValueError")),
    ("math", "log2", &[Float(1e+300)], Ok("996.5784284662087")),
    ("math", "log2", &[Float(f64::INFINITY)], Ok("inf")),
    ("math", "log2", &[Float(f64::NEG_INFINITY)], Err("ValueError")),
    ("math", "log10", &[Float(0.0)], Err("ValueError")),
    ("math", "log10", &[Float(1.0)], Ok("0.0")),
    ("math", "log10", &[Float(2.5)], Ok("0.3979400086720376")),
    ("math", "log10", &[Float(-1.0)], Err("ValueError")),
    ("math", "log10", &[Float(1e+300)], Ok("300.0")),
    ("math", "log10", &[Float(f64::INFINITY)], Ok("inf")),
    ("math", "log10", &[Float(f64::NEG_INFINITY)], Err("ValueError")),
    ("math", "exp", &[Float(0.0)], Ok("1.0")),
    ("math", "exp", &[Float(1.0)], Ok("2.718281828459045")),
    ("math", "exp", &[Float(2.5)], Ok("12.182493960703473")),
    ("math", "exp", &[Float(-1.0)], Ok("0.36787944117144233")),
    ("math", "exp", &[Float(1e+300)], Err("OverflowError")),
    ("math", "exp", &[Float(f64::INFINITY)], Ok("inf")),
    ("math", "exp", &[Float(f64::NEG_INFINITY)], Ok("0.0")),
    ("math", "gamma", &[Float(0.0)], Err("ValueError")),
    ("math", "gamma", &[Float(1.0)], Ok("1.0")),
    ("math", "gamma", &[Float(-1.0)], Err("ValueError")),
    ("math", "gamma", &[Float(1e+300)], Err("OverflowError")),
    ("math", "gamma", &[Float(f64::INFINITY)], Ok("inf")),
    ("math", "gamma", &[Float(f64::NEG_INFINITY)], Err("ValueError")),
    ("math", "lgamma", &[Float(0.0)], Err("ValueError")),
    ("math", "lgamma", &[Float(1.0)], Ok("0.0")),
    ("math", "lgamma", &[Float(-1.0)], Err("ValueError")),
    ("math", "lgamma", &[Float(1e+300)], Ok("6.897755278982137e+302")),
    ("math", "lgamma", &[Float(f64::INFINITY)], Ok("inf")),
    ("math", "lgamma", &[Float(f64::NEG_INFINITY)], Ok("inf")),
    ("math", "log", &[Float(0.0)], Err("ValueError")),
    ("math", "log", &[Float(1.0)], Ok("0.0")),
    ("math", "log", &[Float(2.5)], Ok("0.9162907318741551")),
    ("math", "log", &[Float(-1.0)], Err("ValueError")),
    ("math", "log", &[Float(1e+300)], Ok("690.7755278982137")),
    ("math", "log", &[Float(f64::INFINITY)], Ok("inf")),
    ("math", "log", &[Float(f64::NEG_INFINITY)], Err("ValueError")),
    ("math", "floor", &[Float(0.0)], Ok("0")),
    ("math", "floor", &[Float(1.0)], Ok("1")),
    ("math", "floor", &[Float(2.5)], Ok("2")),
    ("math", "floor", &[Float(-1.0)], Ok("-1")),
    ("math", "floor", &[Float(1e+300)], Ok("1000000000000000052504760255204420248704468581108159154915854115511802457988908195786371375080447864043704443832883878176942523235360430575644792184786706982848387200926575803737830233794788090059368953234970799945081119038967640880074652742780142494579258788820056842838115669472196386865459400540160")),
    ("math", "floor", &[Float(f64::INFINITY)], Err("OverflowError")),
    ("math", "floor", &[Float(f64::NEG_INFINITY)], Err("OverflowError")),
    ("math", "ceil", &[Float(0.0)], Ok("0")),
    ("math", "ceil", &[Float(1.0)], Ok("1")),
    ("math", "ceil", &[Float(2.5)], Ok("3")),
    ("math", "ceil", &[Float(-1.0)], Ok("-1")),
    ("math", "ceil", &[Float(1e+300)], Ok("1000000000000000052504760255204420248704468581108159154915854115511802457988908195786371375080447864043704443832883878176942523235360430575644792184786706982848387200926575803737830233794788090059368953234970799945081119038967640880074652742780142494579258788820056842838115669472196386865459400540160")),
    ("math", "ceil", &[Float(f64::INFINITY)], Err("OverflowError")),
    ("math", "ceil", &[Float(f64::NEG_INFINITY)], Err("OverflowError")),
    ("math", "trunc", &[Float(0.0)], Ok("0")),
    ("math", "trunc", &[Float(1.0)], Ok("1")),
    ("math", "trunc", &[Float(2.5)], Ok("2")),
    ("math", "trunc", &[Float(-1.0)], Ok("-1")),
    ("math", "trunc", &[Float(1e+300)], Ok("1000000000000000052504760255204420248704468581108159154915854115511802457988908195786371375080447864043704443832883878176942523235360430575644792184786706982848387200926575803737830233794788090059368953234970799945081119038967640880074652742780142494579258788820056842838115669472196386865459400540160")),
    ("math", "trunc", &[Float(f64::INFINITY)], Err("OverflowError")),
    ("math", "trunc", &[Float(f64::NEG_INFINITY)], Err("OverflowError")),
    ("math", "fabs", &[Float(0.0)], Ok("0.0")),
    ("math", "fabs", &[Float(1.0)], Ok("1.0")),
    ("math", "fabs", &[Float(2.5)], Ok("2.5")),
    ("math", "fabs", &[Float(-1.0)], Ok("1.0")),
    ("math", "fabs", &[Float(1e+300)], Ok("1e+300")),
    ("math", "fabs", &[Float(f64::INFINITY)], Ok("inf")),
    ("math", "fabs", &[Float(f64::NEG_INFINITY)], Ok("inf")),
    ("math", "ulp", &[Float(0.0)], Ok("5e-324")),
    ("math", "ulp", &[Float(1.0)], Ok("2.220446049250313e-16")),
    ("math", "ulp", &[Float(2.5)], Ok("4.440892098500626e-16")),
    ("math", "ulp", &[Float(-1.0)], Ok("2.220446049250313e-16")),
    ("math", "ulp", &[Float(1e+300)], Ok("1.487016908477783e+284")),
    ("math", "ulp", &[Float(f64::INFINITY)], Ok("inf")),
    ("math", "ulp", &[Float(f64::NEG_INFINITY)], Ok("inf")),
    ("math", "acosh", &[Float(0.0)], Err("ValueError")),
    ("math", "acosh", &[Float(1.0)], Ok("0.0")),
    ("math", "acosh", &[Float(2.5)], Ok("1.566799236972411")),
    ("math", "acosh", &[Float(-1.0)], Err("ValueError")),
    ("math", "acosh", &[Float(1e+300)], Ok("691.4686750787736")),
    ("math", "acosh", &[Float(f64::INFINITY)], Ok("inf")),
    ("math", "acosh", &[Float(f64::NEG_INFINITY)], Err("ValueError")),
    ("math", "atanh", &[Float(0.0)], Ok("0.0")),
    ("math", "atanh", &[Float(1.0)], Err("ValueError")),
    ("math", "atanh", &[Float(2.5)], Err("ValueError")),
    ("math", "atanh", &[Float(-1.0)], Err("ValueError")),
    ("math", "atanh", &[Float(1e+300)], Err("ValueError")),
    ("math", "atanh", &[Float(f64::INFINITY)], Err("ValueError")),
    ("math", "atanh", &[Float(f64::NEG_INFINITY)], Err("ValueError")),
    ("math", "factorial", &[Int("0")], Ok("1")),
    ("math", "factorial", &[Int("5")], Ok("120")),
    ("math", "factorial", &[Int("20")], Ok("2432902008176640000")),
    ("math", "factorial", &[Int("25")], Ok("15511210043330985984000000")),
    ("math", "factorial", &[Int("-1")], Err("ValueError")),
    ("math", "factorial", &[Float(2.0)], Err("TypeError")),
    ("math", "gcd", &[], Ok("0")),
    ("math", "lcm", &[], Ok("1")),
    ("math", "gcd", &[Int("12")], Ok("12")),
    ("math", "lcm", &[Int("12")], Ok("12")),
    ("math", "gcd", &[Int("12"), Int("18")], Ok("6")),
    ("math", "lcm", &[Int("12"), Int("18")], Ok("36")),
    ("math", "gcd", &[Int("-4"), Int("6")], Ok("2")),
    ("math", "lcm", &[Int("-4"), Int("6")], Ok("12")),
    ("math", "gcd", &[Int("0"), Int("0")], Ok("0")),
    ("math", "lcm", &[Int("0"), Int("0")], Ok("0")),
    ("math", "gcd", &[Int("1180591620717411303424"), Int("221073919720733357899776")], Ok("1073741824")),
    ("math", "lcm", &[Int("1180591620717411303424"), Int("221073919720733357899776")], Ok("243073345330964281680845098425778176")),
    ("math", "comb", &[Int("10"), Int("3")], Ok("120")),
    ("math", "perm", &[Int("10"), Int("3")], Ok("720")),
    ("math", "comb", &[Int("5"), Int("6")], Ok("0")),
    ("math", "perm", &[Int("5"), Int("6")], Ok("0")),
    ("math", "comb", &[Int("100"), Int("50")], Ok("100891344545564193334812497256")),
    ("math", "perm", &[Int("100"), Int("50")], Ok("3068518756254966037202730459529469739228459721684688959447786986982158958772355072000000000000")),
    ("math", "comb", &[Int("0"), Int("0")], Ok("1")),
    ("math", "perm", &[Int("0"), Int("0")], Ok("1")),
    ("math", "comb", &[Int("-1"), Int("2")], Err("ValueError")),
    ("math", "perm", &[Int("-1"), Int("2")], Err("ValueError")),
    ("math", "comb", &[Int("36893488147419103232"), Int("2")], Ok("680564733841876926908302470789826871296")),
    ("math", "perm", &[Int("36893488147419103232"), Int("2")], Ok("1361129467683753853816604941579653742592")),
    ("math", "isqrt", &[Int("0")], Ok("0")),
    ("math", "isqrt", &[Int("15")], Ok("3")),
    ("math", "isqrt", &[Int("16")], Ok("4")),
    ("math", "isqrt", &[Int("10000000000000000000000000000000000000000")], Ok("100000000000000000000")),
    ("math", "isqrt", &[Int("-1")], Err("ValueError")),
    ("math", "log", &[Int("114813069527425452423283320117768198402231770208869520047764273682576626139237031385665948631650626991844596463898746277344711896086305533142593135616665318539129989145312280000688779148240044871428926990063486244781615463646388363947317026040466353970904996558162398808944629605623311649536164221970332681344168908984458505602379484807914058900934776500429002716706625830522008132236281291761267883317206598995396418127021779858404042159853183251540889433902091920554957783589672039160081957216630582755380425583726015528348786419432054508915275783882625175435528800822842770817965453762184851149029376")], Ok("1386.2943611198907")),
    ("math", "log", &[Int("8"), Int("2")], Ok("3.0")),
    ("math", "log", &[Int("8"), Int("1")], Err("ZeroDivisionError")),
    ("math", "log", &[Int("0")], Err("ValueError")),
    ("math", "log", &[Int("-1180591620717411303424")], Err("ValueError")),
    ("math", "log", &[Int("1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"), Int("10")], Ok("299.99999999999994")),
    ("math", "pow", &[Float(2.0), Float(3.0)], Ok("8.0")),
    ("math", "fmod", &[Float(2.0), Float(3.0)], Ok("2.0")),
    ("math", "remainder", &[Float(2.0), Float(3.0)], Ok("-1.0")),
    ("math", "copysign", &[Float(2.0), Float(3.0)], Ok("2.0")),
    ("math", "pow", &[Float(0.0), Float(-1.0)], Err("ValueError")),
    ("math", "fmod", &[Float(0.0), Float(-1.0)], Ok("0.0")),
    ("math", "remainder", &[Float(0.0), Float(-1.0)], Ok("0.0")),
    ("math", "copysign", &[Float(0.0), Float(-1.0)], Ok("-0.0")),
    ("math", "pow", &[Float(-2.0), Float(0.5)], Err("ValueError")),
    ("math", "fmod", &[Float(-2.0), Float(0.5)], Ok("-0.0")),
    ("math", "remainder", &[Float(-2.0), Float(0.5)], Ok("-0.0")),
    ("math", "copysign", &[Float(-2.0), Float(0.5)], Ok("2.0")),
    ("math", "pow", &[Float(1e+200), Float(2.0)], Err("OverflowError")),
    ("math", "fmod", &[Float(1e+200), Float(2.0)], Ok("0.0")),
    ("math", "remainder", &[Float(1e+200), Float(2.0)], Ok("0.0")),
    ("math", "copysign", &[Float(1e+200), Float(2.0)], Ok("1e+200")),
    ("math", "pow", &[Float(f64::INFINITY), Float(0.0)], Ok("1.0")),
    ("math", "fmod", &[Float(f64::INFINITY), Float(0.0)], Err("ValueError")),
    ("math", "remainder", &[Float(f64::INFINITY), Float(0.0)], Err("ValueError")),
    ("math", "copysign", &[Float(f64::INFINITY), Float(0.0)], Ok("inf")),
    ("math", "ldexp", &[Float(0.5), Int("3")], Ok("4.0")),
    ("math", "ldexp", &[Float(1.0), Int("2000")], Err("OverflowError")),
    ("math", "ldexp", &[Float(1.0), Int("-2000")], Ok("0.0")),
    ("math", "ldexp", &[Float(0.0), Int("1000000000000000000000000000000")], Ok("0.0")),
    ("math", "ldexp", &[Float(f64::INFINITY), Int("2")], Ok("inf")),
    ("math", "frexp", &[Float(0.0)], Ok("(0.0, 0)")),
    ("math", "modf", &[Float(0.0)], Ok("(0.0, 0.0)")),
    ("math", "frexp", &[Float(8.0)], Ok("(0.5, 4)")),
    ("math", "modf", &[Float(8.0)], Ok("(0.0, 8.0)")),
    ("math", "frexp", &[Float(-0.3)], Ok("(-0.6, -1)")),
    ("math", "modf", &[Float(-0.3)], Ok("(-0.3, -0.0)")),
    ("math", "frexp", &[Float(f64::INFINITY)], Ok("(inf, 0)")),
    ("math", "modf", &[Float(f64::INFINITY)], Ok("(0.0, inf)")),
    ("math", "isclose", &[Float(1.0), Float(1.0)], Ok("True")),
    ("math", "isclose", &[Float(1.0), Float(1.0000000001)], Ok("True")),
    ("math", "isclose", &[Float(f64::INFINITY), Float(f64::INFINITY)], Ok("True")),
    ("math", "isclose", &[Float(1.0), Float(2.0)], Ok("False")),
    ("math", "hypot", &[Float(3.0), Float(4.0)], Ok("5.0")),
    ("math", "hypot", &[], Ok("0.0")),
    ("math", "hypot", &[Float(1.0), Float(2.0), Float(3.0)], Ok("3.7416573867739413")),
    ("math", "fma", &[Float(2.0), Float(3.0), Float(4.0)], Ok("10.0")),
    ("math", "nextafter", &[Float(1.0), Float(2.0)], Ok("1.0000000000000002")),
    ("math", "nextafter", &[Float(0.0), Float(-1.0)], Ok("-5e-324")),
    ("cmath", "sqrt", &[Complex(1.0, 2.0)], Ok("(1.272019649514069+0.7861513777574233j)")),
    ("cmath", "exp", &[Complex(1.0, 2.0)], Ok("(-1.1312043837568135+2.4717266720048188j)")),
    ("cmath", "phase", &[Complex(1.0, 2.0)], Ok("1.1071487177940904")),
    ("cmath", "polar", &[Complex(1.0, 2.0)], Ok("(2.23606797749979, 1.1071487177940904)")),
    ("cmath", "log", &[Complex(1.0, 2.0)], Ok("(0.8047189562170503+1.1071487177940904j)")),
    ("cmath", "sqrt", &[Complex(-4.0, 0.0)], Ok("2j")),
    ("cmath", "exp", &[Complex(-4.0, 0.0)], Ok("(0.01831563888873418+0j)")),
    ("cmath", "phase", &[Complex(-4.0, 0.0)], Ok("3.141592653589793")),
    ("cmath", "polar", &[Complex(-4.0, 0.0)], Ok("(4.0, 3.141592653589793)")),
    ("cmath", "log", &[Complex(-4.0, 0.0)], Ok("(1.3862943611198906+3.141592653589793j)")),
    ("cmath", "sqrt", &[Complex(-4.0, 0.0)], Ok("2j")),
    ("cmath", "exp", &[Complex(-4.0, 0.0)], Ok("(0.01831563888873418+0j)")),
    ("cmath", "phase", &[Complex(-4.0, 0.0)], Ok("3.141592653589793")),
    ("cmath", "polar", &[Complex(-4.0, 0.0)], Ok("(4.0, 3.141592653589793)")),
    ("cmath", "log", &[Complex(-4.0, 0.0)], Ok("(1.3862943611198906+3.141592653589793j)")),
    ("cmath", "sqrt", &[Complex(0.0, 0.5)], Ok("(0.5+0.5j)")),
    ("cmath", "exp", &[Complex(0.0, 0.5)], Ok("(0.8775825618903728+0.479425538604203j)")),
    ("cmath", "phase", &[Complex(0.0, 0.5)], Ok("1.5707963267948966")),
    ("cmath", "polar", &[Complex(0.0, 0.5)], Ok("(0.5, 1.5707963267948966)")),
    ("cmath", "log", &[Complex(0.0, 0.5)], Ok("(-0.6931471805599453+1.5707963267948966j)")),
    ("cmath", "log", &[Complex(0.0, 0.0)], Err("ValueError")),
    ("struct", "pack", &[Str("<bI"), Int("-1"), Int("7")], Ok("b'\\xff\\x07\\x00\\x00\\x00'")),
    ("struct", "pack", &[Str(">hH"), Int("-2"), Int("65535")], Ok("b'\\xff\\xfe\\xff\\xff'")),
    ("struct", "pack", &[Str("<e"), Float(1.5)], Ok("b'\\x00>'")),
    ("struct", "pack", &[Str("@bq"), Int("1"), Int("2")], Ok("b'\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00'")),
    ("struct", "pack", &[Str("3s"), Bytes(&[97, 98])], Ok("b'ab\\x00'")),
    ("struct", "pack", &[Str("<4p"), Bytes(&[97, 98, 99, 100, 101, 102])], Ok("b'\\x03abc'")),
    ("struct", "pack", &[Str("?c"), Int("1"), Bytes(&[122])], Ok("b'\\x01z'")),
    ("struct", "pack", &[Str("<q"), Int("-5")], Ok("b'\\xfb\\xff\\xff\\xff\\xff\\xff\\xff\\xff'")),
    ("struct", "pack", &[Str("z"), Int("1")], Err("ValueError")),
    ("struct", "pack", &[Str("<2B"), Int("1"), Int("2"), Int("3")], Err("ValueError")),
    ("struct", "unpack", &[Str("<bI"), Bytes(&[255, 7, 0, 0, 0])], Ok("(-1, 7)")),
    ("struct", "unpack", &[Str(">hH"), Bytes(&[255, 254, 255, 255])], Ok("(-2, 65535)")),
    ("struct", "unpack", &[Str("<d"), Bytes(&[154, 153, 153, 153, 153, 153, 185, 63])], Ok("(0.1,)")),
    ("struct", "unpack", &[Str("<3sx"), Bytes(&[97, 98, 99, 100])], Ok("(b'abc',)")),
    ("struct", "unpack", &[Str("<4p"), Bytes(&[2, 97, 98, 99])], Ok("(b'ab',)")),
    ("struct", "unpack", &[Str("<Q"), Bytes(&[255, 255, 255, 255, 255, 255, 255, 255])], Ok("(18446744073709551615,)")),
    ("struct", "unpack", &[Str("<q"), Bytes(&[255, 255, 255, 255, 255, 255, 255, 255])], Ok("(-1,)")),
    ("struct", "unpack", &[Str("<I"), Bytes(&[49, 50, 51])], Err("ValueError")),
    ("struct", "calcsize", &[Str("bI")], Ok("8")),
    ("struct", "calcsize", &[Str("<bI")], Ok("5")),
    ("struct", "calcsize", &[Str("100sI")], Ok("104")),
    ("struct", "calcsize", &[Str("3")], Err("ValueError")),
    ("struct", "calcsize", &[Str("qb")], Ok("9")),
];

fn make(vm: &mut Vm, arg: &Arg) -> R {
    match *arg {
        Int(text) => Ok(int_text::parse(vm, text.as_bytes(), 10)?.unwrap()),
        Float(value) => vm.new_float(value),
        Complex(re, im) => vm.new_complex(re, im),
        Str(text) => vm.new_str(text.as_bytes()),
        Bytes(bytes) => vm.new_bytes(bytes),
    }
}

fn run(vm: &mut Vm, (module, function, args, _): &Case) -> R {
    let name = vm.intern(module.as_bytes())?;
    let module = vm.native_module(name)?.expect("the module is registered");
    let name = vm.intern(function.as_bytes())?;
    let function = vm.getattr(module, name)?;
    let mut made = [Obj::NONE; 8];
    for (place, arg) in made.iter_mut().zip(*args) {
        *place = make(vm, arg)?;
    }
    let result = vm.call(function, &made[..args.len()])?;
    vm.repr(result)
}

#[test]
fn results_are_those_of_cpython() {
    let mut machine = Machine::new(Config::default()).expect("there is memory");
    machine.enter(|vm| {
        MODULES.iter().for_each(|module| vm.register_module(module));
        for case in CASES {
            let text = |vm: &Vm, obj: Obj| String::from_utf8(vm.str_bytes(obj).unwrap().to_vec()).unwrap();
            let result = match run(vm, case) {
                Ok(shown) => Ok(text(vm, shown)),
                Err(_) => {
                    let exception = vm.take_exception();
                    Err(vm.type_name(exception).to_string())
                }
            };
            let result = result.as_deref().map_err(|name| &**name);
            assert_eq!(
                result,
                case.3,
                "{}.{}({})",
                case.0,
                case.1,
                case.2.iter().map(show).collect::<Vec<_>>().join(", ")
            );
        }
    });
}

fn show(arg: &Arg) -> String {
    match arg {
        Int(text) => text.to_string(),
        Float(value) => format!("{value:?}"),
        Complex(re, im) => format!("({re:?}, {im:?})"),
        Str(text) => format!("{text:?}"),
        Bytes(bytes) => format!("{bytes:?}"),
    }
}
