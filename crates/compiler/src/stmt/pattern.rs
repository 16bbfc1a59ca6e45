//! `match`.

use crate::lower::{Done, Lowerer};
use syntax::tree::*;

impl Lowerer<'_> {
    /// `match subject: cases`
    pub fn match_stmt(&mut self, subject: ExprId, _cases: &[Case]) -> Done {
        self.error(self.tree[subject].span, "invalid syntax", "match is not supported yet")
    }
}
