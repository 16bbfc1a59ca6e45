# f-strings in full.
x, w, name = 3.14159, 10, "é"
print(f"{x:.2f} {x:{w}.{2}f} {x!r:>{w}} {name!a} {x=} {x = :.1f} {name=!s}")
print(f"{'a' if x else 'b'} {[f'{i}' for i in range(3)]} {(lambda v: v * 2)(4)} {x:{'>' + str(w)}}")
print(f'{f"{f'{1 + 1}'}"}' f"{{}}" '{plain}' f'{x:}')
order = []
def note(v):
    order.append(v)
    return v
f"{note(1)} {note(2):{note(3)}} {note(4)!r}"
print(order)
class F:
    def __format__(self, spec):
        return "<" + spec + ">"
print(f"{F()} {F():abc} {F():{w}}", f"""{
    w
    + 1
}""", rf"\{w}\n")
