/* What makes a warmed interpreter a fork server ("zygote"), whatever its language: it waits for requests of the agent on
 * CONTROL_FD and forks a guest for each. It runs inside the interpreter, as a module of it. */
#include "stoa.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_CHILDREN 4096

static struct { pid_t pid; uint32_t id; } children[MOST_CHILDREN];
static int nchildren, signals;

static void reap(void)
{
	struct rusage u;
	int status;
	pid_t pid;
	while ((pid = wait4(-1, &status, WNOHANG, &u)) > 0)
		for (int i = 0; i < nchildren; i++)
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

/* In the guest. The order is that of guest() in nurse.c; what the zygote has done already is inherited. */
static void become_guest(const struct interpreter *in, struct payload *p, const struct request *r, int *fds, int nfds)
{
	struct failure f = { 0, 0 };
	if (enter_cell(r, fds, nfds, &f) || confine(r, &f)) goto failed;
	f.step = STEP_LANDLOCK;
	if (landlock_confine()) goto failed;
	f.step = STEP_SECCOMP;
	if (seccomp_seal()) goto failed;
	nchildren = 0;
	if (in->in_child) in->in_child();
	/* Everything up to here can be done ahead. The run begins when its payload comes. */
	f.step = STEP_PAYLOAD;
	int payload = payload_await(fds[FD_PAYLOAD]);
	if (payload < 0 || payload_open(p, payload)) goto failed;
	f.step = STEP_FILES;
	if (payload_files(p)) goto failed;
	f.step = STEP_STDIO;
	if (in->reports && dup3(fds[FD_STATUS], STATUS_FD, O_CLOEXEC) < 0) goto failed;
	/* The socket to the agent and all that came through it end here, before any of the user's code runs. */
	if (in->keeps_files) {
		close_all(fds, nfds);
		close(CONTROL_FD);
		close(payload);
		close(signals);
	} else {
		syscall(SYS_close_range, 3, STATUS_FD - 1, 0);
		syscall(SYS_close_range, STATUS_FD + 1, ~0U, 0);
	}
	if (limit_files(r)) _exit(126);
	prctl(PR_SET_DUMPABLE, 1); /* /proc/self belongs to the guest, as programs expect; exec does this by itself */
	return;
failed:
	answer_failed(CONTROL_FD, r->id, f.step, errno);
	_exit(126);
}

int zygote_serve(const struct interpreter *in, struct payload *p)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC);
	/* After exec, for an exec with an empty bounding set would have taken the capabilities that entering cells needs.
	 * All else that confines it was done before it started: see become_zygote in nurse.c. */
	if (signals < 0 || drop_bounding_set()) return -1;
	struct reply ready = { .kind = REP_READY };
	answer(CONTROL_FD, &ready, NULL, 0);
	for (;;) {
		struct pollfd w[2] = { { .fd = CONTROL_FD, .events = POLLIN }, { .fd = signals, .events = POLLIN } };
		if (poll(w, 2, -1) < 0 && errno != EINTR) _exit(70);
		if (w[1].revents) {
			struct signalfd_siginfo s[8];
			while (read(signals, s, sizeof s) > 0) {}
			reap();
		}
		if (!w[0].revents) continue;
		struct request r;
		int fds[MAX_FDS], n;
		int got = receive(CONTROL_FD, &r, fds, &n);
		if (got <= 0) _exit(0); /* the agent is done with this zygote */
		if (r.kind != REQ_RUN || n < FD_CGROUPS || nchildren == MOST_CHILDREN) {
			answer_failed(CONTROL_FD, r.id, STEP_REQUEST, EINVAL);
		} else if (setns(fds[FD_CELL], CLONE_NEWPID)) {
			answer_failed(CONTROL_FD, r.id, STEP_SETNS, errno);
		} else {
			pid_t pid = in->fork();
			if (pid == 0) { become_guest(in, p, &r, fds, n); return 0; }
			if (pid < 0) answer_failed(CONTROL_FD, r.id, STEP_CLONE, errno);
			else children[nchildren].pid = pid, children[nchildren++].id = r.id;
		}
		close_all(fds, n);
	}
}

char **payload_news(struct payload *p)
{
	char **to = p->envp;
	for (char **from = p->envp; *from; from++) {
		char **e = environ;
		while (*e && strcmp(*e, *from)) e++;
		if (!*e) *to++ = *from;
	}
	*to = NULL;
	return p->envp;
}
