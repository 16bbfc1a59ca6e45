//! Texts of containers that contain themselves: what is being shown already is shown as `[...]`.

use heap::Obj;

use crate::{
    layout::seq::List,
    text_out::TextOut,
    value::R,
    vm::{Root, Vm},
};

impl Vm {
    /// Shows a container with `show`, or as `instead` if that is under way. May run Python.
    pub(crate) fn show_once(
        &mut self,
        obj: Obj,
        instead: &str,
        out: &mut TextOut,
        show: impl FnOnce(&mut Vm, &mut TextOut) -> R<()>,
    ) -> R<()> {
        if self.state().heap_locks > 0 {
            // There is nothing to remember it with; endless ones end with RecursionError.
            return show(self, out);
        }
        let shown = match self.root(Root::Shown).and_then(|shown| self.exact::<List>(shown)) {
            Some(shown) => shown,
            None => {
                let shown = self.new_list(&[])?;
                self.set_root(Root::Shown, Some(shown.obj()));
                shown
            }
        };
        if shown.items(self).iter().rev().any(|&other| other == obj) {
            return out.write_str(self, instead);
        }
        shown.push(self, obj)?;
        let result = show(self, out);
        shown.pop();
        result
    }
}
