# Operators on locals that are not bound yet: every fused sequence refuses them.
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "<", ">", "<=", ">=", "==", "!=", "&", "|", "^", "<<", ">>", "is", "in", "and", "or", "@")
SHAPES = ("a {} a", "a {} b", "b {} a", "a {} 1", "1 {} a", "a {} 1.5", "b[a {} 0]", "[x for x in (1,) if a {} x]")
for operator in OPERATORS:
    for shape in SHAPES:
        expression = shape.format(operator)
        source = "def f(b):\n    if not b: a = 1\n    return " + expression + "\nf(2.5)"
        try:
            exec(source, {})
            print("no error:", expression)
        except NameError:
            pass
for statement in ("a += 1", "a -= b", "a *= 2.5", "a[0]", "a[b]", "a.x", "a()", "a.x()", "a(b)", "-a", "not a", "del a", "for x in a: pass", "a[0] = 1"):
    source = "def f(b):\n    if not b: a = 1\n    " + statement + "\nf(2.5)"
    try:
        exec(source, {})
        print("no error:", statement)
    except NameError:
        pass
print("done")
