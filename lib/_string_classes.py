"""What `string` has in Python; `string` takes it from here when it is asked for."""

import re

__all__ = ("Formatter", "Template", "capwords", "printable")

printable = (
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \t\n\r\x0b\x0c"
)


def capwords(s, sep=None):
    return (sep or " ").join([word.capitalize() for word in s.split(sep)])


_missing = {}


class Template:
    """Texts with `$name` and `${name}` to be replaced. Subclasses may have another delimiter, or another idea of names: a regular
    expression without groups."""

    delimiter = "$"
    flags = re.IGNORECASE
    idpattern = "[a-zA-Z_][a-zA-Z0-9_]*"
    braceidpattern = None

    def __init__(self, template):
        self.template = template

    def _parts(self):
        """The text between, then name (None: a delimiter alone, invalid at `place`) of each place."""
        text, mark = self.template, self.delimiter
        name = re.compile(self.idpattern, self.flags)
        braced = re.compile(self.braceidpattern or self.idpattern, self.flags)
        start = at = 0
        while (at := text.find(mark, at)) >= 0:
            behind = at + len(mark)
            if text.startswith(mark, behind):
                yield text[start:at] + mark, "", at, ""
                start = at = behind + len(mark)
                continue
            if text.startswith("{", behind):
                found = braced.match(text[behind + 1 :])
                end = found and behind + 1 + len(found.group(0))
                if found and not text.startswith("}", end):
                    found = None
                end = found and end + 1
            else:
                found = name.match(text[behind:])
                end = found and behind + len(found.group(0))
            if found:
                yield text[start:at], found.group(0), at, text[at:end]
                start = at = end
            else:
                yield text[start:at], None, at, mark
                start = at = behind
        yield text[start:], "", len(text), ""

    def _invalid(self, at):
        before = self.template[: at + len(self.delimiter)].splitlines(True)
        raise ValueError(f"Invalid placeholder in string: line {len(before)}, col {len(before[-1])}")

    def substitute(self, mapping=_missing, /, **kws):
        return self._replaced(mapping, kws, False)

    def safe_substitute(self, mapping=_missing, /, **kws):
        return self._replaced(mapping, kws, True)

    def _replaced(self, mapping, kws, safe):
        out = []
        for text, name, at, whole in self._parts():
            out.append(text)
            if name is None:
                if not safe:
                    self._invalid(at)
                out.append(whole)
            elif name:
                try:
                    out.append(str(kws[name] if name in kws else mapping[name]))
                except KeyError:
                    if not safe:
                        raise
                    out.append(whole)
        return "".join(out)

    def is_valid(self):
        return all(name is not None for _, name, _, _ in self._parts())

    def get_identifiers(self):
        return list(dict.fromkeys(name for _, name, _, _ in self._parts() if name))


_SWITCHED = "cannot switch from manual field specification to automatic field numbering"


class Formatter:
    """`str.format`, step by step, for subclasses to change."""

    def format(self, format_string, /, *args, **kwargs):
        return self.vformat(format_string, args, kwargs)

    def vformat(self, format_string, args, kwargs):
        used = set()
        result, _ = self._vformat(format_string, args, kwargs, used, 2, 0)
        self.check_unused_args(used, args, kwargs)
        return result

    def _vformat(self, format_string, args, kwargs, used, depth, number):
        if depth < 0:
            raise ValueError("Max string recursion exceeded")
        out = []
        for literal, field, spec, conversion in self.parse(format_string):
            if literal:
                out.append(literal)
            if field is None:
                continue
            first = re.match("[^.[]*", field).group(0)
            if not first:
                if number is None:
                    raise ValueError(_SWITCHED)
                field = str(number) + field
                number += 1
            elif first.isdigit():
                if number:
                    raise ValueError(_SWITCHED)
                number = None
            obj, key = self.get_field(field, args, kwargs)
            used.add(key)
            obj = self.convert_field(obj, conversion)
            spec, number = self._vformat(spec, args, kwargs, used, depth - 1, number)
            out.append(self.format_field(obj, spec))
        return "".join(out), number

    def parse(self, format_string):
        """Yields literal text, field, format specification and conversion."""
        text, at, start, n = format_string, 0, 0, len(format_string)
        while at < n:
            char = text[at]
            if char not in "{}":
                at += 1
                continue
            if text.startswith(char * 2, at):
                yield text[start : at + 1], None, None, None
                start = at = at + 2
                continue
            if char == "}":
                raise ValueError("Single '}' encountered in format string")
            depth, end, brackets = 1, at + 1, False
            while end < n and depth:
                inner = text[end]
                if inner == "[" and depth == 1:
                    brackets = True
                elif inner == "]":
                    brackets = False
                elif not brackets:
                    depth += (inner == "{") - (inner == "}")
                end += 1
            if depth:
                what = "expected '}' before end of string" if end > at + 1 else "Single '{' encountered in format string"
                raise ValueError(what)
            field = text[at + 1 : end - 1]
            split = re.match("([^!:[]|\\[[^]]*\\])*", field).group(0)
            rest, conversion = field[len(split) :], None
            if rest.startswith("!"):
                conversion, rest = rest[1:2], rest[2:]
                if not conversion or rest and not rest.startswith(":"):
                    what = "expected ':' after conversion specifier" if conversion else "unmatched '{' in format spec"
                    raise ValueError(what)
            yield text[start:at], split, rest[1:], conversion
            start = at = end
        if start < n:
            yield text[start:], None, None, None

    def get_field(self, field_name, args, kwargs):
        first = re.match("[^.[]*", field_name).group(0)
        rest = field_name[len(first) :]
        first = int(first) if first.isdigit() else first
        obj = self.get_value(first, args, kwargs)
        while rest:
            if rest[0] == ".":
                name = re.match("[^.[]*", rest[1:]).group(0)
                if not name:
                    raise ValueError("Empty attribute in format string")
                obj, rest = getattr(obj, name), rest[1 + len(name) :]
            elif rest[0] == "[" and "]" in rest:
                key, rest = rest[1:].split("]", 1)
                obj = obj[int(key) if key.isdigit() else key]
            else:
                raise ValueError("Only '.' or '[' may follow ']' in format field specifier")
        return obj, first

    def get_value(self, key, args, kwargs):
        return args[key] if isinstance(key, int) else kwargs[key]

    def check_unused_args(self, used_args, args, kwargs):
        pass

    def format_field(self, value, format_spec):
        return format(value, format_spec)

    def convert_field(self, value, conversion):
        if conversion is None:
            return value
        convert = {"s": str, "r": repr, "a": ascii}.get(conversion)
        if convert is None:
            raise ValueError(f"Unknown conversion specifier {conversion}")
        return convert(value)
