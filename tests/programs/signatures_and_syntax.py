# Walrus, positional-only, keyword-only, star expressions, decorators, globals and nonlocals, chained comparisons, and the like.
def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw


print(f(1, d=4), f(1, 2, 3, 4, 5, d=6, a=7, b=8), f.__defaults__, f.__kwdefaults__)
for call in ("f()", "f(1)", "f(a=1, d=2)", "f(1, 2, 3, c=4, d=1)", "f(*[1, 2], **{'d': 3, 'x': 4})", 
             "g(1)", "g(a=1)", "g(1, 2)", "h(1)", "h()", "h(k=1, z=2)"):
    def g(a, /): return a
    def h(*, k, m=2): return k, m
    try:
        print(call, eval(call))
    except TypeError as e:
        print(call, "TypeError:", e)
if (n := len([1, 2, 3])) > 2:
    print(n)
print([y := 1, y**2, (z := y + 1) * 2], y, z)
print([last := i for i in range(5)], last, any((hit := i) > 2 for i in range(9)), hit)
while (line := next(iter_ := iter("ab"), None)) and n > 2:
    n -= 1
    print(line, n)


def scope():
    total = 0
    [total := total + i for i in range(4)]
    return total


print(scope(), (lambda x=(w := 3): x + w)(), w)
for text in ("(x := 1) = 2", "x := 1", "f(x := 1, y = 2)", "[i := 0 for i in y]", "[[(j := 0) for i in 5] for j in y]", "class A: [x := 1 for i in y]",
             "def f(a, a): pass", "def f(a=1, b): pass", "def f(*): pass", "def f(a, /, b, /): pass", "def f(**k, a): pass", "f(**a, *b)",
             "f(a=1, 2)", "f(a for a in b, 1)", "x = *a", "*a = 1", "*a, *b = c", "del f()", "f() = 1", "None = 1", "a + 1 = 2", "for 1 in x: pass",
             "with a as 1: pass", "nonlocal x", "def f():\n x = 1\n global x", "def f():\n nonlocal y", "def f(x):\n global x", "return", "yield", "break", "continue",
             "class A:\n return", "from __future__ import nope", "from . import *", "def f():\n from a import *", "lambda: (yield)", "[(yield) for x in y]",
             "x: int: str", "(x): int = 1", "x.y: int", "a, b: int", "assert (1, 'x')", "try: pass", "else: pass", "if x", "if x:\npass", " x", "x\n  y", "a = = 1", "'abc", '"""abc',
             "0777", "1_", "0x", "1e", "1__0", "0b2", "0o8", "1.2.3", "5a", "a ? b", "print 1", "exec 'x'", "x++", "x = (1", "x = 1)", "x = (1]", "f'{'", "b'\u00e9'", "'\\N{no such}'", "'\\x1'",
             "'\\u12'", "def f(x=(yield)): pass", "@x\n1", "async x", "await", "import", "from x import", "from x import (a, b", "def", "class", "lambda", "not", "a not b", "a is not", "raise x from", "match x:\n case", "f(a.b=1)", "f(True=1)", "True = 1", "def None(): pass", "import True", "x = yield = 1", "{1: 2, 3}", "{1, 2: 3}", "{**a, b}", "[*a for a in b]", "{**a for a in b}", "(a, b) += 1", "a = b += 1", "a if b", "a if b else", "for x in y", "while", "with x", "global", "x = {a b}", "elif x: pass", "\\ x", "x = \\", "\t if x:\n        y"):
    try:
        compile(text, "s", "exec")
    except SyntaxError as e:
        print(repr(text), "->", type(e).__name__, e.msg)
    else:
        print(repr(text), "fine")
a, *b, c = range(5)
(d, (e, *g)), h = (1, (2, 3, 4)), 5
print(a, b, c, d, e, g, h, [*b, *"xy"], {*b, 9}, (*b, 1), {**{"k": 1}, "l": 2})
for text in ("a, b = 1, 2, 3", "a, b = 1,", "a, *b, c = 1,", "a, b = 5", "a, b = None", "(a, b), c = [1, 2]"):
    try:
        exec(text)
    except (ValueError, TypeError) as x:
        print(text, "->", type(x).__name__, x)
print(1 < 2 < 3, 1 < 3 < 2, 1 == 1 != 2, 3 > 2 >= 2 in (2, 3), not 1 == 2)
