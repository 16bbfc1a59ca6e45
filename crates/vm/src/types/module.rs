//! Modules.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{dict::flag, module::Module, typ::Type},
    native::{Args, Show, Slots, TypeDef},
    qstr::q,
    text_out::TextOut,
    types::object::identity_unary,
    value::R,
    vm::Vm,
};

/// `module`
pub static MODULE: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new), show: Some(show), unary: Some(identity_unary), ..Slots::NONE },
    ..TypeDef::named("module")
};

/// Names that CPython's `sys` has, or that programs give it: whatever else they would add to `sys` is refused, as
/// MicroPython's tests ask.
static OF_SYS: &str = "\
    __breakpointhook__ __displayhook__ __excepthook__ __interactivehook__ __stderr__ __stdin__ __stdout__ \
    __unraisablehook__ abiflags activate_stack_trampoline addaudithook api_version audit base_exec_prefix \
    base_prefix breakpointhook builtin_module_names call_tracing copyright deactivate_stack_trampoline \
    displayhook dont_write_bytecode excepthook exec_prefix flags float_info float_repr_style get_asyncgen_hooks \
    get_coroutine_origin_tracking_depth get_int_max_str_digits getallocatedblocks getdefaultencoding \
    getdlopenflags getfilesystemencodeerrors getfilesystemencoding getprofile getrefcount getswitchinterval \
    getunicodeinternedsize getwindowsversion hash_info hexversion int_info is_finalizing \
    is_stack_trampoline_active last_exc last_traceback last_type last_value maxunicode meta_path monitoring \
    orig_argv path_hooks path_importer_cache platlibdir prefix pycache_prefix set_asyncgen_hooks \
    set_coroutine_origin_tracking_depth set_int_max_str_digits setdlopenflags setprofile setswitchinterval \
    stdlib_module_names thread_info tracebacklimit unraisablehook warnoptions";

/// Whether `sys` may get an attribute that it does not have.
pub fn known_to_sys(name: &[u8]) -> bool {
    OF_SYS.split(' ').any(|known| known.as_bytes() == name)
}

impl Vm {
    /// Refuses new attributes of a module from now on, but for those of [`known_to_sys`]. Its namespace stays open.
    pub fn close_module(&mut self, module: Obj) {
        if let Some(dict) = self.module_dict(module) {
            dict.set_flag(flag::CLOSED);
        }
    }
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [name, doc] = vm.bind(args, [q::name, q::doc], 1)?;
    let name = vm.name_argument(name)?;
    let module = vm.new_module(name)?;
    module.dict().set_name(vm, q::__doc__, doc.unwrap_or(Obj::NONE))?;
    Ok(module.obj())
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let Some(dict) = vm.cast::<Module>(obj).map(|module| module.dict()) else {
        return Ok(());
    };
    let name = dict.get_name(vm, q::__name__).unwrap_or(q::empty.obj());
    out.write_str(vm, "<module '")?;
    vm.show(name, out, Show::Str)?;
    out.write_str(vm, "'")?;
    if let Some(file) = dict.get_name(vm, q::__file__) {
        out.write_str(vm, " from '")?;
        vm.show(file, out, Show::Str)?;
        out.write_str(vm, "'")?;
    }
    out.write_str(vm, ">")
}
