# What the attacks in Python have in common. A thing that must be refused and is not, is told as ESCAPED (something of the
# host was had) or REACHED (the host's kernel answered).
import os, sys, ctypes, errno, socket, struct, time, signal, mmap, resource, fcntl, platform

libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == 'x86_64'

def call(name, nr, *args, ok=()):
    ctypes.set_errno(0)
    r = libc.syscall(ctypes.c_long(nr), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    e = ctypes.get_errno()
    if r != -1: print('REACHED:', name, 'returned', r)
    elif e not in (errno.EPERM, errno.ENOSYS, errno.EACCES, errno.EAFNOSUPPORT) + tuple(ok): print('REACHED:', name, 'said', errno.errorcode.get(e, e))

def refused(what, f, *args, word='ESCAPED'):
    try: r = f(*args)
    except (OSError, AttributeError, ValueError, OverflowError): return
    print(word + ':', what, repr(r)[:200])

def read(path):
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try: return os.read(fd, 1 << 20)
    finally: os.close(fd)

def connect(family, kind, address):
    s = socket.socket(family, kind); s.settimeout(1); s.connect(address); s.send(b'x'); return address
