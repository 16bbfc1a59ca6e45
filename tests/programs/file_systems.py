# File systems written in Python, mounted beside the host's: open, os, import.
import io, os, sys, time, vfs


class Memory(io.IOBase):
    def __init__(self, fs, path, mode):
        self.fs, self.path, self.text = fs, path, "b" not in mode
        self.data, self.at = bytearray(fs.files.get(path, b"")), 0
        if "w" in mode:
            self.data = bytearray()

    def readinto(self, buf):
        n = min(len(buf), len(self.data) - self.at)
        buf[:n] = self.data[self.at : self.at + n]
        self.at += n
        return n

    def read(self):
        rest = bytes(self.data[self.at :])
        self.at = len(self.data)
        return rest.decode() if self.text else rest

    def write(self, data):
        self.data += data.encode() if isinstance(data, str) else data
        return len(data)

    def ioctl(self, request, arg):
        return 0

    def close(self):
        self.fs.files[self.path] = bytes(self.data)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()


class MemoryFS:
    def __init__(self, files):
        self.files, self.cwd = files, "/"

    def mount(self, readonly, mkfs):
        print("mount", readonly, mkfs)

    def umount(self):
        print("umount")

    def stat(self, path):
        if path == "/" or path.rstrip("/") + "/__init__.py" in self.files:
            return (0x4000,) + (0,) * 9
        if path not in self.files:
            raise OSError(2)
        return (0x8000, 0, 0, 0, 0, 0, len(self.files[path]), 0, 0, 0)

    def open(self, path, mode):
        if "w" not in mode and path not in self.files:
            raise OSError(2)
        return Memory(self, path, mode)

    def ilistdir(self, path):
        for name in sorted(self.files):
            yield (name[1:], 0x8000, 0)

    def remove(self, path):
        del self.files[path]

    def rename(self, old, new):
        self.files[new] = self.files.pop(old)

    def chdir(self, path):
        self.cwd = path

    def getcwd(self):
        return self.cwd


def fails(function, *args):
    try:
        function(*args)
    except OSError as e:
        print(function.__name__, [a if isinstance(a, str) else type(a) for a in args], "errno", e.errno)


long = b"x = " + b"[" + b"1," * 500 + b"]\n"
fs = MemoryFS({"/a.txt": b"text of a", "/mod.py": b"import pack.sub\nprint('mod', __file__)\n", "/long.py": long,
               "/pack/__init__.py": b"name = __name__\n", "/pack/sub.py": b"from . import name\nprint(name)\n",
               "/broken.py": b"a b c\n", "/fails.py": b"1 // 0\n"})
vfs.mount(fs, "/mem", readonly=True)
print([type(v).__name__ + " " + point for v, point in vfs.mount()])

with open("/mem/b.txt", "w") as f:
    f.write("written")
print(open("/mem/b.txt").read(), open("/mem/a.txt", "rb").read())
os.rename("/mem/b.txt", "/mem/c.txt")
print(os.stat("/mem/c.txt")[6], "c.txt" in os.listdir("/mem"), os.listdir(b"/mem")[0])
os.remove("/mem/c.txt")
print(os.stat("/mem")[0] == 0x4000)

sys.path.insert(0, "/mem")
import mod, long
print(sum(long.x), mod.pack.sub.__name__)
for name in ("broken", "fails", "absent"):
    try:
        __import__(name)
    except Exception as e:
        print(name, type(e).__name__)
sys.path.pop(0)

fails(open, "/mem/absent.txt")
fails(os.stat, "/mem/absent.txt")
fails(os.mkdir, "/mem")
fails(os.rename, "/mem/a.txt", "/other")
fails(vfs.mount, fs, "/mem")
fails(vfs.umount, "/nothing")
fails(vfs.mount, object(), "/block")

before = os.getcwd()
os.chdir("/mem/deep")
print(os.getcwd(), open("a.txt", "w").path)
os.chdir("/")
print(os.getcwd(), "mem" in os.listdir(), ("mem", 0x4000, 0) in list(os.ilistdir("/")), os.stat("/")[0])
os.chdir(before)
print(os.getcwd() == before)

vfs.umount(fs)
print([point for _, point in vfs.mount()])

# The host's files below a directory.
root = "taipan_%d" % time.time_ns()
os.mkdir(root)
try:
    part = vfs.VfsPosix(root)
    vfs.mount(part, "/part")
    with open("/part/file", "w") as f:
        print(f.write("abc"))
    print(open(root + "/file").read(), os.listdir("/part"), list(os.ilistdir("/part"))[0][:2], os.stat("/part/file")[6])
    os.mkdir("/part/dir")
    os.chdir("/part/dir")
    print(os.getcwd())
    os.chdir(before)
    os.rename("/part/file", "/part/file2")
    vfs.umount("/part")
    vfs.mount(part, "/part", readonly=True)
    fails(open, "/part/file3", "w")
    fails(os.remove, "/part/file2")
    fails(os.rmdir, "/part/dir")
    print(open("/part/file2").read())
    vfs.umount(part)
finally:
    for name in ("file", "file2"):
        if name in os.listdir(root):
            os.remove(root + "/" + name)
    if "dir" in os.listdir(root):
        os.rmdir(root + "/dir")
    os.rmdir(root)
# Without the host's file system its paths lead nowhere.
vfs.umount("/")
fails(open, "absent.txt")
fails(os.stat, "/etc")
print(os.listdir("/"), os.getcwd())
