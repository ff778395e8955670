/* Class "gvisor": the program's system calls are answered by a kernel in user space (runsc), not by the host's.
 *
 * Outside, "gvisor" is pid 1 of a pid and mount namespace of its own. It joins the run's cgroups, lays the read-only root
 * out on /mnt (in this namespace only: the host sees none of it), and becomes runsc. Killing it kills everything below,
 * and with the last process its mounts are gone too.
 *
 * Inside, "inside" is pid 1 of the sandbox, root of a kernel that owns nothing on the host. It waits for orders: each is
 * one process (a compiler, or the program) that becomes another user without privilege before it reads a byte of what the
 * user wrote; or, when that has ended, a look into the folder it left. When the agent's end of the orders closes, whatever
 * the reason, the sandbox ends. */
#include "stoa.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The descriptors that both get; the cgroups' follow, outside. */
enum { FD_ORDERS = 3, FD_ENDS, FD_STDIN, FD_STDOUT, FD_STDERR, FD_JOIN };

/* Both as in internal/agent/gvisor/order.go. */
struct order {
	uint64_t disk, inodes, fsize;            /* bytes, files, bytes */
	uint64_t payload, contents;              /* bytes that follow, and bytes of files that follow those */
	uint32_t uid, cpu, processes, files;     /* seconds; RLIMIT_NOFILE */
	uint32_t input, kind;                    /* whether it gets the standard input */
};
/* ORDER_KILL ends a process before its time, and has no answer of its own. What follows it is for a job that has ended;
 * each gets one END_DATA. */
enum { ORDER_RUN = 0, ORDER_KILL, ORDER_SETTLE, ORDER_LIST, ORDER_ENTER, ORDER_LEAVE, ORDER_OPEN, ORDER_READ };
enum { END_READY = 1, END_EXIT, END_FAILED, END_DATA };
enum { MARK_FULL = 1, MARK_CROWDED = 2 };
struct end {
	uint32_t kind, step;                     /* END_DATA: how many bytes follow */
	int32_t status, marks;                   /* wait status, or errno; what was found exhausted */
};

int gvisor_main(int argc, char **argv)
{
	uint32_t base;
	int n = 0;
	while (n < argc && strcmp(argv[n], "--")) n++;
	if (n + 1 >= argc) { errno = EINVAL; die("argument", "--"); }
	for (int fd = FD_JOIN; fcntl(fd, F_GETFD) >= 0; fd++) {
		/* It is one thread: also what v2 takes ("cgroup.procs") moves no other. */
		if (write(fd, "0", 1) != 1) die("join", "cgroup");
		close(fd);
	}
	plant_root(n, argv, &base);
	if (chdir("/")) die("enter", "/");
	/* runsc looks at itself in /proc, and keeps its state in /run. */
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) die("mount", "/proc");
	if (mount("stoa", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=711,size=4m,nr_inodes=1k")) die("mount", "/run");
	execv(argv[n + 1], argv + n + 1);
	die("start", argv[n + 1]);
}

static int read_all(int fd, void *to, size_t n)
{
	for (char *at = to; n;) {
		ssize_t k = read(fd, at, n);
		if (k < 0 && errno == EINTR) continue;
		if (k <= 0) return -1;
		at += k;
		n -= (size_t)k;
	}
	return 0;
}

static void tell(uint32_t kind, uint32_t step, int status, int marks)
{
	struct end e = { kind, step, status, marks };
	if (write(FD_ENDS, &e, sizeof e) != (ssize_t)sizeof e) _exit(1);
}

/* The working folder of a job that has ended, one answer for each order. The agent decides what it wants of it. Here too no
 * link is followed and nothing opened that is not a regular file. */
enum { MOST_DEPTH = 40, MOST_NAMES = 256, PIECE = 64 << 10 }; /* MOST_NAMES of 257 bytes are more than a PIECE */
static struct {
	DIR *folders[MOST_DEPTH];
	int depth;
	int file;                                /* -1: none is open */
	uint8_t data[MOST_NAMES * 257];
} tree = { .file = -1 };

static int put_all(int fd, const uint8_t *at, size_t n)
{
	while (n) {
		ssize_t k = write(fd, at, n);
		if (k < 0 && errno == EINTR) continue;
		if (k <= 0) return -1;
		at += k;
		n -= (size_t)k;
	}
	return 0;
}

static void tell_data(int status, size_t n)
{
	tell(END_DATA, (uint32_t)n, status, 0);
	if (put_all(FD_ENDS, tree.data, n)) _exit(1);
}

/* Passes on what follows an order, and lets it go when nobody takes it any more: the next order comes after it. */
static void pour(int to, uint64_t n)
{
	while (n) {
		size_t some = n < sizeof tree.data ? (size_t)n : sizeof tree.data;
		if (read_all(FD_ORDERS, tree.data, some)) _exit(1);
		if (to >= 0 && put_all(to, tree.data, some)) to = -1;
		n -= some;
	}
}

/* Ends every process but this one; none is left when it returns. */
static void settle(void)
{
	for (;;) {
		pid_t p;
		kill(-1, SIGKILL);
		while ((p = waitpid(-1, NULL, WNOHANG)) > 0) {}
		if (p < 0 && errno == ECHILD) return;
		poll(NULL, 0, 1);
	}
}

static int enter(int in, const char *name)
{
	if (tree.depth == MOST_DEPTH) { errno = ELOOP; return -1; }
	int fd = openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		int e = errno;
		if (fd >= 0) close(fd);
		errno = e;
		return -1;
	}
	tree.folders[tree.depth++] = d;
	return 0;
}

/* The next names of a folder: kind, length, bytes. */
static ssize_t list(DIR *d)
{
	size_t n = 0;
	for (int i = 0; i < MOST_NAMES;) {
		struct dirent *e = readdir(d);
		if (!e && errno) return -1;
		if (!e) break;
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
		size_t l = strlen(e->d_name);
		tree.data[n++] = e->d_type;
		tree.data[n++] = (uint8_t)l;
		memcpy(tree.data + n, e->d_name, l);
		n += l;
		i++;
	}
	return (ssize_t)n;
}

/* Opens a file and tells its size. */
static ssize_t open_file(DIR *d, const char *name)
{
	struct stat s;
	if (tree.file >= 0) close(tree.file);
	tree.file = openat(dirfd(d), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (tree.file < 0) return -1;
	if (fstat(tree.file, &s)) return -1;
	if (!S_ISREG(s.st_mode)) { errno = EINVAL; return -1; }
	uint64_t size = (uint64_t)s.st_size;
	memcpy(tree.data, &size, sizeof size);
	return sizeof size;
}

static void look(const struct order *o, const char *name)
{
	DIR *d = tree.depth ? tree.folders[tree.depth - 1] : NULL;
	ssize_t n = 0;
	errno = 0;
	if (o->kind == ORDER_SETTLE) {
		settle();
		n = enter(AT_FDCWD, "/box");
	} else if (!d) {
		errno = EBADF;
		n = -1;
	} else switch (o->kind) {
	case ORDER_LIST: n = list(d); break;
	case ORDER_ENTER: n = enter(dirfd(d), name); break;
	case ORDER_LEAVE: closedir(d); tree.depth--; break;
	case ORDER_OPEN: n = open_file(d, name); break;
	case ORDER_READ: n = read(tree.file, tree.data, PIECE); break;
	default: _exit(1);
	}
	tell_data(n < 0 ? errno : 0, n < 0 ? 0 : (size_t)n);
}

/* As in cell.c: one tmpfs for the working folder, /tmp and /dev/shm, so that one bound holds for all three. */
static int storage(const struct order *o)
{
	static const struct { const char *at, *to; mode_t mode; } folders[] = {
		{ "/cell/box", "/box", 0755 }, { "/cell/tmp", "/tmp", 0700 }, { "/cell/shm", "/dev/shm", 0700 },
	};
	char options[96];
	snprintf(options, sizeof options, "mode=0711,size=%llu,nr_inodes=%llu", (unsigned long long)o->disk, (unsigned long long)o->inodes);
	if (mount("stoa", "/cell", "tmpfs", MS_NOSUID | MS_NODEV, options)) return -1;
	for (unsigned i = 0; i < 3; i++)
		if (mkdir(folders[i].at, 0700) || chown(folders[i].at, o->uid, o->uid) || chmod(folders[i].at, folders[i].mode) ||
		    mount(folders[i].at, folders[i].to, NULL, MS_BIND, NULL)) return -1;
	/* The folder that holds the hierarchies is memory too, and nobody's bound. */
	return mkdir("/sys/fs/cgroup/pids/run", 0755) || chmod("/sys/fs/cgroup", 0555);
}

static int put_number(const char *path, uint32_t n)
{
	char text[16];
	snprintf(text, sizeof text, "%u", n);
	return write_file(path, text);
}

static long get_number(const char *path)
{
	char text[32] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return -1;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	return n > 0 ? strtol(text, NULL, 10) : -1;
}

/* gVisor knows fewer limits than Linux; the others are of its own making anyway. */
static int limit(int what, uint64_t to)
{
	struct rlimit l = { to, to };
	return setrlimit((__rlimit_resource_t)what, &l);
}

static void guest_failed(int report, enum step step)
{
	struct failure f = { step, errno };
	if (write(report, &f, sizeof f) < 0) _exit(126);
	_exit(125);
}

static void guest(const struct order *o, struct payload *p, int report)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (put_number("/sys/fs/cgroup/pids/run/cgroup.procs", (uint32_t)getpid())) guest_failed(report, STEP_CGROUP);
	int in = o->input ? FD_STDIN : open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (in < 0 || dup2(in, 0) < 0 || dup2(FD_STDOUT, 1) < 0 || dup2(FD_STDERR, 2) < 0) guest_failed(report, STEP_STDIO);
	umask(022);
	setsid();
	if (chdir("/box")) guest_failed(report, STEP_SETNS);
	if (limit(RLIMIT_CORE, 0) || limit(RLIMIT_FSIZE, o->fsize) || limit(RLIMIT_CPU, o->cpu) || limit(RLIMIT_NOFILE, o->files))
		guest_failed(report, STEP_RLIMIT);
	if (drop_bounding_set() || become(o->uid)) guest_failed(report, STEP_CREDS);
	if (payload_parse(p)) guest_failed(report, STEP_PAYLOAD);
	if (payload_files(p)) guest_failed(report, STEP_FILES);
	/* Everything but the report closes at exec, as does the report itself. */
	for (int fd = FD_ORDERS; fd < FD_JOIN; fd++) close(fd);
	execve(p->argv[0], p->argv, p->envp);
	guest_failed(report, STEP_EXEC);
}

/* As cell.full in cell.go. */
static int used_up(fsfilcnt_t left, fsfilcnt_t of) { return left <= (of / 64 < 16 ? of / 64 : 16); }

/* How a process ended: its status, and what was exhausted at that moment, before anything is cleaned up. */
static void tell_end(int status, uint32_t processes)
{
	struct statvfs s;
	int marks = 0;
	if (!statvfs("/cell", &s) && (used_up(s.f_bavail, s.f_blocks) || used_up(s.f_ffree, s.f_files))) marks |= MARK_FULL;
	/* No counter of refused forks here: it was crowded if all places but its own are still taken. */
	if (processes > 1 && get_number("/sys/fs/cgroup/pids/run/pids.current") >= (long)processes - 1) marks |= MARK_CROWDED;
	tell(END_EXIT, 0, status, marks);
}

static void run(const struct order *o, struct payload *p, int signals)
{
	struct failure f;
	int report[2], contents[2] = { -1, -1 }, status;
	put_number("/sys/fs/cgroup/pids/run/pids.max", o->processes);
	if (pipe2(report, O_CLOEXEC) || (o->contents && pipe2(contents, O_CLOEXEC))) {
		tell(END_FAILED, STEP_STDIO, errno, 0);
		pour(-1, o->contents);
		return;
	}
	p->stream = contents[0];
	pid_t child = fork();
	if (child == 0) guest(o, p, report[1]);
	int e = errno;
	close(report[1]);
	if (o->contents) {
		close(contents[0]);
		pour(child < 0 ? -1 : contents[1], o->contents);
		close(contents[1]);
	}
	if (child < 0) { close(report[0]); tell(END_FAILED, STEP_CLONE, e, 0); return; }
	ssize_t n = read(report[0], &f, sizeof f); /* nothing, once it has become the program */
	close(report[0]);
	for (;;) {
		struct signalfd_siginfo drop;
		siginfo_t who = { 0 };
		struct pollfd wait[2] = { { signals, POLLIN, 0 }, { FD_ORDERS, POLLIN, 0 } };
		/* Seen before it is reaped, so that it still counts among the processes. */
		while (!waitid(P_ALL, 0, &who, WEXITED | WNOHANG | WNOWAIT) && who.si_pid) {
			if (who.si_pid == child && n != (ssize_t)sizeof f) {
				siginfo_t same;
				status = who.si_code == CLD_EXITED ? (who.si_status & 0xff) << 8 : who.si_status;
				tell_end(status, o->processes);
				kill(-1, SIGKILL); /* what it leaves behind */
				waitid(P_PID, (id_t)child, &same, WEXITED);
				return;
			}
			if (who.si_pid == child) { waitpid(child, NULL, 0); tell(END_FAILED, f.step, f.error, 0); return; }
			waitpid(who.si_pid, NULL, 0);
			who.si_pid = 0;
		}
		if (poll(wait, 2, -1) < 0 && errno != EINTR) _exit(1);
		if (wait[1].revents & POLLIN) {
			struct order other;
			if (read_all(FD_ORDERS, &other, sizeof other) || other.kind != ORDER_KILL) _exit(1);
			kill(-1, SIGKILL); /* its end is told as any */
		} else if (wait[1].revents & (POLLHUP | POLLERR)) {
			_exit(0);
		}
		if (wait[0].revents && read(signals, &drop, sizeof drop) < 0) _exit(1);
	}
}

int inside_main(void)
{
	struct order o;
	int stored = 0;
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signal(SIGPIPE, SIG_IGN);
	int signals = signalfd(-1, &child, SFD_CLOEXEC);
	if (signals < 0) return 1;
	tell(END_READY, 0, 0, 0);
	while (!read_all(FD_ORDERS, &o, sizeof o)) {
		struct payload p = { .size = o.payload };
		if (o.kind == ORDER_KILL) continue; /* what it was for has ended by itself */
		if (o.kind != ORDER_RUN) {
			char name[256] = { 0 };
			if (o.payload >= sizeof name || read_all(FD_ORDERS, name, o.payload)) return 1;
			look(&o, name);
			continue;
		}
		if (!stored++ && storage(&o)) { tell(END_FAILED, STEP_TMPFS, errno, 0); return 1; }
		p.map = mmap(NULL, p.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p.map == MAP_FAILED) { tell(END_FAILED, STEP_PAYLOAD, errno, 0); return 1; }
		if (read_all(FD_ORDERS, p.map, p.size)) return 1;
		run(&o, &p, signals);
		munmap(p.map, p.size);
	}
	return 0;
}
