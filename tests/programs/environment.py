# os.environ: the process's variables as a mapping.
import os

name = "TAIPAN_TEST_VARIABLE"
print(name in os.environ, os.environ.get(name), os.environ.get(name, "none"), os.getenv(name))
os.environ[name] = "one"
print(name in os.environ, os.environ[name], os.getenv(name), os.environ.setdefault(name, "two"))
print(name in list(os.environ), len(os.environ) == len(list(os.environ)), dict(os.environ)[name])
os.environ |= {name: "three"}
print([value for key, value in os.environ.items() if key == name], os.environ.pop(name), os.environ.pop(name, 4))
for wrong in (lambda: os.environ[name], lambda: os.environ[1], lambda: os.environ.__setitem__(name, 1), lambda: os.environ.pop(name)):
    try:
        wrong()
    except (KeyError, TypeError) as error:
        print(type(error).__name__, error)
os.environ.update({name: "five"})
print((os.environ | {name: "six"})[name], ({name: "six"} | os.environ)[name], os.environ == dict(os.environ))
del os.environ[name]
print(name in os.environ, hasattr(os, "environ"), hasattr(os, "nothing"))
