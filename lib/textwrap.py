"""Texts wrapped to a width, indented, dedented, shortened."""

__all__ = ("TextWrapper", "wrap", "fill", "dedent", "indent", "shorten")

_SPACE = "\t\n\x0b\x0c\r "


class TextWrapper:
    """Wraps texts; the attributes say how."""

    def __init__(
        self,
        width=70,
        initial_indent="",
        subsequent_indent="",
        expand_tabs=True,
        replace_whitespace=True,
        fix_sentence_endings=False,
        break_long_words=True,
        drop_whitespace=True,
        break_on_hyphens=True,
        tabsize=8,
        *,
        max_lines=None,
        placeholder=" [...]",
    ):
        self.width = width
        self.initial_indent = initial_indent
        self.subsequent_indent = subsequent_indent
        self.expand_tabs = expand_tabs
        self.replace_whitespace = replace_whitespace
        self.fix_sentence_endings = fix_sentence_endings
        self.break_long_words = break_long_words
        self.drop_whitespace = drop_whitespace
        self.break_on_hyphens = break_on_hyphens
        self.tabsize = tabsize
        self.max_lines = max_lines
        self.placeholder = placeholder

    def _munge_whitespace(self, text):
        if self.expand_tabs:
            text = _expand_tabs(text, self.tabsize)
        if self.replace_whitespace:
            text = "".join([" " if char in _SPACE else char for char in text])
        return text

    def _split(self, text):
        """The pieces between which a line may end: words, spaces, parts of words with hyphens."""
        pieces, start = [], 0
        for at in range(1, len(text) + 1):
            if at == len(text) or (text[at] in _SPACE) != (text[start] in _SPACE):
                piece = text[start:at]
                if piece[0] not in _SPACE and self.break_on_hyphens and "-" in piece:
                    pieces.extend(_parts(piece))
                else:
                    pieces.append(piece)
                start = at
        return pieces

    def _fix_sentence_endings(self, chunks):
        for at in range(len(chunks) - 1):
            if chunks[at + 1] == " " and _ends_sentence(chunks[at]):
                chunks[at + 1] = "  "

    def _split_chunks(self, text):
        return self._split(self._munge_whitespace(text))

    def wrap(self, text):
        """The lines, without line ends."""
        chunks = self._split_chunks(text)
        if self.fix_sentence_endings:
            self._fix_sentence_endings(chunks)
        if self.width <= 0:
            raise ValueError(f"invalid width {self.width!r} (must be > 0)")
        if self.max_lines is not None:
            indent = self.subsequent_indent if self.max_lines > 1 else self.initial_indent
            if len(indent) + len(self.placeholder.lstrip()) > self.width:
                raise ValueError("placeholder too large for max width")
        lines = []
        chunks.reverse()
        while chunks:
            indent = self.subsequent_indent if lines else self.initial_indent
            width = self.width - len(indent)
            if self.drop_whitespace and lines and not chunks[-1].strip():
                chunks.pop()
            line, length = [], 0
            while chunks and length + len(chunks[-1]) <= width:
                length += len(chunks[-1])
                line.append(chunks.pop())
            if chunks and len(chunks[-1]) > width:
                length += self._break_word(chunks, line, length, width)
            if self.drop_whitespace and line and not line[-1].strip():
                length -= len(line.pop())
            if not line:
                continue
            ends = not chunks or self.drop_whitespace and len(chunks) == 1 and not chunks[0].strip()
            if self.max_lines is None or len(lines) + 1 < self.max_lines or ends and length <= width:
                lines.append(indent + "".join(line))
                continue
            self._cut(lines, line, length, indent, width)
            break
        return lines

    def _break_word(self, chunks, line, length, width):
        """Moves a part of the word that fits no line, or all of it, to the line; gives how much."""
        left = width - length if width >= 1 else 1
        word = chunks[-1]
        if self.break_long_words:
            end = left
            if self.break_on_hyphens and len(word) > left:
                hyphen = word.rfind("-", 0, left)
                if hyphen > 0 and word[:hyphen].strip("-"):
                    end = hyphen + 1
            line.append(word[:end])
            chunks[-1] = word[end:]
        elif not line:
            line.append(chunks.pop())
        else:
            return 0
        return len(line[-1])

    def _cut(self, lines, line, length, indent, width):
        """The last line that is allowed, with the placeholder."""
        while line:
            if line[-1].strip() and length + len(self.placeholder) <= width:
                lines.append(indent + "".join(line) + self.placeholder)
                return
            length -= len(line.pop())
        if lines:
            last = lines[-1].rstrip()
            if len(last) + len(self.placeholder) <= self.width:
                lines[-1] = last + self.placeholder
                return
        lines.append(indent + self.placeholder.lstrip())

    def fill(self, text):
        return "\n".join(self.wrap(text))


def _expand_tabs(text, size):
    out, column = [], 0
    for char in text:
        if char == "\t":
            spaces = size - column % size if size > 0 else 0
            out.append(" " * spaces)
            column += spaces
        else:
            out.append(char)
            column = 0 if char in "\n\r" else column + 1
    return "".join(out)


def _ends_sentence(word):
    word = word[:-1] if word[-1:] in "\"'" else word
    return len(word) > 1 and word[-1] in ".!?" and "a" <= word[-2] <= "z"


def _letters(word, at, marks):
    """Whether letters and hyphens, `a` and `-` in `marks`, stand there."""
    if at < 0 or at + len(marks) > len(word):
        return False
    pairs = zip(word[at : at + len(marks)], marks)
    return all([char == "-" if mark == "-" else char.isalpha() or char == "_" for char, mark in pairs])


def _parts(word):
    """A word cut behind hyphens between letters, and around dashes."""
    parts, start, at, n = [], 0, 0, len(word)
    while (at := word.find("-", at)) >= 0:
        end = at
        while end < n and word[end] == "-":
            end += 1
        if at == start:
            pass
        elif end - at >= 2:
            before, behind = word[at - 1], word[end : end + 1]
            if (before.isalnum() or before in "_!\"'&.,?") and (behind.isalnum() or behind == "_"):
                parts += [word[start:at], word[at:end]]
                start = end
        elif (_letters(word, at - 2, "aa") or _letters(word, at - 3, "a-a")) and (
            _letters(word, end, "aa") or _letters(word, end, "a-a")
        ):
            parts.append(word[start:end])
            start = end
        at = end
    if start < n:
        parts.append(word[start:])
    return parts


def wrap(text, width=70, **kwargs):
    return TextWrapper(width=width, **kwargs).wrap(text)


def fill(text, width=70, **kwargs):
    return TextWrapper(width=width, **kwargs).fill(text)


def shorten(text, width, **kwargs):
    return TextWrapper(width=width, max_lines=1, **kwargs).fill(" ".join(text.strip().split()))


def dedent(text):
    """Without the white space that all lines begin with; lines of nothing else become empty."""
    lines = text.split("\n")
    margin = None
    for at, line in enumerate(lines):
        rest = line.lstrip(" \t")
        if not rest:
            lines[at] = ""
            continue
        space = line[: len(line) - len(rest)]
        if margin is None:
            margin = space
        else:
            while not space.startswith(margin):
                margin = margin[:-1]
    return "\n".join([line[len(margin) :] for line in lines]) if margin else "\n".join(lines)


def indent(text, prefix, predicate=None):
    """With a prefix before every line for which the predicate (by default: not only white space) is true."""
    predicate = predicate or (lambda line: line.strip())
    return "".join([prefix + line if predicate(line) else line for line in text.splitlines(True)])
