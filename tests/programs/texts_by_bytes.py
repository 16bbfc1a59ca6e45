# Methods of texts that work on bytes where each character is one, beside those where it is not.
for text in ["  ab c ", "xxabxx", "", "x", "äxä", "\x1c\x85ab\x1f", "é a é", "aé", "ÀB"]:
    print(ascii(text), [ascii(t) for t in (text.strip(), text.lstrip(), text.rstrip())], end=" ")
    print([ascii(t) for t in (text.strip("x"), text.strip("äx"), text.strip(""), text.strip(" é"))], end=" ")
    print([ascii(t) for t in (text.lower(), text.upper())], [ascii(t) for t in text.split()])
for text in [b"  ab c ", b"xxabxx", b"\xe4x\xe4", b"\x1cab\x85"]:
    print(text.strip(), text.strip(b"x\xe4"), text.rstrip(b" cx"), text.lower(), text.upper(), text.split())
print("abc".lower() == "abc", "ABC".lower(), "x".upper(), "X".lower(), "a\tb\x0bc\x1dd".split(), "a b  c".split(None, 1))

# Formatted texts just below and above what is put together without memory.
for n in (94, 95, 96, 97, 98, 191, 192, 193, 400):
    text = "%s" % ("y" * n) + f"{'z' * n}{n}"
    print(len(text), len(repr("q" * n)), len("{}{}".format("a" * n, "é")), end=" ")
print(repr(["w" * 60] * 3)[90:130])
