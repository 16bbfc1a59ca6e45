# except* and exception groups.
def show(e, depth=0):
    pad = "  " * depth
    if isinstance(e, BaseExceptionGroup):
        print(f"{pad}{type(e).__name__}({e.message!r}) of {len(e.exceptions)}")
        for inner in e.exceptions:
            show(inner, depth + 1)
    else:
        print(pad + repr(e))


tree = ExceptionGroup("top", [ValueError(1), ExceptionGroup("mid", [TypeError(2), ValueError(3), ExceptionGroup("low", [OSError(4)])]), KeyError(5)])
show(tree)
some, rest = tree.split(ValueError)
show(some)
show(rest)
print(tree.split(ZeroDivisionError)[0], tree.split(ExceptionGroup)[1])
show(tree.subgroup(lambda e: isinstance(e, (OSError, KeyError))))
print(tree.subgroup(lambda e: False), str(tree), repr(ExceptionGroup("m", (ValueError(1),))))


class Special(ExceptionGroup):
    def __new__(cls, message, excs, code=0):
        self = super().__new__(cls, message, excs)
        self.code = code
        return self

    def derive(self, excs):
        return Special(self.message, excs, self.code)


s = Special("special", [ValueError(1), TypeError(2)], 7)
s.add_note("noted")
a, b = s.split(ValueError)
print(type(a).__name__, a.code, b.exceptions, a.__notes__)

for arguments in ((), ("m",), ("m", []), ("m", [1]), (1, [ValueError()]), ("m", ValueError()), ("m", [KeyboardInterrupt()])):
    try:
        ExceptionGroup(*arguments)
    except Exception as e:
        print(type(e).__name__, e)
print(type(BaseExceptionGroup("m", [ValueError()])).__name__, type(BaseExceptionGroup("m", [KeyboardInterrupt()])).__name__)


def run(raised, label):
    print("--", label)
    try:
        try:
            raise raised
        except* ValueError as group:
            print("values", group.exceptions)
        except* (TypeError, OSError) as group:
            print("types", group.exceptions)
            if label == "raises":
                raise RuntimeError("from handler")
        else:
            print("else")
        finally:
            print("finally")
    except BaseException as e:
        show(e)
        print("context", type(e.__context__).__name__, "cause", e.__cause__)


run(ValueError("bare"), "bare")
run(tree, "rest is raised again")
run(ExceptionGroup("x", [ValueError(1), TypeError(2)]), "all")
run(ExceptionGroup("x", [ValueError(1), TypeError(2)]), "raises")
run(KeyError("k"), "unhandled")
run(SystemExit(1), "no exception group")


def again(which):
    try:
        try:
            raise ExceptionGroup("g", [ValueError(1), TypeError(2), KeyError(3)])
        except* ValueError as g:
            if which == "bare":
                raise
            if which == "same":
                raise g
            if which == "from":
                raise LookupError("l") from g
        except* TypeError as g:
            if which == "from":
                raise OSError("o")
    except* BaseException as e:
        show(e)
        for inner in e.exceptions:
            print(type(inner).__name__, type(inner.__cause__).__name__, type(inner.__context__).__name__)


for which in ("bare", "same", "from", "none"):
    print("==", which)
    again(which)

# In loops and functions: no break, continue, return; loops around are fine.
for n in range(3):
    try:
        if n == 1:
            raise ExceptionGroup("n", [ValueError(n)])
        if n == 2:
            raise OSError(n)
    except* ValueError:
        print("v", n)
    except* OSError as e:
        print("o", e.exceptions)
for text in ("for i in x:\n try: pass\n except* E: break", "for i in x:\n try: pass\n except* E: continue", "def f():\n try: pass\n except* E: return 1",
             "try: pass\nexcept* E: pass\nexcept F: pass", "try: pass\nexcept*: pass"):
    try:
        compile(text, "s", "exec")
    except SyntaxError as e:
        print(e.msg)
try:
    try:
        raise ValueError
    except* ExceptionGroup:
        pass
except TypeError as e:
    print(e)
try:
    try:
        raise ValueError
    except* 5:
        pass
except BaseException as e:
    print(type(e).__name__, e)
