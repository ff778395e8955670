package sandbox

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Each attack is a program that prints ESCAPED when it got what it must not get, and "done" when it has tried everything.
// It runs in every class that the runtime has.

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

// survivors lists processes of guests that are alive, by their host uids. Torn down cells are waited for.
func survivors(t *testing.T, d *Driver) []string {
	t.Helper()
	d.mu.Lock()
	w := d.current
	d.mu.Unlock()
	w.users.Wait()
	w.warmer.mu.Lock() // guests made ahead are alive and have run nothing
	for id, h := range w.warmer.warm {
		w.warmer.drop(id, h)
	}
	w.warmer.mu.Unlock()
	w.warmer.settle()
	var found []string
	statuses, _ := filepath.Glob("/proc/[0-9]*/status")
	for _, name := range statuses {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		_, uids, _ := strings.Cut(string(b), "\nUid:\t")
		uid, _ := strconv.Atoi(strings.Fields(uids + " x")[0])
		if first := w.nursery.hostUID(firstUID); w.nursery.base != 0 && uid >= first && uid < first+maxSlots {
			found = append(found, name+" "+strings.SplitN(string(b), "\n", 2)[0])
		}
	}
	return found
}

// Bombs end by the limit that they hit, and with them everything they started.
func TestBombs(t *testing.T) {
	d := driver(t)
	short := Limits{Wall: 1500 * time.Millisecond, Processes: 32}
	small := Limits{MemoryBytes: 48 << 20, DiskBytes: 256 << 20, Wall: 20 * time.Second}
	tests := []struct {
		name   string
		job    Job
		reason []Reason
	}{
		{"fork, in the background", Job{Runtime: "bash", Source: []byte(":(){ :|:& };:\nsleep 60"), Limits: short}, []Reason{ReasonWall, ReasonProcesses}},
		{"fork, each a session of its own", Job{Runtime: "python", Source: []byte("import os\nwhile True:\n  try:\n    if not os.fork(): os.setsid()\n  except OSError: pass"), Limits: short}, []Reason{ReasonWall, ReasonCPU}},
		{"threads", Job{Runtime: "python", Source: []byte("import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(60,)).start()"), Limits: short}, []Reason{ReasonProcesses, ReasonWall}},
		{"memory, heap", Job{Runtime: "python", Source: []byte("x = []\nwhile True: x.append(bytearray(1 << 20))"), Limits: small}, []Reason{ReasonMemory}},
		{"memory, mapped and shared", Job{Runtime: "python", Source: []byte("import mmap\nm = mmap.mmap(-1, 1 << 30)\nfor i in range(0, 1 << 30, 4096): m[i] = 1"), Limits: small}, []Reason{ReasonMemory}},
		{"memory, files in /tmp", Job{Runtime: "bash", Source: []byte("head -c 200M /dev/zero > /tmp/a && exec sleep 60"), Limits: small}, []Reason{ReasonMemory}},
		{"memory, files in /dev/shm", Job{Runtime: "bash", Source: []byte("head -c 200M /dev/zero > /dev/shm/a && exec sleep 60"), Limits: small}, []Reason{ReasonMemory}},
		{"memory, memfd", Job{Runtime: "python", Source: []byte("import os\nf = os.memfd_create('x')\nwhile True: os.write(f, b'x' * (1 << 20))"), Limits: small}, []Reason{ReasonMemory, ReasonDisk}},
		{"memory, many small processes", Job{Runtime: "python", Source: []byte("import os, time\nfor i in range(30):\n  if not os.fork():\n    x = bytearray(8 << 20); time.sleep(60)\nx = bytearray(40 << 20)\nfor _ in range(100):\n  os.wait(); x += bytearray(4 << 20)"), Limits: small}, []Reason{ReasonMemory}},
		{"cpu, the signal ignored", Job{Runtime: "python", Source: []byte("import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"), Limits: Limits{CPU: 300 * time.Millisecond}}, []Reason{ReasonCPU}},
		{"cpu, spread over processes", Job{Runtime: "python", Source: []byte("import os\nfor i in range(5): os.fork()\nwhile True: pass"), Limits: Limits{CPU: 500 * time.Millisecond}}, []Reason{ReasonCPU}},
		{"sleep past the wall limit", Job{Runtime: "bash", Source: []byte("trap '' TERM INT HUP; sleep 60"), Limits: Limits{Wall: 200 * time.Millisecond}}, []Reason{ReasonWall}},
		{"disk, one file", Job{Runtime: "bash", Source: []byte("cat /dev/zero > f"), Limits: Limits{DiskBytes: 8 << 20}}, []Reason{ReasonDisk}},
		{"disk, fallocate", Job{Runtime: "bash", Source: []byte("fallocate -l 4M a && fallocate -l 4M b; fallocate -l 4M c && echo ESCAPED; cat /dev/zero > d"), Limits: Limits{DiskBytes: 8 << 20}}, []Reason{ReasonDisk}},
		{"disk, sparse", Job{Runtime: "bash", Source: []byte("truncate -s 1T a 2>/dev/null && echo ESCAPED\ncat /dev/zero > b"), Limits: Limits{DiskBytes: 8 << 20}}, []Reason{ReasonDisk}},
		{"disk, inodes", Job{Runtime: "python", Source: []byte("i = 0\nwhile True:\n  open(f'/tmp/{i}', 'w').close(); i += 1"), Limits: Limits{InodeCount: 500}}, []Reason{ReasonDisk}},
		{"disk, over all three folders", Job{Runtime: "bash", Source: []byte("for d in /box /tmp /dev/shm; do head -c 3M /dev/zero > $d/a 2>/dev/null || exec false; done; echo ESCAPED"), Limits: Limits{DiskBytes: 8 << 20}}, []Reason{ReasonDisk}},
		{"output, both streams", Job{Runtime: "bash", Source: []byte("yes & yes >&2"), Limits: Limits{OutputBytes: 10_000}}, []Reason{ReasonOutput}},
		{"compiler fed without end", Job{Runtime: "c", Source: []byte("#include \"/dev/zero\"\nint main() {}")}, []Reason{ReasonMemory, ReasonCPU, ReasonWall, ReasonCompile}},
		{"compiler told to expand without end", Job{Runtime: "cpp", Source: []byte("template<int n> struct A { A<n+1> a; A<n+2> b; }; template<> struct A<100000> {}; int main() { A<0> a; }")}, []Reason{ReasonCompile, ReasonMemory, ReasonCPU}},
	}
	for _, test := range tests {
		classes(t, d, test.job.Runtime, func(t *testing.T, c Class) {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.job.Class = c
				r, o := try(t, d, test.job)
				ok := r.Outcome == Failed || r.Outcome == TimedOut
				for _, reason := range test.reason {
					if r.Reason == reason && ok && !strings.Contains(o.out.String(), "ESCAPED") {
						return
					}
				}
				t.Errorf("%s for %q, signal %s, want one of %q\n%.500s%.500s", r.Outcome, r.Reason, r.Signal, test.reason, o.out.String(), o.err.String())
			})
		})
	}
	t.Cleanup(func() {
		if s := survivors(t, d); len(s) > 0 {
			t.Errorf("alive after their runs: %q", s)
		}
	})
}

// A daemon neither delays its run's end, though it holds the output, nor outlives it.
func TestDaemon(t *testing.T) {
	d := driver(t)
	classes(t, d, "python", func(t *testing.T, c Class) {
		begin := time.Now()
		r, o := try(t, d, Job{Runtime: "python", Class: c, Source: []byte(`
import os, sys, time, signal
r, w = os.pipe()
if not os.fork():
    os.setsid()
    if not os.fork():
        for s in range(1, 32):
            try: signal.signal(s, signal.SIG_IGN)
            except OSError: pass
        os.write(w, b'x')
        while True: time.sleep(0.01); print('still here', flush=True)
    os._exit(0)
os.wait(); os.read(r, 1)
print('main')`)})
		if r.Outcome != Completed || !strings.Contains(o.out.String(), "main\n") {
			t.Errorf("%+v %q", r, o.out.String())
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("the run took %v", took)
		}
		if s := survivors(t, d); len(s) > 0 {
			t.Errorf("alive after the run: %q", s)
		}
	})
}

// A run sees the system's programs, its own folders, and nothing else.
func TestAttackFiles(t *testing.T) {
	attack(t, driver(t), `
for p in ['/etc/shadow', '/etc/gshadow', '/etc/ssh', '/etc/machine-id', '/sys/kernel', '/sys/fs/cgroup', '/root/.bashrc', '/var/lib', '/run/systemd', '/proc/kcore', '/proc/sys',
          '/proc/keys', '/proc/meminfo', '/proc/1/environ', '/proc/1/maps', '/proc/1/root/etc', '/proc/1/cwd/x', '/proc/1/fd/0', '/dev/vda', '/dev/mem', '/dev/kmsg', '/dev/fuse', '/dev/kvm',
          '/dev/net/tun', '/cell/box', '/etc/ssl/private', '/home/x', '/stoa/../lib/../root/.ssh']:
    refused('read ' + p, lambda: os.listdir(p) if os.path.isdir(p) else open(p, 'rb').read(1))
own = ('/box', '/tmp', '/dev/shm', '/var/tmp')
for dir, dirs, files in os.walk('/', followlinks=False):
    if dir == '/': dirs.remove('proc')
    if dir in own: dirs.clear(); continue
    if dir.count('/') > 3: dirs.clear()
    if os.access(dir, os.W_OK): print('ESCAPED: writable', dir)
    for f in files:
        p = os.path.join(dir, f)
        if os.path.islink(p) or p in ('/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom'): continue
        if os.access(p, os.W_OK): print('ESCAPED: writable', p)
refused('create', open, '/x', 'w'); refused('create', open, '/usr/bin/x', 'w'); refused('create', open, '/etc/x', 'w'); refused('create', open, '/cache/x', 'w')
refused('mkdir', os.mkdir, '/run/x'); refused('rename', os.rename, '/etc/passwd', '/tmp/p'); refused('link', os.link, '/etc/passwd', '/tmp/p')
refused('oom', lambda: open('/proc/self/oom_score_adj', 'w').write('-1000'))
refused('uid map', lambda: open('/proc/self/uid_map', 'w').write('0 0 1'))
for p in os.listdir('/proc'):
    if p.isdigit() and int(p) not in (1, os.getpid()): print('ESCAPED: sees process', p)
    if not p.isdigit() and p not in ('self', 'thread-self'): print('ESCAPED: sees /proc/' + p)
for line in open('/proc/self/mountinfo'):
    at = line.split()[4]; flags = line.split()[5].split(',')
    if 'nosuid' not in flags: print('ESCAPED: setuid files on', at)
    if 'nodev' not in flags and not at.startswith('/dev/') and at != '/': print('ESCAPED: devices on', at)
    if at not in own and 'ro' not in flags and at != '/proc': print('ESCAPED: writable mount', line)
for line in open('/proc/self/cgroup'):
    if not line.rstrip().endswith(':/'): print('ESCAPED: sees its cgroup', line)
`, Limits{})
}

// No privilege, no descriptor, no variable comes in from outside.
func TestAttackInheritance(t *testing.T) {
	t.Setenv("STOA_TEST_SECRET", "in the agent's environment")
	attack(t, driver(t), `
status = dict(l.rstrip('\n').split(':\t', 1) for l in open('/proc/self/status') if ':\t' in l)
for k, v in {'CapInh': '0' * 16, 'CapPrm': '0' * 16, 'CapEff': '0' * 16, 'CapBnd': '0' * 16, 'CapAmb': '0' * 16, 'NoNewPrivs': '1', 'Seccomp': '2', 'Groups': '', 'SigBlk': '0' * 16}.items():
    if status[k].strip() != v: print('ESCAPED:', k, status[k])
if 0 in os.getresuid() + os.getresgid(): print('ESCAPED: uid', os.getresuid(), os.getresgid())
fds = [f for f in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + f)]
if '1023' in fds and os.readlink('/proc/self/fd/1023').startswith('pipe:'): fds.remove('1023')  # where class process reports its own exit code
if sorted(fds) != ['0', '1', '2']: print('ESCAPED: descriptors', [(f, os.readlink('/proc/self/fd/' + f)) for f in fds])
env = dict(os.environ); env.pop('LC_CTYPE', None)
for k in ('PATH', 'HOME', 'TMPDIR', 'LANG'): env.pop(k)
if env: print('ESCAPED: environment', env)
raw = open('/proc/self/environ').read() + open('/proc/self/cmdline').read()
if 'SECRET' in raw or 'agent' in raw: print('ESCAPED:', raw)
for what, name in (('uts', os.uname().nodename), ('cwd', os.getcwd())):
    if name not in ('stoa', '/box'): print('ESCAPED:', what, name)
for program in ('/usr/bin/su', '/bin/mount', '/usr/bin/passwd'):
    if os.path.exists(program):
        import subprocess
        r = subprocess.run([program, '-c', 'id -u'], stdin=subprocess.DEVNULL, capture_output=True)
        if r.stdout.strip() == b'0': print('ESCAPED: setuid', program)
refused('setuid', os.setuid, 0); refused('setgroups', os.setgroups, [0])
open('own', 'w').write('x'); refused('chown', os.chown, 'own', 0, 0)
refused('nice', os.nice, -5)
import resource
for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE):
    soft, hard = resource.getrlimit(limit)
    refused('raise a limit', lambda: resource.setrlimit(limit, (soft, hard + 1)) if hard != -1 else None)
`, Limits{})
}

// What has been the way out of sandboxes before.
func TestAttackSystemCalls(t *testing.T) {
	attack(t, driver(t), `
import platform
if platform.machine() == 'x86_64':
    N = dict(mount=165, umount2=166, pivot_root=155, chroot=161, unshare=272, setns=308, ptrace=101, process_vm_readv=310, process_vm_writev=311, bpf=321, perf_event_open=298,
        userfaultfd=323, add_key=248, request_key=249, keyctl=250, init_module=175, finit_module=313, delete_module=176, kexec_load=246, reboot=169, swapon=167, acct=163, syslog=103,
        sethostname=170, settimeofday=164, clock_settime=227, open_by_handle_at=304, name_to_handle_at=303, fanotify_init=300, quotactl=179, iopl=172, ioperm=173, modify_ldt=154,
        kcmp=312, move_pages=279, seccomp=317, personality=135, clone=56, socket=41)
else:
    N = dict(mount=40, umount2=39, pivot_root=41, chroot=51, unshare=97, setns=268, ptrace=117, bpf=280, perf_event_open=241, userfaultfd=282, add_key=217, keyctl=219, seccomp=277, personality=92,
        clone=220, socket=198)
N.update(io_uring_setup=425, io_uring_enter=426, io_uring_register=427, open_tree=428, move_mount=429, fsopen=430, fsconfig=431, fsmount=432, fspick=433, clone3=435, pidfd_getfd=438,
    mount_setattr=442, memfd_secret=447, statmount=457, unknown=500)
for name, nr in N.items():
    if name == 'clone':
        for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000): call('clone namespace %x' % flag, nr, flag | 17, 0, 0, 0, 0)
    elif name == 'unshare':
        for flag in (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000): call('unshare %x' % flag, nr, flag)
    elif name == 'personality': call(name, nr, 0x0040000)
    elif name == 'socket':
        for family in (16, 17, 38, 40, 44, 15, 31, 21): call('socket family %d' % family, nr, family, 3, 0)
        call('raw ip', nr, 2, 3, 1); call('raw ip 6', nr, 10, 3, 58)
    elif name == 'setns':
        for kind in ('user', 'mnt', 'net', 'pid', 'ipc', 'uts', 'cgroup'): call('setns ' + kind, nr, os.open('/proc/self/ns/' + kind, os.O_RDONLY), 0)
    elif name == 'clone3': call(name, nr, ctypes.create_string_buffer(struct.pack('<11Q', 0x10000000, *[0] * 10)), 88)
    elif name == 'ptrace': call('ptrace attach 1', nr, 16, 1, 0, 0); call('ptrace traceme', nr, 0, 0, 0, 0)
    elif name.startswith('process_vm'): call(name, nr, 1, 0, 0, 0, 0, 0)
    else: call(name, nr, 0, 0, 0, 0, 0, 0)
import fcntl
refused('TIOCSTI', fcntl.ioctl, 0, 0x5412, b'x'); refused('TIOCLINUX', fcntl.ioctl, 0, 0x541C, b'\x02')
for pid in (1, -1):
    try: os.kill(pid, 9)
    except OSError: pass
for pid in range(1, 40000):
    if pid == os.getpid(): continue
    try: os.kill(pid, 0); pid == 1 or print('ESCAPED: sees process', pid)
    except OSError: pass
refused('mknod device', os.mknod, '/tmp/d', 0o20666, os.makedev(1, 1)); refused('mknod block', os.mknod, '/tmp/b', 0o60666, os.makedev(254, 0))
`, Limits{})
}

// No packet leaves a run: not to the internet, not to cloud metadata, not to this host.
func TestAttackNetwork(t *testing.T) {
	d := driver(t)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	abstract, err := net.Listen("unix", "@stoa-sandbox-test-"+strconv.Itoa(os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	defer abstract.Close()
	socketPath := filepath.Join(t.TempDir(), "s")
	named, err := net.Listen("unix", socketPath)
	if err != nil {
		t.Fatal(err)
	}
	defer named.Close()
	reached := make(chan string, 10)
	for _, l := range []net.Listener{tcp, abstract, named} {
		go func() {
			if c, err := l.Accept(); err == nil {
				reached <- l.Addr().String()
				c.Close()
			}
		}()
	}
	attack(t, d, fmt.Sprintf(`
def connect(family, kind, address):
    s = socket.socket(family, kind); s.settimeout(1); s.connect(address); s.send(b'x'); return address
for address in [('127.0.0.1', %d), ('1.1.1.1', 53), ('8.8.8.8', 443), ('169.254.169.254', 80), ('10.0.0.1', 80), ('192.168.0.1', 22), ('172.17.0.1', 80), ('255.255.255.255', 9)]:
    refused('tcp', connect, socket.AF_INET, socket.SOCK_STREAM, address)
    if address[0] != '127.0.0.1': refused('udp', connect, socket.AF_INET, socket.SOCK_DGRAM, address)
for address in ['2606:4700:4700::1111', 'fe80::1', 'ff02::1']:
    refused('tcp6', connect, socket.AF_INET6, socket.SOCK_STREAM, (address, 53)); refused('udp6', connect, socket.AF_INET6, socket.SOCK_DGRAM, (address, 53))
refused('abstract', connect, socket.AF_UNIX, socket.SOCK_STREAM, '\0%s'); refused('named', connect, socket.AF_UNIX, socket.SOCK_STREAM, '%s')
refused('dns', socket.getaddrinfo, 'example.com', 80)
links = [l.split(':')[0].strip() for l in open('/proc/self/net/dev').readlines()[2:]]
if links != ['lo']: print('ESCAPED: interfaces', links)
if open('/proc/self/net/route').readlines()[1:]: print('ESCAPED: routes')
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); c = socket.create_connection(s.getsockname()); c.close()  # its own loopback works
`, tcp.Addr().(*net.TCPAddr).Port, strings.TrimPrefix(abstract.Addr().String(), "@"), socketPath), Limits{})
	select {
	case who := <-reached:
		t.Errorf("a run reached %s", who)
	default:
	}
}
