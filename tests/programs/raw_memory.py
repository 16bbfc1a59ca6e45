# uctypes: structures over the bytes of objects, in every layout; machine: pins in Python.
import uctypes as u, machine

DESC = {
    "a": u.UINT8 | 0, "b": u.INT8 | 0, "c": u.UINT16 | 1, "d": u.INT32 | 3, "e": u.UINT64 | 7,
    "low": u.BFUINT16 | 1 | 0 << u.BF_POS | 4 << u.BF_LEN, "high": u.BFUINT16 | 1 | 12 << u.BF_POS | 4 << u.BF_LEN,
    "f": u.FLOAT32 | 15, "g": u.FLOAT64 | 19,
    "raw": (u.ARRAY | 0, u.UINT8 | 3), "words": (u.ARRAY | 1, u.INT16 | 2), "subs": (u.ARRAY | 3, 2, {"x": u.UINT8 | 0, "y": u.UINT8 | 1}),
    "sub": (7, {"z": u.UINT16 | 0}),
}


def fails(what, *args):
    try:
        print("no error:", what(*args))
    except Exception as e:
        print(type(e).__name__, e)


for layout in (u.LITTLE_ENDIAN, u.BIG_ENDIAN):
    data = bytearray(range(200, 227))
    s = u.struct(u.addressof(data), DESC, layout)
    print(s.a, s.b, s.c, s.d, s.e, s.low, s.high, s.raw, s.words[0], s.words[1], s.subs[1].y, s.sub.z)
    s.b, s.c, s.d, s.e, s.high, s.f, s.g = -1, 0x12345, -2, -1 << 64 | 5, 9, 1.5, -0.25
    s.words[1] = -3
    s.subs[0].x = 77
    s.sub.z += 1
    s.raw[0] = 9
    print(data.hex(), s.f, s.g, s.e, s.high)
    print(u.sizeof(s), u.sizeof(s.subs), u.sizeof(s.sub), bytes(s)[:3], len(bytearray(s)))

print(u.sizeof(DESC), u.sizeof(DESC, u.LITTLE_ENDIAN), u.sizeof({}), u.sizeof({"a": u.UINT8 | 4, "b": u.UINT32 | 0}))
print(u.sizeof((u.ARRAY | 0, u.FLOAT64 | 3)), u.sizeof(bytearray(5)))

# Pointers.
values = bytearray(b"\x01\x02\x03\x04")
holder = bytearray(u.addressof(values).to_bytes(8, __import__("sys").byteorder))
p = u.struct(u.addressof(holder), {"p": (u.PTR | 0, u.UINT8), "q": (u.PTR | 0, {"x": u.UINT8 | 1}), "w": (u.PTR | 0, u.UINT16)})
print(int(p.p) == u.addressof(values), p.p[0], p.p[3], p.q[1].x, p.w[1] in (0x0403, 0x0304))
p.p[2] = 30
print(values, u.bytes_at(u.addressof(values), 2), u.bytearray_at(u.addressof(values) + 1, 2))
window = u.bytearray_at(u.addressof(values), 4)
window[0] = 200
window.extend(b"more")
window[1] = 99
print(values, window)

for number in ("UINT8", "INT8", "UINT16", "INT64", "FLOAT32", "FLOAT64", "BFUINT8", "PTR", "ARRAY", "BF_POS"):
    print(number, getattr(u, number))
print(str(s).split()[:2], str(u.struct(16, (u.PTR | 0, u.UINT8))), str(u.struct(16, [])))

empty = bytearray(64)
at = u.addressof(empty)
endless = {}
endless["x"] = (0, endless)
fails(u.struct, "a", {})
fails(u.struct, at, {}, 7)
fails(lambda: u.struct(at, {}).x)
fails(lambda: u.struct(at, [])["x"])
fails(lambda: u.struct(at, {"x": []}).x)
fails(lambda: setattr(u.struct(at, {"x": (0, {})}), "x", 1))
fails(lambda: u.struct(at, (u.ARRAY | 0, u.UINT16 | 2))[2])
fails(lambda: u.struct(at, (u.ARRAY | 0, u.UINT16 | 2))[-1])
fails(lambda: u.struct(at, {})[0])
fails(lambda: hash(u.struct(at, {})))
fails(u.sizeof, 5)
fails(u.sizeof, (1, 2, 3, 4))
fails(u.sizeof, {"x": 1 << 40})
fails(u.sizeof, endless)
fails(u.sizeof, (u.ARRAY | 0, (1 << 27) - 1, {"x": (u.ARRAY | 0, (1 << 27) - 1, {"x": (u.ARRAY | 0, u.UINT64 | (1 << 27) - 1)})}))
fails(lambda: u.struct(0, {"x": u.UINT8 | 0}).x)
fails(u.bytes_at, 16, 4)
fails(u.bytes_at, at, -1)
fails(u.bytearray_at, -1, 10)
fails(u.bytearray_at, 16, 4)
# A view of all memory there could be; it begins at most 2**56 - 1 bytes after its start.
everything = memoryview(u.bytearray_at(0, (1 << 56) + 1))
print(len(everything), len(everything[(1 << 56) - 1:]), len(everything[:5]))
fails(lambda: everything[1 << 56:])
fails(u.addressof, 5)


class Pin(machine.PinBase):
    def __init__(self, level=0):
        self.level = level

    def value(self, level=None):
        if level is None:
            return self.level
        print("set", level)
        self.level = int(level)


for invert in (False, True):
    pin = Pin()
    signal = machine.Signal(pin, invert=invert)
    signal.on()
    print(pin.level, signal.value(), signal())
    signal(0)
    signal.value("yes")
    signal.off()
    print(pin.level, signal.value())
print(machine.time_pulse_us(Pin(), 1, 10), machine.time_pulse_us(Pin(), 0, 10))
fails(machine.Signal, 5)
fails(lambda: machine.mem16[1])
fails(lambda: machine.mem32["x"])
fails(exec, "del machine.mem8[0]")
print(machine.mem8, machine.mem32)

# Texts in memory, as C has them.
import struct
text = "a text \u00e9"
at = u.addressof(text)
print(at == u.addressof("a text " + "\u00e9"), u.bytes_at(at, len(text.encode()) + 1), struct.unpack("S", struct.pack("P", at)) == (text,))
fails(struct.unpack, "S", bytes(8))
