//! The line that is being typed: keys change it, and what the terminal is sent shows the change.
//!
//! A line is taken to fit the terminal, and a character to be one column wide, as in the official prompt.

use super::{history::History, keys::Key};

/// What a key led to.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// The line goes on.
    More,
    /// The line is complete.
    Line(String),
    /// Ctrl-A to Ctrl-E (1 to 5) in an empty line, Ctrl-C in any.
    Control(u8),
    /// What is left of the cursor is to be completed: [`Editor::insert`] or [`Editor::list`].
    Complete(String),
}

/// The line, the cursor, and what is not yet sent to the terminal.
#[derive(Default)]
pub struct Editor {
    prompt: String,
    line: Vec<char>,
    cursor: usize,
    /// The line is only its automatic indentation, and no key was pressed.
    only_indented: bool,
    /// Automatic indentation is wanted; the first key of a line can turn it off.
    indents: bool,
    /// It is not the first line of an input.
    continues: bool,
    history: History,
    /// How many entries of the history lie between the line and the newest; `None`: the line is no entry.
    back: Option<usize>,
    out: String,
}

const TAB: usize = 4;
/// Names are listed in columns of so many characters,
const COLUMN: usize = 16;
/// as many as fit in a line of so many.
const WIDTH: usize = 64;

impl Editor {
    /// An editor that has this history.
    pub fn new(history: History) -> Editor {
        Editor { history, ..Editor::default() }
    }

    /// The lines that were typed.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Begins the first line of an input.
    pub fn begin(&mut self, prompt: String) {
        self.indents = true;
        self.continues = false;
        self.begin_with(prompt, 0);
    }

    /// Begins another line of an input, which has so many spaces already, unless indentation was turned off.
    pub fn go_on(&mut self, prompt: String, indentation: usize) {
        self.continues = true;
        self.begin_with(prompt, if self.indents { indentation } else { 0 });
    }

    fn begin_with(&mut self, prompt: String, indentation: usize) {
        self.line = vec![' '; indentation];
        self.cursor = indentation;
        self.only_indented = indentation > 0;
        self.back = None;
        self.prompt = prompt;
        self.show_line();
    }

    /// Takes what the terminal is to be sent.
    pub fn take_output(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    fn show_line(&mut self) {
        self.out += &self.prompt;
        self.out.extend(&self.line);
        self.move_back(self.line.len() - self.cursor);
    }

    /// A key was pressed.
    pub fn press(&mut self, key: Key) -> Step {
        let only_indented = std::mem::take(&mut self.only_indented);
        let left = &self.line[..self.cursor];
        match key {
            Key::Control(letter) if self.line.is_empty() || letter == CTRL_C => return Step::Control(letter),
            // Whoever begins a line with white space, or pastes such a line, indents it himself.
            Key::Tab if only_indented => self.indents = false,
            Key::Char(' ') if only_indented => {
                self.indents = false;
                self.line.drain(..TAB - 1);
                self.cursor -= TAB - 1;
                self.move_back(TAB - 1);
            }
            Key::Tab if self.continues && left.iter().all(|c| *c == ' ') => self.insert(&" ".repeat(TAB)),
            Key::Tab => return Step::Complete(left.iter().collect()),
            Key::Char(c) => self.splice(self.cursor, self.cursor, &[c]),
            Key::Enter => {
                self.out += "\n";
                let line: String = self.line.iter().collect();
                self.history.push(&line);
                return Step::Line(line);
            }
            Key::Backspace => {
                let spaces = left.len() >= TAB && left.iter().all(|c| *c == ' ');
                self.delete(self.cursor.saturating_sub(if spaces { TAB } else { 1 }), self.cursor);
            }
            Key::Delete | Key::Control(CTRL_D) => self.delete(self.cursor, self.cursor + 1),
            Key::KillToEnd => self.delete(self.cursor, self.line.len()),
            Key::KillToStart => self.delete(0, self.cursor),
            Key::KillWordLeft => self.delete(self.word_left(), self.cursor),
            Key::KillWordRight => self.delete(self.cursor, self.word_right()),
            Key::Left | Key::Control(CTRL_B) => self.go(self.cursor.saturating_sub(1)),
            Key::Right => self.go(self.cursor + 1),
            Key::WordLeft => self.go(self.word_left()),
            Key::WordRight => self.go(self.word_right()),
            Key::Home | Key::Control(CTRL_A) => self.go(0),
            Key::End | Key::Control(_) => self.go(self.line.len()),
            Key::Up => self.recall(self.back.map_or(0, |back| back + 1)),
            Key::Down => match self.back {
                Some(back) if back > 0 => self.recall(back - 1),
                Some(_) => {
                    self.back = None;
                    self.replace(Vec::new());
                }
                None => {}
            },
        }
        Step::More
    }

    /// Inserts a text at the cursor.
    pub fn insert(&mut self, text: &str) {
        let text: Vec<char> = text.chars().collect();
        self.splice(self.cursor, self.cursor, &text);
    }

    /// Shows names below the line, and the line again.
    pub fn list(&mut self, names: &[String]) {
        let mut column: usize = 0;
        self.out += "\n";
        for name in names {
            let width = name.chars().count();
            let gap = (column + 1).next_multiple_of(COLUMN) - column;
            if column > 0 && column + gap + width > WIDTH {
                self.out += "\n";
                column = 0;
            } else if column > 0 {
                self.out += &" ".repeat(gap);
                column += gap;
            }
            self.out += name;
            column += width;
        }
        self.out += "\n";
        self.show_line();
    }

    /// Shows the entry of the history that lies so far back, if there is one.
    fn recall(&mut self, back: usize) {
        if let Some(line) = self.history.back(back) {
            let line = line.chars().collect();
            self.back = Some(back);
            self.replace(line);
        }
    }

    fn replace(&mut self, line: Vec<char>) {
        self.splice(0, self.line.len(), &line);
    }

    fn delete(&mut self, from: usize, to: usize) {
        let to = to.min(self.line.len());
        if from < to {
            self.splice(from, to, &[]);
        }
    }

    /// Replaces a part of the line, which begins left of the cursor or there; the cursor goes behind what is new.
    fn splice(&mut self, from: usize, to: usize, new: &[char]) {
        let before = self.line.len();
        self.move_back(self.cursor - from);
        self.line.splice(from..to, new.iter().copied());
        if self.line.len() < before {
            self.out += "\x1b[K";
        }
        self.out.extend(&self.line[from..]);
        self.cursor = from + new.len();
        self.move_back(self.line.len() - self.cursor);
    }

    fn go(&mut self, to: usize) {
        let to = to.min(self.line.len());
        if to >= self.cursor {
            self.out.extend(&self.line[self.cursor..to]);
        } else {
            self.move_back(self.cursor - to);
        }
        self.cursor = to;
    }

    fn move_back(&mut self, columns: usize) {
        const SHORT: usize = 4;
        if columns > SHORT {
            self.out += &format!("\x1b[{columns}D");
        } else {
            self.out += &"\x08".repeat(columns);
        }
    }

    /// The start of the word left of the cursor.
    fn word_left(&self) -> usize {
        let mut at = self.cursor;
        while at > 0 && !self.line[at - 1].is_alphanumeric() {
            at -= 1;
        }
        while at > 0 && self.line[at - 1].is_alphanumeric() {
            at -= 1;
        }
        at
    }

    /// The end of the word right of the cursor.
    fn word_right(&self) -> usize {
        let mut at = self.cursor;
        while self.line.get(at).is_some_and(|c| !c.is_alphanumeric()) {
            at += 1;
        }
        while self.line.get(at).is_some_and(|c| c.is_alphanumeric()) {
            at += 1;
        }
        at
    }
}

const CTRL_A: u8 = 1;
const CTRL_B: u8 = 2;
const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;

#[cfg(test)]
mod tests {
    use super::{super::keys::Decoder, *};

    /// What the terminal is sent while keys are pressed, and what the last one led to.
    fn typed(editor: &mut Editor, bytes: &[u8]) -> (String, Step) {
        let mut decoder = Decoder::default();
        let mut step = Step::More;
        for key in bytes.iter().filter_map(|&byte| decoder.feed(byte)) {
            step = editor.press(key);
        }
        (editor.take_output(), step)
    }

    fn line(bytes: &[u8]) -> (String, Step) {
        let mut editor = Editor::default();
        editor.begin(String::new());
        typed(&mut editor, bytes)
    }

    fn is_line(bytes: &[u8], line_is: &str) {
        let (_, step) = line(&[bytes, b"\r"].concat());
        assert_eq!(step, Step::Line(line_is.into()), "{bytes:?}");
    }

    #[test]
    fn keys_change_the_line() {
        is_line(b"ac\x1b[Db", "abc");
        is_line(b"abc\x01\x1b[3~\x05d", "bcd");
        is_line(b"one two.three\x17\x17X", "one X");
        is_line(b"one two\x01\x1bd\x1b[C2\x0b", " 2");
        is_line(b"one two\x1b[1;5D\x15", "two");
        is_line(b"        x\x7f\x7f\x7fy", "y");
        is_line(b"x  \x7fy\x02\x02\x06\x04z", "x z");
        is_line("\u{e9}t\u{e9}\x1b[D\x7fT".as_bytes(), "\u{e9}T\u{e9}");
        is_line(b"a\x1bf\x1bb\x1bbb\x7f\x7f\x7f", "a");
    }

    #[test]
    fn the_terminal_sees_the_changes() {
        assert_eq!(line(b"abc\x7f").0, "abc\x08\x1b[K");
        assert_eq!(line(b"ab\x1b[Dc").0, "ab\x08cb\x08");
        assert_eq!(line(b"abcdef\x01x").0, "abcdef\x1b[6Dxabcdef\x1b[6D");
        assert_eq!(line(b"abc\x01\x0b").0, "abc\x08\x08\x08\x1b[K");
    }

    #[test]
    fn controls_of_an_empty_line() {
        for letter in 1..=5 {
            assert_eq!(line(&[letter]).1, Step::Control(letter));
            let step = if letter == 3 { Step::Control(3) } else { Step::More };
            assert_eq!(line(&[b'a', letter]).1, step);
        }
    }

    #[test]
    fn indentation() {
        let mut editor = Editor::default();
        editor.begin(String::new());
        editor.go_on("... ".into(), 4);
        assert_eq!(typed(&mut editor, b"x\r"), ("...     x\n".into(), Step::Line("    x".into())));
        editor.go_on("... ".into(), 4);
        assert_eq!(typed(&mut editor, b"  x\r"), ("...     \x08\x08\x08 x\n".into(), Step::Line("  x".into())));
        editor.go_on("... ".into(), 8);
        assert_eq!(typed(&mut editor, b"\tx\r").1, Step::Line("    x".into()));
        editor.begin(String::new());
        editor.go_on("... ".into(), 8);
        assert_eq!(typed(&mut editor, b"\tx\r").1, Step::Line("        x".into()));
    }

    #[test]
    fn lines_come_back() {
        let mut editor = Editor::default();
        for line in ["1", "22", "22", " ", "3"] {
            editor.begin(String::new());
            editor.insert(line);
            editor.press(Key::Enter);
        }
        editor.begin(String::new());
        typed(&mut editor, b"");
        assert_eq!(typed(&mut editor, b"\x10\x10\x10\x10").0, "3\x0822\x08\x08\x1b[K1");
        assert_eq!(typed(&mut editor, b"\x0e\x0e\x0e\x0e\r").1, Step::Line(String::new()));
    }

    #[test]
    fn names_are_listed_in_columns() {
        let mut editor = Editor::default();
        editor.begin("> ".into());
        editor.insert("x.");
        editor.take_output();
        let names = ["a", "a_name_of_sixteen_and_more", "b", "c"].map(String::from);
        editor.list(&names);
        assert_eq!(editor.take_output(), "\na               a_name_of_sixteen_and_more      b\nc\n> x.");
    }
}
