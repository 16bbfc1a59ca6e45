# The module warnings.
import warnings


def fails(function, *args, **keywords):
    try:
        print("no error", function(*args, **keywords))
    except BaseException as error:
        print(type(error).__name__, error)


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("first")
    warnings.warn("second", DeprecationWarning)
    warnings.warn(RuntimeWarning("third"))
print([(str(w.message), w.category.__name__) for w in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    fails(warnings.warn, "an error", UserWarning)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.filterwarnings("ignore", "secret.*")
    warnings.filterwarnings("error", category=FutureWarning)
    warnings.warn("secret thing")
    warnings.warn("shown")
    fails(warnings.warn, "future", FutureWarning)
print([str(w.message) for w in caught])
fails(warnings.warn, "x", int)
fails(warnings.simplefilter, "nonsense")
print(warnings.formatwarning("text", UserWarning, "file.py", 3, "the line"), end="")
with warnings.catch_warnings(record=True, action="always") as caught:
    warnings.warn_explicit("explicit", UserWarning, "other.py", 7)

    @warnings.deprecated("old function")
    def old():
        return 5

    print(old(), old.__deprecated__)
print([(str(w.message), w.category.__name__) for w in caught], caught[0].filename, caught[0].lineno)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("once")
    for _ in range(3):
        warnings.warn("again")
print(len(caught))
