# textwrap: wrap, fill, shorten, dedent, indent and what TextWrapper can be told.
import textwrap
from textwrap import TextWrapper, dedent, fill, indent, shorten, wrap

TEXT = "The quick-witted fox -- so they say -- jumps over the\tlazy dog. It's 3.14 times, i.e. more-or-less e-mail!\nDone."
LONG = 'Did you say "supercalifragilisticexpialidocious?" How do you spell that odd word, anyway?'

for width in (8, 12, 20, 35, 70):
    print(width, wrap(TEXT, width))
    print(wrap(LONG, width), wrap(LONG, width, break_long_words=False))
print(fill(TEXT, 30, initial_indent="* ", subsequent_indent="  "))
print(wrap(TEXT, 25, break_on_hyphens=False, replace_whitespace=False, expand_tabs=False))
print(wrap("  leading and   inner  space ", 12, drop_whitespace=False), wrap("", 5), wrap("   ", 5))
print(wrap("One. Two.  Three! \"Four.\" Five", 40, fix_sentence_endings=True))
print(wrap(TEXT, 20, max_lines=2), wrap(TEXT, 20, max_lines=1, placeholder="…"), wrap("a\tb", 20, tabsize=4))
print(shorten("Hello  world!", 12), shorten("Hello  world!", 11), shorten("Hello world", 10, placeholder="..."))
for action in (lambda: wrap("a", 0), lambda: shorten("Hello", 3)):
    try:
        action()
    except ValueError as error:
        print(error)
wrapper = TextWrapper(width=15)
wrapper.initial_indent = "> "
print(wrapper.fill("this-is-a-useful-feature for--everyone"))
print(repr(dedent("  one\n    two\n \n\t\n  three\n")), repr(dedent("\ta\n  b")), repr(dedent("a\n  b")), repr(dedent("")))
print(repr(indent("a\n\n  b\nc", "> ")), repr(indent("a\n\nb\n", "- ", lambda line: True)))
