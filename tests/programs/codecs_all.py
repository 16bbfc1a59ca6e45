# Encodings and what they do with errors.
def fails(function, *args):
    try:
        print("no error", function(*args))
    except Exception as error:
        print(type(error).__name__, error)


texts = ["abc", "äöü", "日本 𝄞", "€uro", ""]
for encoding in ("utf-8", "ascii", "latin-1", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-16", "utf-32", "utf-8-sig", "cp1252"):
    for text in texts:
        for errors in ("strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace"):
            try:
                data = text.encode(encoding, errors)
                print(encoding, errors, data, data.decode(encoding) == text)
            except UnicodeEncodeError as error:
                print(encoding, error.encoding, error.start, error.end, error.reason)
bad = b"a\xff\xc3(\xe2\x82\x81b"
for encoding in ("utf-8", "ascii", "latin-1", "utf-16-le", "utf-16", "cp1252"):
    for errors in ("strict", "ignore", "replace", "backslashreplace", "surrogateescape"):
        try:
            print(encoding, errors, ascii(bad.decode(encoding, errors)))
        except UnicodeDecodeError as error:
            print(encoding, errors, error.start, error.end, error.reason)
print(b"\xff\x80".decode("ascii", "surrogateescape").encode("ascii", "surrogateescape"))
print(b"\xfe\xff\x00a\x20\xac".decode("utf-16"), b"\xff\xfea\x00".decode("utf-16"), b"\xef\xbb\xbfx".decode("utf-8-sig"), b"x".decode("utf-8-sig"))
print(b"\x00\x00\xfe\xff\x00\x00\x00a".decode("utf-32"), "\ud800".encode("utf-8", "surrogatepass"), "a".encode("LATIN_1"), "a".encode("Utf-8"))
fails("x".encode, "no-such-encoding")
fails(b"\x81".decode, "cp1252")

# Every error handler with every encoding, there and back.
HANDLERS = (
    "strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace", "surrogateescape", "surrogatepass",
)  # fmt: skip
for encoding in ("utf-8", "ascii", "latin-1", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp1252"):
    for handler in HANDLERS:
        for text in ("é€\x80", "a\udc80", "b\ud834"):
            try:
                print(encoding, handler, text.encode(encoding, handler))
            except Exception as error:
                print(encoding, handler, type(error).__name__)
        for data in (b"a\x80", b"\xed\xa0\x80", b"\x00\xd8\x61\x00", b"\x00\xdc\x00\x00", b"\x81\xff\x00\x11"):
            try:
                print(encoding, handler, ascii(data.decode(encoding, handler)))
            except Exception as error:
                print(encoding, handler, type(error).__name__)
