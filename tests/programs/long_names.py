# Names and strings that are used as names may be of any length.
for n in (255, 256, 257, 1000, 70000):
    name = "x" * n
    exec(name + " = " + str(n))
    print(eval(name), globals()[name] == n)

    class C:
        pass

    c = C()
    setattr(c, name, n)
    print(getattr(c, name), name in dir(c), len(type(name, (), {}).__name__))
    function = eval("lambda %s: %s" % (name, name))
    print(function(1), function(**{name: 2}), "%(a)s" % {"a": n}, len(("%%(%s)s" % name) % {name: name}))
    try:
        getattr(c, name + "y")
    except AttributeError as e:
        print(len(str(e)) > n)
    try:
        __import__(name)
    except ImportError as e:
        print(len(str(e)) > n)
