# Braces in format specifications: in front a set display, behind a field doubled ones are text.
class Spec:
    def __format__(self, spec):
        return "<" + spec + ">"


s, w = Spec(), 5
print(f"{s:{{w}}}", f"{s:a{{w}}b}", f"{s:{w}}", f"{s:{w:{w}}}")
print(f"{s:{w}{{w}}}", f"{s:{w}a{{}}b}")
