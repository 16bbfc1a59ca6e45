"""Gravitation among five bodies that are instances of a class."""


class Body:
    def __init__(self, x, y, z, vx, vy, vz, mass):
        self.x = x
        self.y = y
        self.z = z
        self.vx = vx
        self.vy = vy
        self.vz = vz
        self.mass = mass


def system():
    pi = 3.141592653589793
    solar = 4 * pi * pi
    year = 365.24
    bodies = [
        Body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, solar),
        Body(4.841431442464721, -1.1603200440274284, -0.10362204447112311,
             0.001660076642744037 * year, 0.007699011184197404 * year, -6.90460016972063e-05 * year, 0.0009547919384243266 * solar),
        Body(8.34336671824458, 4.124798564124305, -0.4035234171143214,
             -0.002767425107268624 * year, 0.004998528012349172 * year, 2.3041729757376393e-05 * year, 0.0002858859806661308 * solar),
        Body(12.894369562139131, -15.111151401698631, -0.22330757889265573,
             0.002964601375647616 * year, 0.0023784717395948095 * year, -2.9658956854023756e-05 * year, 4.366244043351563e-05 * solar),
        Body(15.379697114850917, -25.919314609987964, 0.17925877295037118,
             0.0026806777249038932 * year, 0.001628241700382423 * year, -9.515922545197159e-05 * year, 5.1513890204661145e-05 * solar),
    ]
    return bodies


def advance(bodies, dt, steps):
    n = len(bodies)
    for _ in range(steps):
        for i in range(n):
            a = bodies[i]
            for j in range(i + 1, n):
                b = bodies[j]
                dx = a.x - b.x
                dy = a.y - b.y
                dz = a.z - b.z
                square = dx * dx + dy * dy + dz * dz
                magnitude = dt / (square * square ** 0.5)
                a.vx -= dx * b.mass * magnitude
                a.vy -= dy * b.mass * magnitude
                a.vz -= dz * b.mass * magnitude
                b.vx += dx * a.mass * magnitude
                b.vy += dy * a.mass * magnitude
                b.vz += dz * a.mass * magnitude
        for body in bodies:
            body.x += dt * body.vx
            body.y += dt * body.vy
            body.z += dt * body.vz


bodies = system()
advance(bodies, 0.01, 20000)
for body in bodies:
    print("%.9f %.9f %.9f" % (body.x, body.y, body.z))
