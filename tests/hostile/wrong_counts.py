# Bad input: see crates/cli/tests/hostile.rs.
import sys
# every method of every builtin type with wrong self / counts / types
try: import array
except ImportError: array=None
import io, re, json, collections, struct, binascii, random, math, cmath, heapq, time, os, errno, gc, micropython
def gen():
    yield 1
class U:
    pass
class UL(list): pass
class UD(dict): pass
class US(str): pass
class UI(int): pass
class UE(ValueError): pass
class UT(tuple): pass
class UB(bytes): pass
class UF(float): pass
class USet(set): pass
def half(c):
    try: return c.__new__(c)
    except Exception: return None
vals=[None,0,-1,1<<62,-(1<<62),1<<70,1.5,'','abc',b'abc',bytearray(b'abc'),[],[1,2,3],(),(1,2),{}, {1:2},{1,2},frozenset([1]),range(3),slice(1,2),gen,gen(),U,U(),UL([1]),UD(a=1),US('x'),UI(4),UE('e'),UT((1,)),UB(b'x'),UF(1.0),USet([1]),half(UL),half(UD),half(UE),half(USet),memoryview(b'abc'),memoryview(bytearray(b'abc')),iter([]),iter({}.items()),{}.keys(),enumerate([]),zip(),map(abs,[]),filter(None,[]),reversed([1]),len,[].append,U().__init__ if hasattr(U(),'__init__') else 0,property(),staticmethod(len),classmethod(len),super(U,U()),type,object,object(),ValueError('a'),StopIteration(1),KeyError,...,NotImplemented,True,1j,lambda: 0,sys,io.StringIO('a'),io.BytesIO(b'a'),collections.deque([1],3),collections.OrderedDict(a=1),collections.namedtuple('A','a b')(1,2),re.compile('a'),re.match('a','a'),collections.defaultdict(list)]
skip={'exit','quit','input','_exit','breakpoint','system','sleep','sleep_ms','sleep_us','print_exception','repl','remove','rmdir','unlink','rename','mkdir','chdir','open','FileIO','TextIOWrapper','heap_lock','heap_unlock','kbd_intr','help','print','getcwd','ilistdir','listdir','execv','abort','setrecursionlimit','popen','putenv','unsetenv','stack_use','dupterm','urandom','settrace','atexit','mem_info','qstr_info','schedule','print_stream'}
objs=[]
seen=set()
def add(name,o):
    try:
        k=(name,id(o))
        if k in seen: return
        seen.add(k)
    except Exception: return
    objs.append((name,o))
mods=[sys,io,re,json,collections,struct,binascii,random,math,cmath,heapq,time,os,errno,gc,micropython]
import builtins
for m in mods+[builtins]:
    for n in dir(m):
        if n in skip: continue
        try: o=getattr(m,n)
        except Exception: continue
        if o is vals: continue
        if n in ('stdin','stdout','stderr','modules','path','argv'): continue
        if callable(o): add(n,o)
for v in vals:
    t=type(v)
    add(t.__name__,t)
    for n in dir(t):
        if n in skip or n=='__class__': continue
        try: add(t.__name__+'.'+n,getattr(t,n))
        except Exception: pass
types={}
for n,o in list(objs):
    if isinstance(o,type):
        for k in dir(o):
            if k in skip or k=='__class__': continue
            try: add(n+'.'+k,getattr(o,k))
            except Exception: pass
objs=[(n,o) for n,o in objs if callable(o)]
print(len(objs),len(vals))
cnt=0
mode=2
seed=12345
def rnd(n):
    global seed
    seed=(seed*1103515245+12345)&0x7fffffff
    return (seed>>8)%n
def call(name,f,*a,**k):
    global cnt
    cnt+=1
    try: f(*a,**k)
    except MemoryError: pass
    except Exception as e:
        try: str(e); repr(e)
        except Exception: pass
    except (SystemExit,GeneratorExit): pass
    except BaseException: pass
def fresh(i):
    v=vals[i]
    t=type(v)
    if t in (list,dict,set,bytearray): return t(v)
    return v
for n,o in objs:
    if mode==0:
        call(n,o)
        for i in range(len(vals)): call(n,o,fresh(i))
    elif mode==1:
        for r in range(60): call(n,o,fresh(rnd(len(vals))),fresh(rnd(len(vals))))
    elif mode==2:
        for r in range(40): call(n,o,fresh(rnd(len(vals))),fresh(rnd(len(vals))),fresh(rnd(len(vals))))
        for r in range(10): call(n,o,*[fresh(rnd(len(vals))) for _ in range(rnd(9))])
        for r in range(5): call(n,o,fresh(rnd(len(vals))),key=fresh(rnd(len(vals))))
        for r in range(5): call(n,o,a=fresh(rnd(len(vals))))
print(cnt)
print('ok')
