# A name has 255 bytes of utf-8 at most; other strings, and what they say as keys, may be of any length.


def attempt(what, function):
    try:
        print(what, function())
    except RuntimeError as e:
        print(what, "RuntimeError:", e)


def taken(**keywords):
    return [len(name) for name in keywords]


def assign(name):
    space = {}
    exec(name + " = 1", space)
    return name in space


def attribute(name):
    thing = Thing()
    setattr(thing, name, 1)
    found = hasattr(thing, name), getattr(thing, name), vars(thing) == {name: 1}
    delattr(thing, name)
    return found, hasattr(thing, name)


def imported(name):
    try:
        __import__(name)
    except ImportError:
        return "ImportError"


class Thing:
    def __getattr__(self, name):
        raise AttributeError("nothing")


for n in (255, 256, 70000):
    for letter in "xé":
        name = letter * (n // len(letter.encode()))
        n = len(name.encode())
        print("--", letter, n)
        attempt("assign", lambda: assign(name))
        attempt("parameter", lambda: exec("def f(%s): pass" % name))
        attempt("keyword", lambda: eval("taken(%s=1)" % name, {"taken": taken}))
        attempt("keywords", lambda: taken(**{name: 1}))
        attempt("attribute", lambda: attribute(name))
        attempt("hasattr", lambda: hasattr(Thing(), name))
        attempt("delattr", lambda: delattr(Thing(), name) if n > 255 else None)
        attempt("class", lambda: len(type(name, (), {}).__name__))
        attempt("namespace", lambda: name in vars(type("C", (), {name: 1})))
        attempt("field", lambda: ("{%s}" % name).format(**{name: 5}))
        attempt("attribute of a field", lambda: len(("{0.%s}" % name).format(type("C", (), {name: 5}))))
        attempt("percent", lambda: ("%%(%s)d" % name) % {name: 6})
        attempt("import", lambda: imported(name if n > 255 else "x" * 100))
        attempt("dotted", lambda: imported("x" * 100 + "." + name[:100] + "." + name[:54]))

        # No names: keys, items, formatted texts, the length of a program.
        d = {name: 1}
        d[name + "y"] = 2
        print(len(d), d[name], {**d} == d, ("{0[%s]}" % name).format(d))
        print(len("%s" % name), len("{}".format(name)), len(f"{name:>{n}}"), len(eval(repr(name))))
        print(globals().get(name), len(str(KeyError(name))) > len(name))
