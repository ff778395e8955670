package sandbox

import (
	"io"
	"strings"
	"testing"
	"time"
)

// alone is a driver whose every job takes the same slot, one after the other: what one leaves, the next would find.
func alone(t *testing.T) *Driver {
	t.Helper()
	driver(t)
	d, err := Open(t.Context(), Config{Dir: t.TempDir(), Log: quiet(), Slots: 1, Parked: -1, NoCompileCache: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

const leave = `
import os, socket, ctypes
for dir in ('/box', '/tmp', '/dev/shm', '/var/tmp'):
    open(dir + '/left', 'w').write('LEFT')
libc = ctypes.CDLL(None, use_errno=True)
assert libc.shmget(0x5354, 4096, 0o1666) >= 0
assert libc.semget(0x5354, 1, 0o1666) >= 0
assert libc.msgget(0x5354, 0o1666) >= 0
s = socket.socket(); s.bind(('127.0.0.1', 7777)); s.listen(); c = socket.create_connection(('127.0.0.1', 7777)); a, _ = s.accept(); a.send(b'x'); a.close(); c.close()
print('ok')
`

const find = `
import os, socket, ctypes
for dir in ('/box', '/tmp', '/dev/shm', '/var/tmp', '/run', '/home'):
    extra = set(os.listdir(dir)) - {'main.py'}
    if extra: print('ESCAPED: found', dir, extra)
libc = ctypes.CDLL(None, use_errno=True)
for f in (libc.shmget, libc.semget, libc.msgget):
    if f(0x5354, 0, 0) >= 0: print('ESCAPED: found ipc', f)
if [l for l in open('/proc/self/net/dev') if 'lo:' in l][0].split()[1] != '0': print('ESCAPED: sees the packets of another run')
for f in ('tcp', 'udp', 'unix'):
    lines = open('/proc/self/net/' + f).readlines()[1:]
    if lines: print('ESCAPED: sees the sockets of another run', f, lines)
s = socket.socket(); s.bind(('127.0.0.1', 7777))
print('ok')
`

// Nothing of one run is left for the next in the same slot.
func TestLeftovers(t *testing.T) {
	d := alone(t)
	classes(t, d, "python", func(t *testing.T, c Class) {
		for range 3 {
			for _, script := range []string{leave, find} {
				job := python(script)
				job.Class = c
				if r, o := try(t, d, job); r.Outcome != Completed || o.out.String() != "ok\n" {
					t.Fatalf("%+v\n%s%s", r, o.out.String(), o.err.String())
				}
			}
		}
	})
}

// A run beside another sees neither its files, nor its processes, nor its environment, nor its sockets.
func TestNeighbour(t *testing.T) {
	d := driver(t)
	classes(t, d, "python", func(t *testing.T, c Class) {
		victim := Job{
			Runtime: "python", Class: c, Env: map[string]string{"VICTIM": "SECRET-7f3a"}, Args: []string{"SECRET-7f3a"}, Limits: Limits{Wall: 20 * time.Second},
			Files: []File{{Path: "secret.txt", Content: []byte("SECRET-7f3a")}},
			Source: []byte(`
import socket, sys
open('/tmp/secret', 'w').write('SECRET-7f3a'); open('/dev/shm/secret', 'w').write('SECRET-7f3a')
s = socket.socket(socket.AF_UNIX); s.bind('\0victim'); s.listen()
t = socket.socket(); t.bind(('127.0.0.1', 4444)); t.listen()
print('up', flush=True)
sys.stdin.read()`),
		}
		up, done := make(chan struct{}), make(chan error, 1)
		stdin := make(chan struct{})
		victim.Stdin = blocked(stdin)
		go func() {
			_, err := d.Run(t.Context(), victim, func(Stream, []byte) {
				select {
				case <-up:
				default:
					close(up)
				}
			})
			done <- err
		}()
		select {
		case <-up:
		case err := <-done:
			t.Fatalf("the victim ended: %v", err)
		}
		t.Run("attacker", func(t *testing.T) {
			r, o := try(t, d, Job{Runtime: "python", Class: c, Source: []byte(prelude + `
for dir, dirs, files in os.walk('/'):
    if dir.startswith(('/usr', '/lib', '/root', '/opt', '/cache', '/stoa', '/etc/ssl', '/etc/java')): dirs.clear(); continue
    for f in files:
        p = os.path.join(dir, f)
        if p == '/box/main.py' or p.startswith('/dev/'): continue
        try:
            fd = os.open(p, os.O_RDONLY | os.O_NONBLOCK); b = os.read(fd, 1 << 20); os.close(fd)
        except OSError: continue
        if b'SECRET-7f' + b'3a' in b and not p.startswith('/proc/self') and not p.startswith('/proc/%d' % os.getpid()) and not p.startswith('/proc/thread-self'): print('ESCAPED: found in', p)
def connect(family, address):
    s = socket.socket(family); s.settimeout(1); s.connect(address); return address
refused('abstract', connect, socket.AF_UNIX, '\0victim'); refused('loopback', connect, socket.AF_INET, ('127.0.0.1', 4444))
for pid in range(1, 70000):
    if pid in (1, os.getpid()): continue
    try: os.kill(pid, 0); print('ESCAPED: process', pid)
    except ProcessLookupError: pass
print('done')`)})
			if r.Outcome != Completed || o.out.String() != "done\n" {
				t.Errorf("%+v\n%s%s", r, o.out.String(), o.err.String())
			}
		})
		close(stdin)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

type blocked chan struct{}

func (b blocked) Read([]byte) (int, error) {
	<-b
	return 0, io.EOF
}

// Two runs never share randomness, though they be forked from one interpreter.
func TestRandomness(t *testing.T) {
	d := alone(t)
	classes(t, d, "python", func(t *testing.T, c Class) {
		seen := map[string]bool{}
		for range 8 {
			r, o := try(t, d, Job{Runtime: "python", Class: c, Source: []byte(`
import os, random, secrets, ssl, tempfile, uuid, hashlib
print(ssl.RAND_bytes(16).hex()); print(random.random()); print(secrets.token_hex()); print(tempfile.mktemp()); print(uuid.uuid4()); print(os.urandom(8).hex())
print(next(tempfile._get_candidate_names())); print(random.SystemRandom().random())
`)})
			if r.Outcome != Completed {
				t.Fatalf("%+v %s", r, o.err.String())
			}
			for line := range strings.Lines(o.out.String()) {
				if seen[line] {
					t.Errorf("two runs drew %q", line)
				}
				seen[line] = true
			}
		}
		if len(seen) != 64 {
			t.Errorf("%d different draws, want 64", len(seen))
		}
	})
}
