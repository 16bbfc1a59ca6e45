# t-strings (Python 3.14; the expected output is written by hand).
x, w, name = 3.14159, 10, "n"
t = t"a{x:.1f}b{name!r}c{w=}"
print(t.strings, [(i.value, i.expression, i.conversion, i.format_spec) for i in t.interpolations])
print(t"".strings, t"{x}".strings, t"a{x}{w}b".strings, len(t"none".interpolations))
u = t"one {name}" t" two {w:>{w}}"
print(u.strings, [i.value for i in u.interpolations], u.interpolations[1].format_spec, u.values)
