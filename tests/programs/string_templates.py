# string.Template, string.Formatter, string.capwords.
import string
from string import Formatter, Template

print(string.capwords("the  quick\tbrown FOX"), string.capwords("a-b-cd", "-"), len(string.printable))


def tried(action, *args, **kw):
    try:
        return action(*args, **kw)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


for text in ["$who likes $what", "${who}s $$5 ${what}", "$", "a $1", "${who", "$ who", "two\nlines $who $", "", "$Who$who"]:
    template = Template(text)
    print(repr(text), "->", repr(tried(template.substitute, {"who": "tim"}, what="kung pao", Who="Tim")))
    print("   ", repr(template.safe_substitute(who=1)), template.is_valid(), tried(template.get_identifiers) if template.is_valid() else "")


class Percent(Template):
    delimiter = "%"
    idpattern = "[a-z]+_[a-z]+"


print(Percent("%a_b %c $d %%").safe_substitute(a_b="x", c=1), Template("$a").template)


class Numbers(Template):
    delimiter = "@"
    braceidpattern = "[0-9]+"


print(Numbers("@{12} @a").substitute({"12": "twelve"}, a=2))

formatter = Formatter()
for text, args, kw in [
    ("{0} {1!r:>5} {name.real}", (1, "a"), {"name": 3 + 4j}),
    ("{} {} {x[0]} {x[k y]}", (1, 2), {"x": {0: "zero", "k y": "key"}}),
    ("{:{width}.{precision}f}|", (3.14159,), {"width": 10, "precision": 2}),
    ("{{}} {0:{1}{2}}", (42, "x", ""), {}),
    ("{!s:-^7}", ("mid",), {}),
    ("{0} {}", (1, 2), {}),
    ("{} {0}", (1, 2), {}),
    ("{", (), {}),
    ("}", (), {}),
    ("{a", (), {"a": 1}),
    ("{missing}", (), {}),
    ("{2}", (), {}),
    ("{!x}", (1,), {}),
    ("", (), {}),
    ("no fields", (1,), {}),
]:
    print(repr(text), "->", tried(formatter.format, text, *args, **kw))
print(list(formatter.parse("a{b!r:c{d}}e{{f}}")))


class Defaults(Formatter):
    def __init__(self):
        self.unused = None

    def get_value(self, key, args, kwargs):
        if isinstance(key, str):
            return kwargs.get(key, f"<{key}>")
        return super().get_value(key, args, kwargs)

    def check_unused_args(self, used, args, kwargs):
        self.unused = sorted(set(kwargs) - used)

    def convert_field(self, value, conversion):
        return value.upper() if conversion == "u" else super().convert_field(value, conversion)

    def format_field(self, value, spec):
        return f"[{value}]" if spec == "box" else format(value, spec)


defaults = Defaults()
print(defaults.format("{a} {b} {a!u} {a:box}", a="x", c=1), defaults.unused)
