# Text and bytes: literals, escapes, methods, slices, formatting.
s = "hello, world"
print(s, len(s), s[0], s[-1], s[2:5], s[::-1], s[::2], s[-5:], s[:-7])
print(s.upper(), s.title() if hasattr(s, "title") else "Hello, World", s.replace("l", "L"), s.find("wor"), s.count("o"))
print("a,b,,c".split(","), " x  y ".split(), "-".join(["a", "b", "c"]), "  pad ".strip() + "|")
print("tab\there", "new\\n", 'single "double"', "a" "b" 'c', r"raw\n", "\x41\u00e9\N{BULLET}")
print("""triple
quoted""")
print("%s is %d years, %.2f, %5d|%-5d|%05d, %x %r" % ("Bob", 42, 3.14159, 42, 42, 42, 255, "q"))
print("{} {1}".replace("1", "") .format("x", "y"), "{0}{1}{0}".format("a", "b"), "{n:>6}|{n:<6}|{n:^6}".format(n="mid"))
name, n = "Eve", 7
print(f"{name} has {n} items, {n + 1} next, {name!r}, {n:03d}, {n * 1.5:.2f}, {{braces}}")
width = 10
print(f"[{name:>{width}}] [{name:<{width}}] [{n:{width}.1f}]")
print(f"{n=} {name=!s} {n + 1 = }")
print(f"{'nested ' + f'{n}'} {[i for i in range(3)]} { {'k': 1}['k'] }")
print("in" in "string", "x" not in "abc", "abc" < "abd", "abc" * 2, 3 * "-")
b = b"bytes\x00\xff"
print(b, len(b), b[0], b[1:3], list(b[-2:]), b"abc".decode(), "é".encode())
print("é".encode().decode() == "é", ord("A"), chr(66), repr("it's"), str(12) + "3")
print("abc".startswith("ab"), "abc".endswith(("x", "bc")), "12".isdigit(), "ab".isalpha())
for ch in "xyz":
    print(ch, end=" ")
print()
print("A" if "a".upper() == "A" else "B", "one two".partition(" "), "a.b.c".rsplit(".", 1))
