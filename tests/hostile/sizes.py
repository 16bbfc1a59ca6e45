# Sizes, counts and offsets near 2^31, 2^32, 2^62, 2^63 and 2^64, and negative ones: each operation works or raises what its group allows,
# in time and without taking the memory that it was asked for.
import array, collections, heapq, io, json, math, random, re, struct, sys, time

SIZES = [1 << 31, 1 << 32, 1 << 40, 1 << 61, (1 << 62) - 1, 1 << 62, (1 << 63) - 1, 1 << 63, 1 << 64]
SIZES += [-n for n in SIZES] + [-1, -2]

GROUPS = [
    (
        "subscripts and slices",
        (IndexError, OverflowError, ValueError),
        """
        [1, 2, 3][n]
        [1, 2, 3][n:]
        [1, 2, 3][:n]
        [1, 2, 3][n::n]
        'abc'[n]
        'abc'[n:]
        'abc'[::n]
        'äbc'[n]
        'äbc'[n:]
        'äbc'[::n]
        b'abc'[n]
        b'abc'[::n]
        memoryview(b'abc')[n]
        memoryview(b'abc')[n:]
        collections.deque([1])[n]
        collections.deque([1]).rotate(n)
        [1].insert(n, 1)
        [1].pop(n)
        [1, 2, 3].__setitem__(slice(n, n), [1])
        [1, 2, 3].__delitem__(slice(n, -n))
        [1, 2, 3].__delitem__(slice(0, 3, n))
        bytearray(b'abc').__setitem__(slice(n, None), b'x')
        bytearray(b'abc').__delitem__(slice(0, 3, n))
        bytearray(b'abc').insert(n, 1)
        bytearray(b'abc').pop(n)
        bytearray(3).__setitem__(0, n)
        slice(n, n, n).indices(abs(n))
        slice(None, None, -n).indices(abs(n))
        """,
    ),
    (
        "ranges",
        (IndexError, OverflowError, ValueError, MemoryError),
        """
        len(range(n))
        range(n)[n - 1]
        range(n)[-1]
        range(-n, n)[5]
        range(0, n, n)[0]
        range(n)[::n]
        range(n)[n // 2 : n : n // 3]
        range(n).index(n - 1)
        range(n).count(1)
        range(n) == range(n + 1)
        hash(range(n))
        n in range(n + 1)
        list(range(n - 3, n))
        [*range(n, n + 3)]
        [x for x in range(n, n + 3)]
        [x for x in range(n, n - 3, -1)]
        next(iter(enumerate([1], n)))
        next(reversed(range(abs(n))))
        """,
    ),
    (
        "repetition and creation",
        (MemoryError, OverflowError, ValueError),
        """
        'a' * n
        'ab' * n
        b'ab' * n
        (1, 2) * n
        [1, 2] * n
        [] * n
        '' * n
        bytearray(b'ab') * n
        array.array('i', [1, 2]) * n
        collections.deque([1, 2]) * n
        collections.deque([1], n)
        bytes(n)
        bytearray(n)
        bytes([n])
        bytearray([n])
        array.array('b', [n])
        io.BytesIO(b'abc').read(n)
        io.StringIO('abc').read(n)
        """,
    ),
    (
        "padding and formatting",
        (MemoryError, OverflowError, ValueError),
        """
        'a'.center(n)
        'a'.ljust(n)
        'a'.rjust(n)
        'a'.zfill(n)
        'abc'.expandtabs(n)
        'a\\tb'.expandtabs(n)
        '%*d' % (n, 1)
        '%.*f' % (n, 1.0)
        '{:{}}'.format(1, n)
        '{:.{}}'.format(1.0, n)
        '{:.{}}'.format('a', n)
        f'{1:{n}}'
        '%x' % n
        '%c' % n
        format(n, 'c')
        format(n, ',')
        format(n, 'e')
        hex(n) + oct(n) + bin(n) + str(n)
        json.dumps(n)
        chr(n)
        """,
    ),
    (
        "searching",
        (ValueError, OverflowError),
        """
        'abc'.find('c', n)
        'abc'.find('c', 0, n)
        'abc'.split('b', n)
        'abc'.replace('b', 'x', n)
        'abc'.count('c', n, n)
        'abc'.startswith('a', n)
        [1, 2].index(1, n)
        [1, 2].index(2, -n, n)
        re.compile('a{%d}' % n)
        heapq.nlargest(n, [1])
        """,
    ),
    (
        "streams and structures",
        (MemoryError, OverflowError, ValueError, OSError, struct.error),
        """
        io.BytesIO(b'abc').seek(n)
        io.StringIO('abc').seek(n)
        io.BytesIO(n)
        struct.pack('q', n)
        struct.pack('%ds' % n, b'a')
        struct.calcsize('%dd' % n)
        struct.unpack_from('b', b'abc', n)
        struct.pack_into('b', bytearray(3), n, 1)
        n.to_bytes(8, 'big')
        int.to_bytes(5, n, 'big')
        """,
    ),
    (
        "numbers",
        (MemoryError, OverflowError, ValueError, ZeroDivisionError),
        """
        1 << n
        1 >> n
        -1 >> n
        2**n
        pow(3, n, 7)
        divmod(n, -1)
        divmod(-n, n)
        divmod(float(n), 3)
        n // -1, n % -1, -n, abs(n), ~n, n & -n, n ^ (n << 1)
        n * n
        n / 3
        hash(n) == hash(float(n))
        {n, -n, float(n)}
        {n: 1}[n]
        sum([n, n])
        round(1.5, n)
        round(5, n)
        int('1', n)
        n.bit_length()
        complex(n) ** 2
        complex(n, n) * complex(n, n)
        math.comb(n, 2)
        math.isqrt(n)
        math.gcd(n, 6)
        math.ldexp(1.0, n)
        math.sqrt(n)
        random.getrandbits(n)
        random.randrange(n)
        random.randint(-n, n)
        """,
    ),
    (
        "time and the machine",
        (OverflowError, ValueError, OSError, RecursionError),
        """
        time.sleep(-abs(n))
        time.localtime(n)
        time.gmtime(n)
        time.mktime((n, 1, 1, 1, 1, 1, 1, 1, 1))
        time.mktime((2000, n, n, n, n, n, 1, 1, 1))
        time.ticks_add(n, n)
        time.ticks_diff(n, -n)
        sys.setrecursionlimit(n)
        """,
    ),
]

wrong = []
for group, allowed, expressions in GROUPS:
    for expression in expressions.strip().split("\n"):
        run = eval("lambda n: (" + expression.strip() + ")")
        for n in SIZES:
            try:
                run(n)
            except allowed:
                pass
            except Exception as e:
                wrong.append("%s: %s with %d: %r" % (group, expression.strip(), n, e))
print("\n".join(wrong) or "ok")
