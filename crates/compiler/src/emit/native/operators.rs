//! Operators: of objects through helpers, of viper's numbers as instructions.

use super::{Native, Type, helpers};
use alloc::format;
use asm::{Arith, Condition, Shift};
use code::opcode::BINARY_OPS;

/// Numbers of operators (bytecode.md); in-place forms lie that far before the normal ones.
const IN_PLACE: core::ops::Range<u8> = 9..22;
const IN_PLACE_DISTANCE: u8 = 13;

/// What an operator is for numbers.
enum Kind {
    Arith(Arith),
    Shift { left: bool },
    Divide,
    Modulo,
    Compare(Condition),
    None,
}

fn kind(operator: u8) -> Kind {
    match operator {
        0 => Kind::Compare(Condition::Less),
        1 => Kind::Compare(Condition::More),
        2 => Kind::Compare(Condition::Equal),
        3 => Kind::Compare(Condition::LessEqual),
        4 => Kind::Compare(Condition::MoreEqual),
        5 => Kind::Compare(Condition::NotEqual),
        22 => Kind::Arith(Arith::Or),
        23 => Kind::Arith(Arith::Xor),
        24 => Kind::Arith(Arith::And),
        25 => Kind::Shift { left: true },
        26 => Kind::Shift { left: false },
        27 => Kind::Arith(Arith::Add),
        28 => Kind::Arith(Arith::Sub),
        29 => Kind::Arith(Arith::Mul),
        31 => Kind::Divide,
        33 => Kind::Modulo,
        _ => Kind::None,
    }
}

impl Native<'_> {
    pub fn unary_operator(&mut self, operator: u8) {
        let ret = self.machine.ret;
        let typ = self.peek_type(0);
        match (typ, operator) {
            (Type::Object, _) => {
                self.pop(self.machine.args[1]);
                self.call_with(helpers::UNARY_OP, &[(0, i64::from(operator))]);
                self.push(Type::Object, ret);
            }
            (Type::Int | Type::Uint, 0) => {}
            (Type::Int | Type::Uint, 1) => {
                self.pop(ret);
                self.asm.negate(ret);
                self.push(typ, ret);
            }
            (Type::Int | Type::Uint, 2) => {
                self.pop(ret);
                self.asm.invert(ret);
                self.push(typ, ret);
            }
            (Type::Int | Type::Uint, _) => self.type_error("'not' not implemented".into()),
            _ => self.type_error(format!("can't do unary op of '{}'", typ.name())),
        }
    }

    pub fn binary_operator(&mut self, operator: u8) {
        let (left, right) = (self.peek_type(1), self.peek_type(0));
        if left.is_number() && right.is_number() {
            self.number_operator(operator, left, right);
        } else if left == Type::Object && right == Type::Object {
            let args = self.machine.args;
            self.pop(args[2]);
            self.pop(args[1]);
            match self.abi.binary_operator(operator) {
                Some(number) => self.call_with(helpers::BINARY_OP, &[(0, number.into())]),
                None => {
                    let sign = BINARY_OPS.get(usize::from(operator)).map_or("", |operator| operator.sign);
                    self.cannot(&format!("the operator {sign}"));
                }
            }
            self.push(Type::Object, self.machine.ret);
        } else {
            self.drop(1);
            self.type_error(format!("can't do binary op between '{}' and '{}'", left.name(), right.name()));
        }
    }

    fn number_operator(&mut self, operator: u8, left: Type, right: Type) {
        let operator = if IN_PLACE.contains(&operator) { operator + IN_PLACE_DISTANCE } else { operator };
        let (args, ret) = (self.machine.args, self.machine.ret);
        let kind = kind(operator);
        let shift = |is_left: bool| match (is_left, left) {
            (true, _) => Shift::Left,
            (false, Type::Uint) => Shift::Right,
            (false, _) => Shift::RightSigned,
        };
        if let (Kind::Shift { left: is_left }, Some(count)) = (&kind, self.machine.shift_count) {
            self.pop(count);
            self.pop(ret);
            self.asm.shift(shift(*is_left), ret, count);
            return self.push(left, ret);
        }
        if matches!(kind, Kind::Divide | Kind::Modulo) {
            self.pop(args[1]);
            self.pop(args[0]);
            if left != Type::Int {
                self.type_error("div/mod not implemented for uint".into());
            }
            self.call(if matches!(kind, Kind::Divide) { helpers::FLOOR_DIVIDE } else { helpers::MODULO });
            return self.push(Type::Int, ret);
        }
        let (from, _) = self.pop_where_it_is(args[2], &[ret, args[1]]);
        self.pop(args[1]);
        match kind {
            Kind::Shift { left: is_left } => {
                self.asm.shift(shift(is_left), args[1], from);
                self.push(left, args[1]);
            }
            Kind::Arith(op) => {
                self.asm.arith(op, args[1], from);
                self.push(left, args[1]);
            }
            Kind::Compare(condition) => {
                if left != right {
                    self.type_error("comparison of int and uint".into());
                }
                self.spill(ret, 0);
                self.asm.compare(condition, left == Type::Int, ret, args[1], from);
                self.push(Type::Bool, ret);
            }
            Kind::Divide | Kind::Modulo | Kind::None => {
                self.restore(1);
                // The official text has room for the operator's name but does not know it.
                self.type_error("binary op  not implemented".into());
            }
        }
    }
}
