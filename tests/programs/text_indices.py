# Indices of texts that are not ASCII, around the lengths where a text begins to keep offsets of its characters.

for n in (1, 5, 63, 64, 65, 100, 127, 128, 129, 192, 255, 256, 257, 640):
    for char in "é日😀":
        for text in (char * n, "".join(char for i in range(n)), ("-" + char * n)[1:]):
            assert len(text) == n
            for at in range(0, n + 2, 1 if n < 300 else 40):
                assert text[:at] == char * min(at, n), (char, n, at)
                assert text[at:] == char * max(0, n - at), (char, n, at)
                assert text.find(char, at) == (at if at < n else -1), (char, n, at)
                assert len("%.*s" % (at, text)) == min(at, n), (char, n, at)
            assert text[n - 1] == char and text[-1] == char and text[::-1] == text
            assert ("%s" % text, f"{text:.{n}}", "{:{}}".format(text, n)) == (text, text, text)
            assert len(f"{text:>{n + 3}}") == n + 3
            assert (text.rfind(char), text.find("", n), text.rfind("")) == (n - 1, n, n)
            assert text.count(char) == n and text.startswith(char, n - 1) and not text.startswith(char, n)
            try:
                text[n]
            except IndexError:
                continue
            assert False, (char, n)
print("as many characters as there should be")
