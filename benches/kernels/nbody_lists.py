"""Gravitation among five bodies that are lists of numbers."""


def system():
    pi = 3.141592653589793
    solar = 4 * pi * pi
    year = 365.24
    return [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, solar],
        [4.841431442464721, -1.1603200440274284, -0.10362204447112311,
         0.001660076642744037 * year, 0.007699011184197404 * year, -6.90460016972063e-05 * year, 0.0009547919384243266 * solar],
        [8.34336671824458, 4.124798564124305, -0.4035234171143214,
         -0.002767425107268624 * year, 0.004998528012349172 * year, 2.3041729757376393e-05 * year, 0.0002858859806661308 * solar],
        [12.894369562139131, -15.111151401698631, -0.22330757889265573,
         0.002964601375647616 * year, 0.0023784717395948095 * year, -2.9658956854023756e-05 * year, 4.366244043351563e-05 * solar],
        [15.379697114850917, -25.919314609987964, 0.17925877295037118,
         0.0026806777249038932 * year, 0.001628241700382423 * year, -9.515922545197159e-05 * year, 5.1513890204661145e-05 * solar],
    ]


def advance(bodies, dt, steps):
    n = len(bodies)
    for _ in range(steps):
        for i in range(n):
            a = bodies[i]
            for j in range(i + 1, n):
                b = bodies[j]
                dx = a[0] - b[0]
                dy = a[1] - b[1]
                dz = a[2] - b[2]
                square = dx * dx + dy * dy + dz * dz
                magnitude = dt / (square * square ** 0.5)
                k = b[6] * magnitude
                a[3] -= dx * k
                a[4] -= dy * k
                a[5] -= dz * k
                k = a[6] * magnitude
                b[3] += dx * k
                b[4] += dy * k
                b[5] += dz * k
        for body in bodies:
            body[0] += dt * body[3]
            body[1] += dt * body[4]
            body[2] += dt * body[5]


bodies = system()
advance(bodies, 0.01, 20000)
for body in bodies:
    print("%.9f %.9f %.9f" % (body[0], body[1], body[2]))
