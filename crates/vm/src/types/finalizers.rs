//! What runs for objects that the collector found dead, and for all that are left when the program ends: `__del__`, and the
//! blocks in which generators and coroutines were left.

use alloc::vec::Vec;

use heap::Obj;

use crate::{
    layout::machine::MachineGenerator,
    native::Show,
    qstr::q,
    text_out::TextOut,
    types::{
        machine_generator,
        print_exception::TracebackForm,
        traceback_text::{Style, TracebackWriter},
    },
    value::R,
    vm::{Root, Vm},
};

impl Vm {
    /// Finalizes objects that the collector found dead. Only at safe points.
    #[inline]
    pub fn run_finalizers(&mut self) {
        self.run_weak_calls();
        if self.state().classes.has_pending() {
            self.finalize_pending();
        }
    }

    /// Finalizes all objects there are, in the order in which they were registered: the program has ended. Everything is
    /// still there for them, but no other thread runs any more. What they make anew is not finalized.
    pub fn finalize_all(&mut self) {
        self.stop_threads();
        // A thread that was in a finalizer does not go on.
        self.state_mut().classes.set_finalizing(false);
        self.run_finalizers();
        self.state_mut().classes.finish_all();
        self.run_finalizers();
    }

    #[cold]
    fn finalize_pending(&mut self) {
        // What comes up while a finalizer runs waits for its end.
        if self.heap_locks() > 0 || self.state_mut().classes.set_finalizing(true) {
            return;
        }
        while let Some(obj) = self.state_mut().classes.take_pending() {
            let under_way = self.root(Root::Exception);
            if self.finalize(obj).is_err() && self.report_ignored(obj).is_err() {
                self.take_exception();
            }
            self.set_root(Root::Exception, under_way);
        }
        self.state_mut().classes.set_finalizing(false);
    }

    fn finalize(&mut self, obj: Obj) -> R {
        if let Some(generator) = self.as_generator(obj) {
            let outermost = self.outermost(generator);
            // Threads that the end of the program stopped may be in the middle of it.
            return if outermost.is_executing(self) { Ok(Obj::NONE) } else { self.close_generator(outermost) };
        }
        if let Some(generator) = self.exact::<MachineGenerator>(obj) {
            return machine_generator::close(self, generator.obj());
        }
        Ok(self.call_special_maybe(obj, q::__del__, &[])?.unwrap_or(Obj::NONE))
    }

    /// Writes the exception under way, which nobody can handle, to standard error.
    fn report_ignored(&mut self, obj: Obj) -> R<()> {
        let exception = self.take_exception();
        let mut out = TextOut::buffer();
        out.write_str(self, "Exception ignored in: ")?;
        let source = self.find_special(obj, q::__del__)?.map_or(obj, |(function, _)| function);
        self.show(source, &mut out, Show::Repr)?;
        out.write_str(self, "\n")?;
        if self.official_texts() {
            self.print_exception(exception, &mut out, TracebackForm::Official)?;
        } else {
            TracebackWriter::new(&mut out, Style { chain: false, ..Style::default() }).write(self, exception)?;
        }
        let text = Vec::from(out.bytes(self));
        self.write_stderr(&text);
        Ok(())
    }
}
