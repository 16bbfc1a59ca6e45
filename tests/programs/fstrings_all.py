# PEP 701 f-strings.
name, width, items = "x", 10, {"a": 1, "b": [1, 2]}
print(f"{items["a"]} {items['b'][-1]} {f"{f"{f"{1 + 1}"}"}"}")
print(f"{'\n'.join(["a", "b"])}|{"\t"!r}|{'\\'}")
print(f"""{
    name  # a comment
    + "y"
}""")
print(f"{name!r:>{width}}|{name!s:^{width}}|{name:{'<'}{width}}|{3.14159:{width}.{2}f}|{width:#0{width}x}")
print(f"{{}} {{{name}}} {{{{{name}}}}} }}{{")
print(f"{name=} {name = } {width + 1=} {name=!s} {width=:>5} {items["a"]=}")
print(f"{lambda_ if (lambda_ := 5) else 0} {(lambda x: x * 2)(4)} {(y := 3)}", y)
print(f"{1:{1:{1}}}" if False else "skip", f"{'a':{'>'}{5}}", f"{12345678:,}", f"{12345678:_}", f"{0.5:%}")
print(f"{[i for i in range(3)]} {dict(a=1)} { {1: 2}[1] } {({1, 2})}")
print(f"{1 if True else 2:>{3}} {not True} {1 < 2} {1 != 2} {*(1, 2), 3} {1,}")
print(rf"\n{name}\d" fr"\{name}", f'a' "b" f"{name}" 'c{d}', Rf"{1}")
print(f"{yield_}" if (yield_ := "no") else "", f"{'{'}", f"{'}'}", f"{"{}"}")


class Formatted:
    def __format__(self, spec):
        return f"<{spec}>"

    def __str__(self):
        return "str"

    def __repr__(self):
        return "repr\u00e9"


f = Formatted()
print(f"{f} {f:} {f:a{1}b} {f!s} {f!r} {f!a} {f!r:>10} {f:{{}}}" if False else f"{f} {f:} {f:a{1}b} {f!s} {f!r} {f!a} {f!r:>10}")
print(f"{f:%Y-%m-%d} {f:\x41} {f:a:b:c} {f:!r}")


def gen():
    x = f"{yield 1} {(yield 2)!r}"
    yield x


g = gen()
print(next(g), g.send("a"), g.send("b"))
print(f"{'''triple
line'''}" f'''{
1
}''')
for text in ('f"{}"', 'f"{ }"', 'f"{a b}"', 'f"{a!x}"', 'f"{a!}"', 'f"{"', 'f"}"', 'f"{a:{b"', 'f"{lambda x: 1}"', "f'{a!r", 'f"{=}"', 'f"{!r}"', 'f"{:x}"', 'f"{**a}"', 'f"{a:{b:{c:{d}}}}"', 'f"{1=!}"', "f'{a;b}'"):
    try:
        compile(text, "s", "eval")
    except SyntaxError as e:
        print(text, "->", e.msg)
    else:
        print(text, "fine")
