# What never runs still binds names, and makes generators; what is said of variables that are not bound.
def f():
    if False: yield
def g():
    if 0: yield 1
    return 2
def h():
    while False: yield
def i():
    return
    yield
def j():
    if True: return 5
    else: yield
async def k():
    if False: yield
def l():
    x = 1 if True else (yield)
def m():
    False and (yield)
def n():
    assert True, (yield)
def o():
    if False:
        x = 1
    return x
def p():
    if False:
        global zz
    zz = 3
def q():
    if 0:
        def inner(): nonlocal w
        w = 1
    try: return w
    except UnboundLocalError as e: return "unbound"
for fn in (f,g,h,i,j,k,l,m,n): print(fn.__name__, type(fn()).__name__)
try: o()
except UnboundLocalError as e: print("UnboundLocalError")
p(); print(zz)
print(q())
def f():
    def g(): return w
    try: return w
    except NameError as e: print(type(e).__name__, e)
    try: g()
    except NameError as e: print(type(e).__name__, e)
    try: return a + b
    except NameError as e: print(type(e).__name__, e)
    a = 1
    try: return a + b
    except NameError as e: print(type(e).__name__, e)
    try: del b
    except NameError as e: print(type(e).__name__, e)
    try: b[a]
    except NameError as e: print(type(e).__name__, e)
    try: b += 1
    except NameError as e: print(type(e).__name__, e)
    try: b.z(1)
    except NameError as e: print(type(e).__name__, e)
    w = b = 2
    del w
    try: g()
    except NameError as e: print(type(e).__name__, e)
    try: w += 1
    except NameError as e: print(type(e).__name__, e)
f()
class C:
    try: del q
    except NameError as e: print(type(e).__name__, e)
    try: q
    except NameError as e: print(type(e).__name__, e)
