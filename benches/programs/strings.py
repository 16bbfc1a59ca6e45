"""Building and formatting text: appending, joining, the three kinds of formatting, methods."""


def appended(n):
    text = ""
    for i in range(n):
        text += "ab" if i & 1 else "c"
    return len(text)


def joined(n):
    return len(",".join([str(i) for i in range(n)]))


def formatted(n):
    total = 0
    for i in range(n):
        total += len("%d %s %5.2f" % (i, "text", i / 3))
        total += len("{} {:>8} {:x}".format(i, "right", i))
        total += len(f"{i} {i * 2:04d} {'quoted'!r}")
    return total


def methods(n):
    total = 0
    line = "the quick brown fox jumps over the lazy dog"
    for i in range(n):
        total += line.find("lazy") + line.count("o") + len(line.replace("fox", "cat"))
        total += line.startswith("the") + len(line.upper()) + len(line.split(" "))
        total += len(line[i % 10 : -3]) + (line[i % 40] == "e")
    return total


print(appended(100000), joined(100000), formatted(20000), methods(25000))
