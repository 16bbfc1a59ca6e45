# Each part uses up all memory (crates/cli/tests/hostile.rs gives little) and goes on.
PARTS = {
    "list": """
def t():
    l=[]
    while 1: l.append(0)
try: t()
except MemoryError: print('ME')
print(sum([1,2,3]))
""",
    "str": """
s='abc'
try:
    while 1: s+=s
except MemoryError: print('ME')
""",
    "dictint": """
d={}
try:
    i=0
    while 1: d[i]=i; i+=1
except MemoryError: d=None; print('ME')
""",
    "dictstr": """
d={}
try:
    i=0
    while 1: d[str(i)]=i; i+=1
except MemoryError: d=None; print('ME')
""",
    "set": """
d=set()
try:
    i=0
    while 1: d.add(i); i+=1
except MemoryError: d=None; print('ME')
""",
    "inst": """
class A: pass
l=None
try:
    while 1:
        a=A(); a.x=l; a.y=1; l=a
except MemoryError: l=a=None; print('ME')
""",
    "attrs": """
class A: pass
a=A()
try:
    i=0
    while 1: setattr(a,'x%d'%i,i); i+=1
except MemoryError: a=None; print('ME')
""",
    "attrs2": """
class A: pass
try:
    i=0
    while 1:
        a=A(); setattr(a,'x%d'%i,i); i+=1
except MemoryError: a=None; print('ME')
""",
    "getattrs": """
try:
    i=0
    while 1: hasattr(1,'x%d'%i); i+=1
except MemoryError: a=None; print('ME')
""",
    "gens": """
def g(x):
    for i in x: yield i
x=iter([1])
try:
    while 1: x=g(x)
except MemoryError: x=None; print('ME')
""",
    "bigint": """
x=3
try:
    while 1: x=x*x
except MemoryError: print('ME')
""",
    "bigshift": """
try: x=1<<(1<<40)
except (MemoryError,OverflowError): print('ME')
try: x=1<<(1<<30)
except (MemoryError,OverflowError): print('ME')
""",
    "bigpow": """
try: x=10**(10**9)
except (MemoryError,OverflowError): print('ME')
""",
    "rep": """
for f in (lambda: 'a'*(1<<40), lambda: b'a'*(1<<61), lambda:[1]*(1<<61), lambda:(1,)*(1<<60), lambda: bytearray(1<<60), lambda: bytes(1<<60), lambda: 'ab'*(1<<62), lambda: [1,2]*(1<<62)):
    try: f(); print('??')
    except (MemoryError,OverflowError) as e: print(type(e).__name__)
""",
    "bytearray": """
b=bytearray(b'abc')
try:
    while 1: b.extend(b)
except MemoryError: b=None; print('ME')
b=bytearray()
try:
    while 1: b.append(1)
except MemoryError: print('ME')
""",
    "closures": """
f=lambda: 0
def mk(f): return lambda: f
try:
    while 1: f=mk(f)
except MemoryError: f=None; print('ME')
""",
    "exc": """
e=None
try:
    while 1:
        n=ValueError(e); n.__context__=e; e=n
except MemoryError: e=n=None; print('ME')
""",
    "excchain": """
e=None
try:
  while 1:
    try:
        raise ValueError from e
    except ValueError as x: e=x
except MemoryError: e=None; print('ME')
""",
    "classes": """
l=[]
try:
    while 1: l.append(type('X',(),{'a':1}))
except MemoryError: l=None; print('ME')
""",
    "classchain": """
C=object
try:
    while 1: C=type('X',(C,),{})
except (MemoryError,RecursionError) as e: C=None; print('ME')
""",
    "join": """
try: ','.join(str(i) for i in range(10**9))
except MemoryError: print('ME')
""",
    "fmt": """
for f in (lambda: '%1000000000000d'%1, lambda:'{:1000000000000}'.format(1), lambda: 'a'.center(1<<40), lambda: 'a'.ljust(1<<62), lambda: 'a'.zfill(1<<62), lambda: format(1.5,'.1000000000f'), lambda: '%.1000000000f'%1.5, lambda: 'a'.expandtabs(1<<62), lambda: '\\t'.expandtabs(1<<60), lambda: format(1,'0>%d'%(1<<62)), lambda: f'{1:1000000000000}'):
    try: f(); print('??')
    except (MemoryError,OverflowError,ValueError) as e: print(type(e).__name__)
    except AttributeError: pass
""",
    "replace": """
s='a'*100000
try: print(len(s.replace('a','b'*100000)))
except (MemoryError,OverflowError): print('ME')
try: print(len(s.replace('','b'*1000000)))
except (MemoryError,OverflowError): print('ME')
""",
    "listself": """
l=[1]
try:
    while 1: l+=l
except MemoryError: l=None;print('ME')
l=[1]
try:
    while 1: l=l+l
except MemoryError: l=None;print('ME')
l=[1]
try:
    while 1: l=l*1000
except MemoryError: l=None;print('ME')
""",
    "extendself": """
l=[1]
try:
    while 1: l.extend(l)
except MemoryError: l=None;print('ME')
def g():
    while 1: yield 1
for f in (list,tuple,set,frozenset,sorted,bytes,bytearray,sum):
    try: f(g()) if f not in (set,frozenset,sum) else f(range(10**10)) if f is not sum else None
    except MemoryError: print('ME')
""",
    "comp": """
try: [i for i in range(10**12)]
except MemoryError: print('ME')
try: {i for i in range(10**12)}
except MemoryError: print('ME')
try: {i:i for i in range(10**12)}
except MemoryError: print('ME')
""",
    "star": """
def f(*a): return len(a)
def g():
    while 1: yield 1
try: f(*g())
except MemoryError: print('ME')
""",
    "kw": """
def f(**k): return len(k)
try: f(**{'a%d'%i:1 for i in range(10**9)})
except MemoryError: print('ME')
""",
    "split": """
s='a '*100000
try: l=[s.split() for i in range(10**6)]
except MemoryError: print('ME')
""",
    "deepnest": """
l=[]
try:
    while 1: l=[l]
except MemoryError: l=None; print('ME')
""",
    "bound": """
class A:
    def f(self): pass
a=A().f
l=[]
try:
    while 1: l.append(A().f)
except MemoryError: l=None;print('ME')
""",
    "intstr": """
x='1'*50000
try:
    while 1:
        y=int(x); s=str(y); x=s+s
except (MemoryError,ValueError) as e: print(type(e))
""",
    "globals": """
g=globals()
try:
    i=0
    while 1: g['x%d'%i]=i; i+=1
except MemoryError: print('ME')
""",
    "lambdaexec": """
l=[]
try:
    i=0
    while 1: l.append(eval('lambda: %d'%i)); i+=1
except MemoryError: l=None; print('ME')
""",
    "namesexec": """
try:
    i=0
    while 1: eval('lambda: zz%d'%i); i+=1
except MemoryError: l=None; print('ME')
""",
    "gentop": """
def g():
    try:
        while 1: yield [0]*1000
    finally: pass
l=[]
try:
    while 1:
        x=g(); next(x); l.append(x)
except MemoryError: l=None;print('ME')
""",
    "fstr": """
s='x'*1000
try:
    while 1: s=f'{s}{s}'
except MemoryError: print('ME')
""",
}
for name in PARTS:
    try:
        exec(PARTS[name], {"__name__": name})
    except MemoryError:
        print("late", name)
print("ok")
