package sandbox

import "testing"

// What is tried against the sandbox is in ../attack. Here are only those tries that show one wall by itself: programs that
// print ESCAPED when they got what they must not get, and "done" when they have tried everything.

const prelude = `
import os, sys, ctypes, errno, socket, struct
libc = ctypes.CDLL(None, use_errno=True)
def call(name, nr, *args, ok=()):
    ctypes.set_errno(0)
    r = libc.syscall(ctypes.c_long(nr), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    e = ctypes.get_errno()
    if r != -1: print("ESCAPED:", name, "returned", r)
    elif e not in (errno.EPERM, errno.ENOSYS, errno.EACCES, errno.EAFNOSUPPORT) + tuple(ok):
        print("ESCAPED? (reached the kernel):", name, errno.errorcode.get(e, e))
def refused(what, f, *args):
    try: r = f(*args)
    except (OSError, AttributeError, ValueError): return
    print("ESCAPED:", what, repr(r)[:200])
`

func attack(t *testing.T, d *Driver, script string, l Limits) {
	t.Helper()
	classes(t, d, "python", func(t *testing.T, c Class) {
		r, o := try(t, d, Job{Runtime: "python", Class: c, Source: []byte(prelude + script + "\nprint('done')\n"), Limits: l})
		if r.Outcome != Completed || o.out.String() != "done\n" {
			t.Errorf("%s %s %s\n%s%s", r.Outcome, r.Reason, r.Signal, o.out.String(), o.err.String())
		}
	})
}
