# Long sources that are right: they run, or are refused as too long (RuntimeError: bytecode overflow, where a jump would be too far).
wrong = []
N = 10000
for s in (
    "x=" + "1+" * N + "1",
    "x=[" * 90 + "]" * 90,
    'x="a"' + '+"a"' * N,
    "a=" + "b=" * N + "1",
    "def f():\n  x=1\n" + "  y=x\n" * N + "  return y\nf()",
    "f=lambda " + ",".join("a%d=1" % i for i in range(250)) + ": a0\nf()",
    "def f(" + ",".join("a%d" % i for i in range(300)) + "): return a0\nf(*range(300))",
    "def f(**k): return len(k)\nprint(f(" + ",".join("a%d=1" % i for i in range(300)) + "))",
    "def f(*k): return len(k)\nprint(f(" + ",".join("1" for i in range(3000)) + "))",
    "def f(*k): return len(k)\nprint(f(" + ",".join("*[1]" for i in range(3000)) + "))",
    "print(len([" + "1," * 100000 + "]))",
    "a=1\nprint(len([a," + "a," * 70000 + "]))",
    "a=1\nprint(len({" + ",".join("%d:a" % i for i in range(70000)) + "}))",
    "a=1\nprint(len({" + ",".join("%d" % i for i in range(70000)) + "}))",
    "a=1\nprint(len((a," + "a," * 70000 + ")))",
    ",".join("a%d" % i for i in range(5000)) + "=range(5000)",
    "a,*b,c=range(10)",
    "*a,=" + "[]",
    "def f():\n"
    + "".join(" try:\n".replace(" ", " " * i, 1) for i in range(1, 90))
    + " " * 99
    + "return 5\n"
    + "".join(" " * i + "finally: x=1\n" for i in range(89, 0, -1))
    + "print(f())",
    "if 1:\n" + " x=1\n" * 40000,
    "for i in range(3):\n" + " x=1\n" * 30000,
    "while 1:\n" + " x=1\n" * 30000 + " break",
    "def f():\n" + " if x: x=1\n" * 30000,
    "\n".join("def f%d(): return %d" % (i, i) for i in range(5000)),
    "\n".join("x%d=%d" % (i, i) for i in range(70000)),
    "class A:\n" + "\n".join(" x%d=%d" % (i, i) for i in range(7000)),
    'a=1\nx=f"' + "{a}" * 5000 + '"',
    'x="%s"*3%(1,2,3)',
    "l=[[1]]\nx=[a" + " for a in l" * 50 + "]",
):
    try:
        exec(s, {})
    except (SyntaxError, MemoryError, RecursionError, OverflowError, ValueError, RuntimeError) as e:
        print(type(e).__name__, e, s[:30])
    except BaseException as e:
        wrong.append("%s of %r...: %r" % (type(e), s[:30], e))
print("\n".join(wrong) or "ok")
