# Working with text: tokenizer, calculator, word counts, encodings.
def tokens(text):
    i = 0
    while i < len(text):
        c = text[i]
        if c == " ":
            i += 1
            continue
        if c.isdigit():
            start = i
            while i < len(text) and (text[i].isdigit() or text[i] == "."):
                i += 1
            yield "num", text[start:i]
            continue
        yield "op", c
        i += 1
class Parser:
    def __init__(self, text):
        self.items = list(tokens(text)) + [("end", "")]
        self.at = 0
    def peek(self):
        return self.items[self.at][1]
    def take(self):
        item = self.items[self.at]
        self.at += 1
        return item
    def expr(self):
        value = self.term()
        while self.peek() in ("+", "-"):
            value = value + self.term() if self.take()[1] == "+" else value - self.term()
        return value
    def term(self):
        value = self.factor()
        while self.peek() and self.peek() in "*/":
            if self.take()[1] == "*":
                value *= self.factor()
            else:
                value /= self.factor()
        return value
    def factor(self):
        kind, text = self.take()
        if kind == "num":
            return float(text) if "." in text else int(text)
        if text == "-":
            return -self.factor()
        if text == "(":
            value = self.expr()
            if self.take()[1] != ")":
                raise SyntaxError("expected )")
            return value
        raise SyntaxError("unexpected %r" % text)
for source in ("1 + 2 * 3", "(1 + 2) * 3", "-4 + 10 / 4", "2 * (3 + 4) * 5 - 1", "2.5 * 2", "(1", "*"):
    try:
        print(source, "=", Parser(source).expr())
    except SyntaxError as e:
        print(source, "failed:", e.args[0])
words = "it was the best of times it was the worst of times".split()
counts = {}
for w in words:
    counts[w] = counts.get(w, 0) + 1
print(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
def caesar(text, by):
    out = []
    for c in text:
        if "a" <= c <= "z":
            c = chr((ord(c) - 97 + by) % 26 + 97)
        out.append(c)
    return "".join(out)
secret = caesar("hello, world", 3)
print(secret, caesar(secret, -3))
def rle(text):
    result, i = [], 0
    while i < len(text):
        j = i
        while j < len(text) and text[j] == text[i]:
            j += 1
        result.append("%d%s" % (j - i, text[i]) if j - i > 1 else text[i])
        i = j
    return "".join(result)
print(rle("aaabccddddd"), rle(""))
print("".join(["%02x" % b for b in b"bytes\x00\xff"]), bytes([65, 66]), bytearray(b"ab"), bytes(3))
print("\n".join("%-6s|%6.2f" % (n, v) for n, v in [("one", 1.5), ("twenty", 20.123)]))
def wrap(text, width):
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = line + " " + word if line else word
    if line:
        yield line
for line in wrap("the quick brown fox jumps over the lazy dog", 16):
    print(repr(line))
def palindrome(s):
    s = [c for c in s.lower() if c.isalpha()]
    return s == list(reversed(s))
print(palindrome("A man, a plan, a canal: Panama"), palindrome("no"))
