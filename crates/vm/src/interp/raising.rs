//! What the instructions need of exceptions: making them from what `raise` got, chaining, causes.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{exception::Exception, function::Function, typ::Type},
    qstr::q,
    types::{
        exception::{EXCEPTIONS, Exc},
        special::Special,
    },
    value::R,
    vm::Vm,
};

impl Vm {
    /// The exception that `raise value` raises: an instance as it is, of a class a new one. TypeError for anything else, and
    /// for an instance that is not complete, as in MicroPython.
    pub fn make_exception(&mut self, value: Obj) -> R {
        if let Some(exception) = self.as_exception(value) {
            if exception.is_incomplete() {
                return Err(self.type_error("exceptions must derive from BaseException"));
            }
            return Ok(value);
        }
        if let Some(class) = self.as_type(value)
            && self.is_subclass(class, self.exc_type(Exc::BaseException))
        {
            let made = self.call(value, &[])?;
            if self.as_exception(made).is_some() {
                return Ok(made);
            }
        }
        Err(self.type_error("exceptions must derive from BaseException"))
    }

    /// Notes which exception was being handled when this one was raised.
    pub fn chain_exception(&mut self, exception: Obj, handled: Option<Obj>) {
        let (Some(new), Some(handled)) = (self.as_exception(exception), handled) else {
            return;
        };
        let Some(context) = self.as_exception(handled) else {
            return;
        };
        if new == context {
            return;
        }
        // The chain must stay free of circles: cut it where it would come back to the new exception. Floyd's
        // second pointer guards against circles that programs made.
        let (mut at, mut slow, mut step) = (context, context, false);
        while let Some(next) = at.context().and_then(|next| self.as_exception(next)) {
            if next == new {
                at.set_context(None);
                break;
            }
            at = next;
            if step {
                match slow.context().and_then(|next| self.as_exception(next)) {
                    Some(next) => slow = next,
                    None => break,
                }
            }
            step = !step;
            if at == slow {
                break;
            }
        }
        new.set_context(Some(handled));
    }

    /// Gives the exception under way a context, unless it has one: for errors that the machine itself raises.
    pub(in crate::interp) fn chain_under_way(&mut self, handled: Option<Obj>) {
        if let Some(exception) = self.root(crate::vm::Root::Exception)
            && self.as_exception(exception).is_some_and(|exception| exception.context().is_none())
        {
            self.chain_exception(exception, handled);
        }
    }

    /// `raise exception from cause`
    pub fn set_cause(&mut self, exception: Obj, cause: Obj) -> R<()> {
        let cause = match cause {
            Obj::NONE => None,
            cause if self.as_exception(cause).is_some() => Some(cause),
            cause if self.as_type(cause).is_some() => Some(self.make_exception(cause)?),
            _ => return Err(self.type_error("exception causes must derive from BaseException")),
        };
        if let Some(exception) = self.as_exception(exception) {
            exception.set_cause(cause);
            exception.set_suppress_context(true);
        }
        Ok(())
    }

    /// Turns the end that a body (a "generator", a "coroutine") must not raise, if it is under way, into RuntimeError with
    /// that as its cause (PEP 479).
    #[inline(never)]
    pub(crate) fn refuse_end(&mut self, end: Exc, kind: &str) {
        if !self.pending_is(end) {
            return;
        }
        let stop = self.take_exception();
        let _ = self.error(Exc::RuntimeError, format_args!("{kind} raised {}", EXCEPTIONS[end as usize].0));
        let error = self.take_exception();
        // Where memory ended instead, that is under way.
        if self.set_cause(error, stop).is_ok() {
            let _ = self.raise(error);
        }
    }

    /// The value of a StopIteration.
    pub fn stop_iteration_value(&mut self, exception: Obj) -> Obj {
        let exception: Option<Ref<Exception>> = self.as_exception(exception);
        exception.and_then(|exception| exception.arg(self, 0)).unwrap_or(Obj::NONE)
    }

    /// For a Python class whose instances are made in the ordinary way: the class, and its `__init__` if there is one (a
    /// Python function). `None` where only the full protocol will do.
    pub(in crate::interp) fn plain_constructor(&mut self, callee: Obj) -> Option<(Ref<Type>, Option<Ref<Function>>)> {
        let class = self.exact::<Type>(callee)?;
        if !class.is_python() || class.native_base().is_some() || class.has_special(Special::New) {
            return None;
        }
        if !class.has_special(Special::Init) {
            return None;
        }
        let (init, _) = self.class_lookup(class, q::__init__).ok()??;
        let init = self.exact::<Function>(init)?;
        let is_bytecode = init.code().read(|code| code.machine.is_null());
        is_bytecode.then_some((class, Some(init)))
    }

    /// Raises OSError for a failed operation of the host.
    #[cold]
    pub fn os_error(&mut self, errno: crate::host::Errno, path: Option<Obj>) -> crate::value::Raised {
        // As in MicroPython the number is the only argument.
        let class = self.os_error_type(Some(errno.0 as isize));
        let made: R = (|| {
            let exception = self.new_exception(class, &[Obj::small_int_unchecked(errno.0 as isize)])?;
            if let (Some(path), Some(fields)) = (path, self.as_exception(exception)) {
                fields.attributes_or_new(self)?.set_name(self, q::filename, path)?;
            }
            Ok(exception)
        })();
        match made {
            Ok(exception) => self.raise(exception),
            Err(raised) => raised,
        }
    }

    /// Notes in a SyntaxError where it is.
    pub(crate) fn fill_syntax_error(
        &mut self,
        exception: Obj,
        file: Obj,
        (line, column): (u32, u32),
        end: (u32, u32),
        text: Obj,
    ) -> R<()> {
        let Some(exception) = self.as_exception(exception) else {
            return Ok(());
        };
        let dict = exception.attributes_or_new(self)?;
        let number = |n: u32| Obj::small_int_unchecked(n as isize);
        dict.set_name(self, q::filename, file)?;
        dict.set_name(self, q::lineno, number(line))?;
        dict.set_name(self, q::offset, number(column))?;
        dict.set_name(self, q::end_lineno, number(end.0))?;
        dict.set_name(self, q::end_offset, number(end.1))?;
        dict.set_name(self, q::text, text)
    }
}
