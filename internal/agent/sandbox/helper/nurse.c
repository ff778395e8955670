/* The nurse: pid 1 of the inner pid namespace, root of the user namespace, single-threaded. It makes cells, starts guests
 * by exec (class "fresh") and warmed interpreters (which fork guests themselves), and reports who ended.
 * It never blocks on anything but its poll: what may take time happens in the forked child, which answers the agent
 * itself. When the agent's socket ends, the nurse exits, and with pid 1 gone the kernel kills the rest. */
#include "stoa.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

struct child { pid_t pid; uint32_t id; };
static struct child *children;
static size_t nchildren, room;
static int proc, own_pidns, signals;
static pid_t next_zygote = ZYGOTE_PID;

static int remember(pid_t pid, uint32_t id)
{
	if (nchildren == room) {
		size_t n = room ? room * 2 : 64;
		struct child *c = realloc(children, n * sizeof *c);
		if (!c) return -1;
		children = c;
		room = n;
	}
	children[nchildren++] = (struct child){ pid, id };
	return 0;
}

static void reap(void)
{
	struct rusage u;
	int status;
	pid_t pid;
	while ((pid = wait4(-1, &status, WNOHANG, &u)) > 0)
		for (size_t i = 0; i < nchildren; i++)
			if (children[i].pid == pid) {
				struct reply a = { .kind = REP_EXIT, .id = children[i].id, .status = status,
					.user_us = (uint64_t)u.ru_utime.tv_sec * 1000000 + (uint64_t)u.ru_utime.tv_usec,
					.system_us = (uint64_t)u.ru_stime.tv_sec * 1000000 + (uint64_t)u.ru_stime.tv_usec,
					.maxrss_kb = (uint64_t)u.ru_maxrss };
				children[i] = children[--nchildren];
				answer(CONTROL_FD, &a, NULL, 0);
				break;
			}
}

static void make_cell(const struct request *r)
{
	int netns = netns_of_slot(r->slot);
	if (netns < 0) { answer_failed(CONTROL_FD, r->id, STEP_NETNS, errno); return; }
	struct clone_args a = { .flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS, .exit_signal = SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, &a, sizeof a);
	if (pid == 0) cell_main(r, netns);
	if (pid < 0 || remember(pid, r->id)) answer_failed(CONTROL_FD, r->id, STEP_CLONE, errno);
}

/* What a compiler made was bounded as compilers are. The program that follows gets its own room beside what is there. */
static int bound_disk(const struct request *r)
{
	struct statfs s;
	char options[96];
	if (!r->disk) return 0;
	if (statfs("/box", &s)) return -1;
	uint64_t bytes = (uint64_t)(s.f_blocks - s.f_bfree) * (uint64_t)s.f_bsize, files = s.f_files - s.f_ffree;
	snprintf(options, sizeof options, "size=%llu,nr_inodes=%llu", (unsigned long long)(bytes + r->disk), (unsigned long long)(files + r->inodes));
	return mount(NULL, "/box", NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV, options);
}

static void guest(const struct request *r, const int *fds, int nfds)
{
	struct failure f = { 0, 0 };
	struct payload p;
	if (enter_cell(r, fds, nfds, &f)) goto failed;
	f.step = STEP_TMPFS;
	if (bound_disk(r)) goto failed;
	f.step = STEP_CREDS;
	if (drop_bounding_set() || confine(r, &f)) goto failed;
	f.step = STEP_PAYLOAD;
	if (payload_open(&p, fds[FD_PAYLOAD]) || !p.argv[0]) goto failed;
	f.step = STEP_FILES;
	if (payload_files(&p)) goto failed;
	f.step = STEP_LANDLOCK;
	if (landlock_confine()) goto failed;
	f.step = STEP_SECCOMP;
	if (seccomp_load(0)) goto failed;
	/* Every descriptor but 0, 1 and 2 is closed on exec; this makes it certain, and keeps the socket until then. */
	syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
	f.step = STEP_STDIO;
	if ((r->flags & FLAG_GATE) && dup2(fds[FD_STATUS], GATE_FD) < 0) goto failed;
	f.step = STEP_RLIMIT;
	if (limit_files(r)) goto failed;
	signal(SIGPIPE, SIG_DFL);
	execve(p.argv[0], p.argv, p.envp);
	f.step = STEP_EXEC;
failed:
	answer_failed(CONTROL_FD, r->id, f.step, errno);
	_exit(126);
}

static void run(const struct request *r, const int *fds, int nfds)
{
	if (nfds < FD_CGROUPS) { answer_failed(CONTROL_FD, r->id, STEP_REQUEST, EINVAL); return; }
	/* Only later children are affected; the next one is the guest, pid 2 of the cell. */
	if (setns(fds[FD_CELL], CLONE_NEWPID)) { answer_failed(CONTROL_FD, r->id, STEP_SETNS, errno); return; }
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) guest(r, fds, nfds);
	int e = errno;
	if (setns(own_pidns, CLONE_NEWPID)) _exit(70);
	if (pid < 0 || remember(pid, r->id)) answer_failed(CONTROL_FD, r->id, STEP_CLONE, e);
}

int open_self(const char *name)
{
	char path[64];
	snprintf(path, sizeof path, "self/%s", name);
	return openat(proc, path, O_RDONLY | O_CLOEXEC);
}

/* From here on no path of this mount namespace, or of one made from it, leads to the nurse's processes. A zygote needs
 * CAP_SYS_PTRACE to enter cells, and with that could write to the nurse's memory by /proc: the nurse is what no filter holds.
 * Each cell mounts a proc of its own over this. */
static int hide_processes(void)
{
	return mount("none", "/proc", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,nr_inodes=2,mode=555");
}

/* Of /proc, a zygote sees what interpreters look at: itself. */
static int show_itself(void)
{
	int self = (int)syscall(SYS_open_tree, proc, "self", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (self < 0 || unshare(CLONE_NEWNS)) return -1;
	if (mount("none", "/proc", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,nr_inodes=4,mode=755")) return -1;
	if (mkdir("/proc/self", 0755) || syscall(SYS_move_mount, self, "", AT_FDCWD, "/proc/self", MOVE_MOUNT_F_EMPTY_PATH)) return -1;
	close(self);
	return mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

/* What a zygote's children need to enter their cells and become guests. */
static int drop_most_capabilities(void)
{
	static const int kept[] = { CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SYS_PTRACE, CAP_SETUID, CAP_SETGID, CAP_SETPCAP };
	for (int c = 0; c < 64; c++) {
		size_t i = 0;
		while (i < sizeof kept / sizeof *kept && kept[i] != c) i++;
		if (i < sizeof kept / sizeof *kept) continue;
		if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0)) return errno == EINVAL ? 0 : -1; /* past the last one */
	}
	return 0;
}

/* In a zygote's process, before its interpreter starts, which an image may have brought: it is under the guests' filter,
 * but for what entering a cell needs, from its first instruction. Guests inherit that. */
static int become_zygote(const int *cgroups, int n, struct failure *f)
{
	f->step = STEP_CGROUP;
	for (int i = 0; i < n; i++)
		if (write(cgroups[i], "0", 1) != 1) return -1;
	f->step = STEP_PROC;
	if (show_itself()) return -1;
	f->step = STEP_CREDS;
	if (drop_most_capabilities() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
	f->step = STEP_SECCOMP;
	return seccomp_load(1);
}

/* fds: payload with the command, the agent's socket, standard input, output, error, and cgroup "tasks" files to join. */
static void zygote(const struct request *r, const int *fds, int nfds)
{
	if (nfds < 5) { answer_failed(CONTROL_FD, r->id, STEP_REQUEST, EINVAL); return; }
	/* OpenSSL, tempfile and others notice a fork by a changed getpid(). Every guest is pid 2 of its cell; were the
	 * zygote pid 2 of the nurse's namespace, two guests would draw the same "random" bytes. So its pid is chosen. */
	pid_t want = next_zygote++;
	if (next_zygote > ZYGOTE_PID + 2000) next_zygote = ZYGOTE_PID;
	struct clone_args a = { .exit_signal = SIGCHLD, .set_tid = (uint64_t)(uintptr_t)&want, .set_tid_size = 1 };
	pid_t pid = (pid_t)syscall(SYS_clone3, &a, sizeof a);
	if (pid == 0) {
		struct payload p;
		struct failure f;
		if (become_zygote(fds + 5, nfds - 5, &f)) {
			answer_failed(CONTROL_FD, r->id, f.step, errno);
			_exit(126);
		}
		/* SIGCHLD stays blocked: should the interpreter start threads, none of them takes it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_DFL);
		int at[5];
		for (int i = 0; i < 5; i++) at[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 32);
		dup2(at[2], 0); dup2(at[3], 1); dup2(at[4], 2);
		if (payload_open(&p, at[0]) || !p.argv[0]) {
			answer_failed(CONTROL_FD, r->id, STEP_PAYLOAD, errno);
			_exit(126);
		}
		int control = fcntl(CONTROL_FD, F_DUPFD_CLOEXEC, 64);
		dup2(at[1], CONTROL_FD);
		execve(p.argv[0], p.argv, p.envp);
		answer_failed(control, r->id, STEP_EXEC, errno);
		_exit(126);
	}
	if (pid < 0 || remember(pid, r->id)) answer_failed(CONTROL_FD, r->id, STEP_CLONE, errno);
}

int nurse_main(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 1; i < SIGRTMAX; i++) signal(i, SIG_DFL); /* programs inherit none that somebody ignored before us */
	signal(SIGPIPE, SIG_IGN);
	struct rlimit files; /* two for each slot's network */
	if (!getrlimit(RLIMIT_NOFILE, &files) && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	prctl(PR_SET_NAME, "stoa-nurse");
	syscall(SYS_close_range, CONTROL_FD + 1, ~0U, 0); /* what the agent's own maker left open */
	fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	own_pidns = open_self("ns/pid");
	if (signals < 0 || own_pidns < 0 || hide_processes()) return 70;
	struct reply hello = { .kind = REP_READY, .id = 0 };
	answer(CONTROL_FD, &hello, NULL, 0);
	for (;;) {
		struct pollfd p[2] = { { .fd = CONTROL_FD, .events = POLLIN }, { .fd = signals, .events = POLLIN } };
		if (poll(p, 2, -1) < 0 && errno != EINTR) return 70;
		if (p[1].revents) {
			struct signalfd_siginfo s[8];
			while (read(signals, s, sizeof s) > 0) {}
			reap();
		}
		if (!p[0].revents) continue;
		struct request r;
		int fds[MAX_FDS], n;
		int got = receive(CONTROL_FD, &r, fds, &n);
		if (got == 0 || (got < 0 && errno != EBADMSG)) return 0; /* the agent is gone */
		if (got < 0) continue;
		switch (r.kind) {
		case REQ_CELL: make_cell(&r); break;
		case REQ_RUN: run(&r, fds, n); break;
		case REQ_ZYGOTE: zygote(&r, fds, n); break;
		default: answer_failed(CONTROL_FD, r.id, STEP_REQUEST, EINVAL);
		}
		close_all(fds, n);
	}
}
