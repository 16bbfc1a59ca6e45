"""Fannkuch: permutations of a small list, flips of its head."""


def fannkuch(n):
    perm = list(range(n))
    count = [0] * n
    most = checksum = sign = 0
    r = n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        first = perm[0]
        if first:
            work = perm[:]
            flips = 0
            while first:
                i = 1
                j = first - 1
                while i < j:
                    t = work[i]
                    work[i] = work[j]
                    work[j] = t
                    i += 1
                    j -= 1
                t = work[first]
                work[first] = first
                first = t
                flips += 1
            if flips > most:
                most = flips
            checksum += -flips if sign else flips
        sign = 1 - sign
        while True:
            if r == n:
                return checksum, most
            head = perm[0]
            i = 0
            while i < r:
                perm[i] = perm[i + 1]
                i += 1
            perm[r] = head
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1


print(fannkuch(9))
