# Names of every script; what is written differently but compatible (NFKC) is one name.
class Ünïcode:
    größe = 1

    def повтори(self, имя, *, 回数=2):
        return имя * 回数


ﬁle = 5
print(file, "file" in globals(), "\ufb01le" in globals())
𝒳, 𝐲, ª, ſ = 1, 2, 3, 4
print(X, y, a, s, sorted(name for name in globals() if len(name) == 1))
u = Ünïcode()
print(u.größe, u.повтори("да"), u.повтори(имя="x", 回数=3), Ünïcode.__name__, Ünïcode.повтори.__qualname__)
u.café = "composed"
print(u.café, getattr(u, "caf\u00e9"), hasattr(u, "cafe\u0301"))


def f(ﬀ, **kw):
    ﬀ += 1
    return ff, kw


print(f(ff=1, ℌ=2), f(**{"ff": 1}))
print([名 for 名 in (1, 2)], (lambda ñ: ñ)(3), {変数: 1 for 変数 in "ab"})
import math as ﬂoor_of
print(floor_of.floor(2.5))
match {"ключ": 1}:
    case {"ключ": значение}:
        print(значение)
print(f"{𝒳 + 1} {ﬁle=}", "𝒳" == "X")
for text in ("x\u0301", "ſ", "_\u0660", "℘", "\u0660x", "x-", "a\u00b7", "·", "\u2118", "a\u200d", "\U0001d7d8", "_\U0001d7d8", "€"):
    try:
        exec(text + " = 1")
        print(ascii(text), text.isidentifier(), "name")
    except SyntaxError:
        print(ascii(text), text.isidentifier(), "no name")
exec("class C:\n    __ﬁ = 7\n    def get(self): return self.__fi\nprint(C().get(), sorted(n for n in vars(C) if n.endswith(\"fi\")))")
exec("def g(): global ﬁle; ﬁle = 6\ng()\nprint(file)")
