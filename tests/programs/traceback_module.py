# The module traceback.
import io
import traceback


def fail(n):
    if n == 0:
        raise ValueError("deep")
    fail(n - 1)


try:
    fail(2)
except ValueError as error:
    text = traceback.format_exc()
    print(text.replace(__file__, "FILE"), end="")
    print([line.replace(__file__, "FILE") for line in traceback.format_exception_only(error)])
    for summary in traceback.extract_tb(error.__traceback__):
        print(summary.lineno, summary.name, summary.line)
    print("".join(traceback.format_tb(error.__traceback__)).replace(__file__, "FILE"), end="")
    out = io.StringIO()
    traceback.print_exception(error, file=out)
    print(out.getvalue() == text, "".join(traceback.format_exception(type(error), error, error.__traceback__)) == text)
    described = traceback.TracebackException.from_exception(error)
    print("".join(described.format()) == text, str(described), described.exc_type.__name__, len(described.stack))
try:
    try:
        {}["k"]
    except KeyError as error:
        raise TypeError("second") from error
except TypeError as error:
    print("direct cause" in traceback.format_exc(), "direct cause" in traceback.format_exc(chain=False))
frames = traceback.StackSummary.from_list([("a.py", 1, "f", "x = 1"), ("b.py", 2, "g", None)])
print("".join(frames.format()), traceback.format_list([("c.py", 3, "h", "  y  ")]))
print(traceback.format_exc())
