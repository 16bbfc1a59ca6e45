first, second = (lambda: 1 + nothing), (lambda: [2][3])
nested = lambda f: (lambda: f())
pair = (lambda x: x.one), (lambda x: x.two)

for function in (first, nested(second), lambda: pair[1](5), lambda: nested(lambda: pair[0](5))()):
    try:
        function()
    except Exception as e:
        error = e
    import traceback, sys
    traceback.print_exception(error)
[(lambda: 0)(), (lambda: 1 / 0)(), (lambda: 2)()]
