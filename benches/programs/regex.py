"""Matching, searching and substituting."""
import re

LOG = """10.0.0.1 - [12/Mar] "GET /index.html" 200 5120
10.0.0.22 - [12/Mar] "POST /form?x=1" 404 17
192.168.7.33 - [13/Mar] "GET /img/a.png" 304 0"""

line = re.compile(r'(\d+)\.(\d+)\.(\d+)\.(\d+) - \[([^\]]+)\] "([A-Z]+) ([^"]*)" (\d+) (\d+)')
word = re.compile(r"[a-z]+")
total = 0
for _ in range(250):
    for text in LOG.split("\n"):
        match = line.match(text)
        total += int(match.group(8)) + len(match.group(7))
        total += len(word.sub("*", text))
        if re.search("P(OS|U)T", text):
            total += 1
print(total)
