use heap::Obj;

use crate::{
    boot::{Config, Machine},
    handle::Ref,
    layout::typ::Type,
    native::{Args, Native},
    qstr::q,
    table::TypeId,
    types::exception::Exc,
    value::R,
    vm::Vm,
};

/// Runs a test in a machine as it comes, and in one that collects at every allocation and poisons what it frees.
fn everywhere(run: fn(&mut Vm)) {
    for stress in [false, true] {
        let heap = heap::Config { stress, poison: stress, ..heap::Config::default() };
        let mut machine = Machine::new(Config { heap, ..Config::default() }).unwrap();
        machine.enter(run);
    }
}

/// A class with these attributes.
fn class(vm: &mut Vm, name: &str, bases: &[Obj], attributes: &[(&str, Obj)]) -> Ref<Type> {
    make(vm, name, bases, attributes).unwrap()
}

fn make(vm: &mut Vm, name: &str, bases: &[Obj], attributes: &[(&str, Obj)]) -> R<Ref<Type>> {
    let namespace = vm.new_dict(0)?;
    for (name, value) in attributes {
        let name = vm.intern(name.as_bytes())?;
        namespace.set_name(vm, name, *value)?;
    }
    let name = vm.new_str(name.as_bytes())?;
    let bases = vm.new_tuple(bases)?;
    vm.new_class(vm.type_of_id(TypeId::Type), name, bases, namespace.obj(), &[])
}

fn int(value: isize) -> Obj {
    Obj::small_int(value).unwrap()
}

fn text(vm: &mut Vm, obj: Obj) -> std::string::String {
    let repr = vm.repr(obj).unwrap();
    std::string::String::from_utf8_lossy(vm.str_bytes(repr).unwrap()).into_owned()
}

#[test]
fn attributes_live_in_shapes() {
    everywhere(|vm| {
        let point = class(vm, "Point", &[], &[("z", int(9))]);
        for round in 0..3 {
            let a = vm.instantiate(point, &Args::positional(&[])).unwrap();
            let b = vm.instantiate(point, &Args::positional(&[])).unwrap();
            // The first instance is alone with its guess; later ones share.
            for i in 0..40 {
                let name = vm.intern(std::format!("a{i}").as_bytes()).unwrap();
                vm.setattr(a, name, int(i)).unwrap();
                vm.setattr(b, name, int(-i)).unwrap();
            }
            for i in 0..40 {
                let name = vm.intern(std::format!("a{i}").as_bytes()).unwrap();
                assert_eq!(vm.getattr(a, name).unwrap(), int(i));
                assert_eq!(vm.getattr(b, name).unwrap(), int(-i));
            }
            let (sa, sb) = (vm.as_instance(a).unwrap().shape(), vm.as_instance(b).unwrap().shape());
            assert_eq!(sa == sb, round > 0);
            let name = vm.intern(b"a39").unwrap();
            assert_eq!(sa.offset(name).is_some(), round > 0);
            // Last one first: still a shape; another: dictionary mode.
            vm.delattr(a, name).unwrap();
            assert!(!vm.as_instance(a).unwrap().shape().is_dictionary());
            let first = vm.intern(b"a0").unwrap();
            vm.delattr(a, first).unwrap();
            assert!(vm.as_instance(a).unwrap().shape().is_dictionary());
            assert!(vm.getattr(a, first).is_err());
            vm.take_exception();
            let second = vm.intern(b"a1").unwrap();
            assert_eq!(vm.getattr(a, second).unwrap(), int(1));
            vm.setattr(a, first, int(77)).unwrap();
            assert_eq!(vm.getattr(a, first).unwrap(), int(77));
            let z = vm.intern(b"z").unwrap();
            assert_eq!(vm.getattr(b, z).unwrap(), int(9));
        }
    });
}

#[test]
fn caches_learn_of_changes() {
    everywhere(|vm| {
        let base = class(vm, "Base", &[], &[("x", int(1))]);
        let derived = class(vm, "Derived", &[base.obj()], &[]);
        let obj = vm.instantiate(derived, &Args::positional(&[])).unwrap();
        let x = vm.intern(b"x").unwrap();
        assert_eq!(vm.getattr(obj, x).unwrap(), int(1));
        vm.setattr(base.obj(), x, int(2)).unwrap();
        assert_eq!(vm.getattr(obj, x).unwrap(), int(2));
        vm.setattr(derived.obj(), x, int(3)).unwrap();
        assert_eq!(vm.getattr(obj, x).unwrap(), int(3));
        vm.delattr(derived.obj(), x).unwrap();
        assert_eq!(vm.getattr(obj, x).unwrap(), int(2));
        // A special method that a base gets later reaches the slots of derived classes.
        assert!(vm.len(obj).is_err());
        vm.take_exception();
        let len = vm.new_native(q::__len__, Native::F0(|_| Ok(int(5)))).unwrap();
        let len = vm.new_staticmethod(len).unwrap();
        vm.setattr(base.obj(), q::__len__, len).unwrap();
        assert_eq!(vm.len(obj).unwrap(), 5);
    });
}

#[test]
fn orders_of_resolution() {
    everywhere(|vm| {
        let object = vm.type_of_id(TypeId::Object).obj();
        let a = class(vm, "A", &[], &[]).obj();
        let b = class(vm, "B", &[a], &[]).obj();
        let c = class(vm, "C", &[a], &[]).obj();
        let d = class(vm, "D", &[b, c], &[]);
        assert_eq!(vm.seq_items(d.mro()).unwrap(), &[d.obj(), b, c, a, object]);
        for bases in [[a, b], [b, b]] {
            assert!(make(vm, "E", &bases, &[]).is_err());
            assert!(vm.pending_is(Exc::TypeError));
            vm.take_exception();
        }
        let (list, dict) = (vm.type_of_id(TypeId::List).obj(), vm.type_of_id(TypeId::Dict).obj());
        assert!(make(vm, "F", &[list, dict], &[]).is_err());
        vm.take_exception();
    });
}

#[test]
fn builtin_bases() {
    everywhere(|vm| {
        let list = vm.type_of_id(TypeId::List).obj();
        let class = class(vm, "Items", &[list], &[]);
        let obj = vm.instantiate(class, &Args::positional(&[])).unwrap();
        let append = vm.intern(b"append").unwrap();
        vm.call_method(obj, append, &[int(4)]).unwrap();
        assert_eq!(vm.len(obj).unwrap(), 1);
        assert_eq!(vm.getitem(obj, int(0)).unwrap(), int(4));
        assert_eq!(text(vm, obj), "[4]");
        let (function, receiver) = vm.load_super_method(class.obj(), obj, q::__getitem__).unwrap();
        assert_eq!(vm.call_with_receiver(function, receiver, &[int(0)]).unwrap(), int(4));
        assert!(vm.is_instance(obj, list).unwrap());
        let x = vm.intern(b"x").unwrap();
        vm.setattr(obj, x, int(1)).unwrap();
        let dict = vm.getattr(obj, q::__dict__).unwrap();
        vm.setitem(dict, x.obj(), Some(int(2))).unwrap();
        assert_eq!(vm.getattr(obj, x).unwrap(), int(2));
        assert_eq!(vm.len(obj).unwrap(), 1);
    });
}

#[test]
fn exceptions_and_groups() {
    everywhere(|vm| {
        let base = vm.exc_type(Exc::ValueError).obj();
        let class = class(vm, "Oops", &[base], &[]);
        let obj = vm.instantiate(class, &Args::positional(&[int(1), int(2)])).unwrap();
        assert_eq!(text(vm, obj), "Oops(1, 2)");
        assert!(vm.exception_match(obj, vm.exc_type(Exc::Exception).obj()).unwrap());
        assert!(!vm.exception_match(obj, vm.exc_type(Exc::KeyError).obj()).unwrap());
        assert!(vm.exception_match(obj, int(1)).is_err());
        vm.take_exception();
        let key = vm.new_exception(vm.exc_type(Exc::KeyError), &[int(5)]).unwrap();
        let shown = vm.str(key).unwrap();
        assert_eq!(vm.str_bytes(shown).unwrap(), b"5");
        let list = vm.new_list(&[obj, key]).unwrap().obj();
        let group = vm.exc_type(Exc::BaseExceptionGroup);
        let group = vm.instantiate(group, &Args::positional(&[q::msg.obj(), list])).unwrap();
        assert_eq!(vm.type_of(group).name(), vm.exc_type(Exc::ExceptionGroup).name());
        let (yes, no) = vm.split_exception(group, vm.exc_type(Exc::KeyError).obj()).unwrap();
        assert_eq!(vm.group_exceptions(yes.unwrap()).unwrap().items(vm), &[key]);
        assert_eq!(vm.group_exceptions(no.unwrap()).unwrap().items(vm), &[obj]);
        vm.add_traceback(obj, q::stdin_name, 3, q::module_name, (0, 0));
        let mut out = crate::text_out::TextOut::buffer();
        vm.print_exception(obj, &mut out, crate::types::print_exception::TracebackForm::Official).unwrap();
        assert_eq!(
            out.bytes(vm),
            b"Traceback (most recent call last):\n  File \"<stdin>\", line 3, in <module>\nOops: (1, 2)\n"
        );
    });
}

#[test]
fn plans_for_caches() {
    everywhere(|vm| {
        let function = vm.new_native(q::append, Native::F1(|_, obj| Ok(obj))).unwrap();
        let class = class(vm, "C", &[], &[("f", function)]);
        let _first = vm.instantiate(class, &Args::positional(&[])).unwrap();
        let obj = vm.instantiate(class, &Args::positional(&[])).unwrap();
        let x = vm.intern(b"x").unwrap();
        let plan = vm.plan_store(obj, x).unwrap().unwrap();
        vm.setattr(obj, x, int(1)).unwrap();
        assert!(plan.new_shape == Some(vm.as_instance(obj).unwrap().shape()));
        let crate::attr::LoadPlan::Slot(shape, offset) = vm.plan_load(obj, x).unwrap().unwrap() else { panic!() };
        assert!(shape == vm.as_instance(obj).unwrap().shape());
        assert_eq!(offset, plan.offset);
        let f = vm.intern(b"f").unwrap();
        assert!(matches!(vm.plan_load(obj, f), Ok(Some(crate::attr::LoadPlan::Value(_, value))) if value == function));
    });
}
