"""Counting words: split, strip, lower, a dict, the most frequent."""

TEXT = """It was the best of times, it was the worst of times; it was the age of reason (or so some said), and the age of
folly. The spring followed the winter, as spring does: slowly, then all at once! Nobody, not even the oldest, remembered
a spring like it, and nobody who saw it forgot it."""


def count(text, counts):
    for line in text.split("\n"):
        for word in line.split():
            word = word.strip(".,;:!?()").lower()
            counts[word] = counts.get(word, 0) + 1


counts = {}
for i in range(5000):
    count(TEXT, counts)
print(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:6])
