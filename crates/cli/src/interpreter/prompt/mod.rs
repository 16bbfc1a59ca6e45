//! The prompt: lines are typed, run when they are complete, and their values shown (command-line.md §5).
//!
//! The terminal sends every key as it comes while a line is typed, and has its own mode while a program runs.

mod complete;
mod editor;
mod history;
mod input;
mod keys;

use std::io::IsTerminal;

use complete::Completion;
use editor::{Editor, Step};
use history::History;
use keys::Decoder;
use taipan::machine::{self, R, host::CompileMode};

use super::{Ending, report};

/// What ends the prompt: the exit code.
type Finished = std::ops::ControlFlow<i32>;

const GO_ON: Finished = Finished::Continue(());

const CTRL_B: u8 = 2;
const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const CTRL_E: u8 = 5;

/// Runs what is typed until the end of the input or of the program; gives the exit code.
pub fn run(vm: &mut machine::Vm, ending: &Ending) -> i32 {
    let mut prompt =
        Prompt { vm, ending, editor: Editor::new(History::load()), decoder: Decoder::default(), inputs: 0 };
    prompt.banner();
    let code = loop {
        if let Finished::Break(code) = prompt.turn() {
            break code;
        }
    };
    if std::io::stdin().is_terminal() {
        prompt.editor.history().save();
    }
    code
}

struct Prompt<'a> {
    vm: &'a mut machine::Vm,
    ending: &'a Ending,
    editor: Editor,
    decoder: Decoder,
    /// How many inputs were run.
    inputs: usize,
}

impl Prompt<'_> {
    fn print(&mut self, text: &str) {
        if !text.is_empty() {
            let _ = self.vm.write_stdout(text.as_bytes());
        }
        let _ = self.vm.flush_streams();
    }

    fn banner(&mut self) {
        let version = report::version();
        self.print(&format!("{version}Type \"help()\" for more information.\n"));
    }

    /// `sys.ps1` or `sys.ps2`
    fn sign(&mut self, name: &str) -> String {
        let text = self.sys_text(name.as_bytes()).unwrap_or_else(|_| {
            self.vm.take_exception();
            None
        });
        text.unwrap_or_default()
    }

    fn sys_text(&mut self, name: &[u8]) -> R<Option<String>> {
        let (sys, name) = (self.vm.intern(b"sys")?, self.vm.intern(name)?);
        let Some(sys) = self.vm.native_module(sys)? else { return Ok(None) };
        let Some(value) = self.vm.getattr_maybe(sys, name)? else { return Ok(None) };
        Ok(self.vm.str_bytes(value).map(|text| String::from_utf8_lossy(text).into_owned()))
    }

    /// One input: typed, and run.
    fn turn(&mut self) -> Finished {
        // Else nothing that is typed could run, not even what unlocks it.
        while self.vm.heap_locks() > 0 {
            self.vm.unlock_heap();
        }
        let sign = self.sign("ps1");
        self.editor.begin(sign);
        let mut text = match self.line() {
            Step::Line(text) => text,
            Step::Control(control) => {
                self.print("\n");
                match control {
                    CTRL_B => self.banner(),
                    CTRL_D => return Finished::Break(0),
                    CTRL_E => return self.paste(),
                    _ => {}
                }
                return GO_ON;
            }
            Step::More | Step::Complete(_) => return GO_ON,
        };
        while input::goes_on(&text) {
            let sign = self.sign("ps2");
            self.editor.go_on(sign, input::indentation(&text));
            match self.line() {
                Step::Line(line) => {
                    text.push('\n');
                    text += &line;
                }
                Step::Control(control @ (CTRL_C | CTRL_D)) => {
                    self.print("\n");
                    if control == CTRL_C {
                        return GO_ON;
                    }
                    break;
                }
                Step::Control(_) => self.print("\n"),
                Step::More | Step::Complete(_) => {}
            }
        }
        self.execute(text)
    }

    /// Lets a line be typed that was begun. The end of the input counts as Ctrl-D.
    fn line(&mut self) -> Step {
        let _raw = taipan::os::RawTerminal::enter();
        loop {
            let output = self.editor.take_output();
            self.print(&output);
            let Some(byte) = self.byte() else { return Step::Control(CTRL_D) };
            let Some(key) = self.decoder.feed(byte) else { continue };
            match self.editor.press(key) {
                Step::More => {}
                Step::Complete(left) => match complete::complete(self.vm, &left) {
                    Some(Completion::Insert(text)) => self.editor.insert(&text),
                    Some(Completion::Choice(names)) => self.editor.list(&names),
                    None => {}
                },
                step => {
                    let output = self.editor.take_output();
                    self.print(&output);
                    return step;
                }
            }
        }
    }

    /// The next byte that is typed; other threads run meanwhile.
    fn byte(&mut self) -> Option<u8> {
        self.vm.without_turn(taipan::os::read_byte)
    }

    /// Paste mode: takes lines as they are, until Ctrl-D runs them.
    fn paste(&mut self) -> Finished {
        const SIGN: &str = "=== ";
        self.print("paste mode; Ctrl-C to cancel, Ctrl-D to finish\n");
        self.print(SIGN);
        let raw = taipan::os::RawTerminal::enter();
        let mut text = Vec::new();
        let mut last = 0;
        loop {
            let byte = self.byte().unwrap_or(CTRL_D);
            match byte {
                CTRL_C | CTRL_D => {
                    self.print("\n");
                    if byte == CTRL_C {
                        return GO_ON;
                    }
                    break;
                }
                b'\n' if last == b'\r' => {}
                b'\r' | b'\n' => {
                    text.push(b'\n');
                    self.print("\n");
                    self.print(SIGN);
                }
                _ => {
                    text.push(byte);
                    let _ = self.vm.write_stdout(&[byte]);
                    self.print("");
                }
            }
            last = byte;
        }
        drop(raw);
        self.execute(String::from_utf8_lossy(&text).into_owned())
    }

    /// Runs an input; what it raises is shown.
    fn execute(&mut self, mut text: String) -> Finished {
        if text.trim().is_empty() {
            return GO_ON;
        }
        text.push('\n');
        // Tracebacks can show lines of earlier inputs, too.
        let name = match self.ending.official {
            true => "<stdin>".into(),
            false => format!("<python-input-{}>", self.inputs),
        };
        self.inputs += 1;
        let globals = self.vm.main_globals();
        let mode = CompileMode::Single;
        let done = self.vm.keep_source(&name, text.as_bytes(), mode).and_then(|()| {
            let code = self.vm.compile_source(text.as_bytes(), &name, mode, globals, true)?;
            self.vm.run_code(code, None)
        });
        let result = match done {
            Ok(_) => GO_ON,
            Err(_) => match self.ending.print(self.vm) {
                (true, code) => Finished::Break(code),
                (false, _) => GO_ON,
            },
        };
        let _ = self.vm.flush_streams();
        result
    }
}
