"""Types at the prompt of a program through a pseudo-terminal: terminal.py PROGRAM. HOME should be an empty folder."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios


class Terminal:
    def __init__(self, *command):
        self.master, slave = pty.openpty()
        self.seen = b""

        def control():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, preexec_fn=control)
        os.close(slave)

    def expect(self, text):
        """Reads until a text comes; gives what came before it."""
        text = text.encode()
        while text not in self.seen:
            try:
                more = os.read(self.master, 4096) if select.select([self.master], [], [], 60)[0] else b""
            except OSError:
                more = b""
            if not more:
                raise AssertionError("%r never came, but %r" % (text, self.seen))
            self.seen += more
        before, self.seen = self.seen.split(text, 1)
        return before.decode()

    def type(self, text):
        os.write(self.master, text.encode())

    def cooked(self):
        """Whether the terminal makes lines and signals of its own."""
        return bool(termios.tcgetattr(self.master)[3] & termios.ISIG)

    def end(self):
        code = self.process.wait(60)
        os.close(self.master)
        return code


program = sys.argv[1]
os.environ["NO_COLOR"] = "1"
terminal = Terminal(program)
terminal.expect("Taipan")
terminal.expect(">>> ")
assert not terminal.cooked()

# Nothing is echoed twice, and the end of a line is one.
terminal.type("1 + 1\r")
assert terminal.expect(">>> ") == "1 + 1\r\n2\r\n"

# While a program runs, Ctrl-C is a signal.
terminal.type("while True: print('runs', end='\\n'); __import__('time').sleep(20)\r\r")
terminal.expect("runs\r\n")
assert terminal.cooked()
terminal.type("\x03")
terminal.expect("KeyboardInterrupt")
terminal.expect(">>> ")
assert not terminal.cooked()

# A program that reads lines gets them from the terminal.
terminal.type("input('name? ')\r")
terminal.expect("\r\nname? ")
terminal.type("abc\r")
terminal.expect("'abc'")
terminal.expect(">>> ")

# Completion.
terminal.type("something = 'x'\r")
terminal.expect(">>> ")
terminal.type("someth\t.isdi\t()\r")
assert terminal.expect(">>> ") == "something.isdigit()\r\nFalse\r\n"
terminal.type("import sys, ra\t")
terminal.expect("import sys, random")
terminal.type("\x15")

# Ctrl-D ends it; the terminal is as before, and the next prompt knows the lines.
terminal.type("\x04")
assert terminal.end() == 0
terminal = Terminal(program, "-i", "-c", "pass")
terminal.expect(">>> ")
terminal.type("\x1b[A\x1b[A\r")
terminal.expect("something = 'x'\r\n>>> ")
terminal.type("something\r")
terminal.expect("'x'")
terminal.expect(">>> ")
os.kill(terminal.process.pid, signal.SIGTERM)
assert terminal.end() == -signal.SIGTERM
print("ok")
