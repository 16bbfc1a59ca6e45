"""A hand-written tokenizer, character by character."""

SOURCE = """
def area(width, height=2.5):  # of a rectangle
    result = width * height + 0x1f - 12e3
    if result >= 10 and result != 0: return "big" + name[3:]
    return [x ** 2 for x in values.items() if x <= 5]
"""
PAIRS = ("**", "==", ">=", "<=", "!=", "//", "->")


def tokenize(text):
    at, n = 0, len(text)
    while at < n:
        char = text[at]
        start = at
        if char == " " or char == "\n":
            at += 1
            continue
        if char == "#":
            while at < n and text[at] != "\n":
                at += 1
            continue
        if char.isalpha() or char == "_":
            while at < n and (text[at].isalpha() or text[at].isdigit() or text[at] == "_"):
                at += 1
            yield "name", text[start:at]
        elif char.isdigit():
            while at < n and (text[at].isalpha() or text[at].isdigit() or text[at] == "."):
                at += 1
            yield "number", text[start:at]
        elif char == '"':
            at += 1
            while text[at] != '"':
                at += 1
            at += 1
            yield "string", text[start:at]
        else:
            at += 2 if text[at : at + 2] in PAIRS else 1
            yield "operator", text[start:at]


counts = {}
for _ in range(1500):
    for kind, text in tokenize(SOURCE):
        counts[kind] = counts.get(kind, 0) + len(text)
print(sorted(counts.items()))
