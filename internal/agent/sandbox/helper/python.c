/* The Python module _stoa: what turns a warmed interpreter into a fork server ("zygote").
 *   serve() waits for requests of the agent on CONTROL_FD and forks a guest for each. In the zygote it never returns; in a
 *           guest, entered and confined, it returns (arguments, environment), both lists of bytes.
 *   done(code) tells the agent that the guest has flushed everything and would exit with code, then waits to be killed:
 *           tearing an interpreter down takes longer than most programs.
 * It uses only Python's stable ABI, declared here, so that one build serves every CPython and no headers are needed. */
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

typedef struct object PyObject;
struct method { const char *name; PyObject *(*call)(PyObject *, PyObject *); int flags; const char *doc; };
struct module {
	struct { intptr_t count; void *type; } head;
	void *init; intptr_t index; void *copy;
	const char *name, *doc; intptr_t size; struct method *methods; void *slots, *traverse, *clear, *free;
};
extern PyObject *PyModule_Create2(struct module *, int), *PyExc_OSError, *PyList_New(intptr_t), *PyTuple_New(intptr_t);
extern PyObject *PyBytes_FromString(const char *), *PyUnicode_DecodeFSDefault(const char *), *PyErr_SetFromErrno(PyObject *);
extern int PyList_Append(PyObject *, PyObject *), PyTuple_SetItem(PyObject *, intptr_t, PyObject *);
extern long PyLong_AsLong(PyObject *);
extern void Py_DecRef(PyObject *), PyOS_BeforeFork(void), PyOS_AfterFork_Parent(void), PyOS_AfterFork_Child(void);

#define STATUS_FD 1023 /* the highest below the guest's RLIMIT_NOFILE, out of the way of what it opens */
#define MOST_CHILDREN 4096

static struct { pid_t pid; uint32_t id; } children[MOST_CHILDREN];
static int nchildren;
static pid_t guest;

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

static PyObject *list(char **v, PyObject *(*item)(const char *))
{
	PyObject *l = PyList_New(0);
	for (; l && *v; v++) {
		PyObject *o = item(*v);
		if (!o || PyList_Append(l, o)) return NULL;
		Py_DecRef(o);
	}
	return l;
}

/* The variables that this process does not have already, with the same value. */
static char **news(char **v)
{
	char **to = v;
	for (char **from = v; *from; from++) {
		char **e = environ;
		while (*e && strcmp(*e, *from)) e++;
		if (!*e) *to++ = *from;
	}
	*to = NULL;
	return v;
}

/* In the guest. The order is that of guest() in nurse.c; what the zygote has done already is inherited. */
static PyObject *become_guest(const struct request *r, const int *fds, int nfds)
{
	struct failure f = { 0, 0 };
	struct payload p;
	if (enter_cell(r, fds, nfds, &f) || confine(r, &f)) goto failed;
	f.step = STEP_LANDLOCK;
	if (landlock_confine()) goto failed;
	f.step = STEP_SECCOMP;
	if (seccomp_seal()) goto failed;
	guest = getpid();
	nchildren = 0;
	/* Fork handlers: the random module draws a new seed here, locks are made anew. */
	PyOS_AfterFork_Child();
	/* Everything up to here can be done ahead. The run begins when its payload comes. */
	f.step = STEP_PAYLOAD;
	int payload = payload_await(fds[FD_PAYLOAD]);
	if (payload < 0 || payload_open(&p, payload)) goto failed;
	f.step = STEP_FILES;
	if (payload_files(&p)) goto failed;
	f.step = STEP_STDIO;
	if (dup3(fds[FD_STATUS], STATUS_FD, O_CLOEXEC) < 0) goto failed;
	/* The socket to the agent, the other guests' and the zygote's own descriptors end here, before any of the user's
	 * code runs. */
	syscall(SYS_close_range, 3, STATUS_FD - 1, 0);
	syscall(SYS_close_range, STATUS_FD + 1, ~0U, 0);
	if (limit_files(r)) _exit(126);
	PyObject *answer_ = PyTuple_New(2), *arguments = list(p.argv, PyUnicode_DecodeFSDefault),
		 *environment = list(news(p.envp), PyBytes_FromString);
	payload_close(&p);
	if (!answer_ || !arguments || !environment) return NULL;
	PyTuple_SetItem(answer_, 0, arguments);
	PyTuple_SetItem(answer_, 1, environment);
	return answer_;
failed:
	answer_failed(CONTROL_FD, r->id, f.step, errno);
	_exit(126);
}

static PyObject *serve(PyObject *self, PyObject *unused)
{
	(void)self; (void)unused;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC);
	/* After exec, for an exec with an empty bounding set would have taken the capabilities that entering cells needs.
	 * Once for all guests: a filter costs more to load than all other steps together. */
	if (signals < 0 || drop_bounding_set() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || seccomp_load(1))
		return PyErr_SetFromErrno(PyExc_OSError);
	struct reply ready = { .kind = REP_READY };
	answer(CONTROL_FD, &ready, NULL, 0);
	for (;;) {
		struct pollfd p[2] = { { .fd = CONTROL_FD, .events = POLLIN }, { .fd = signals, .events = POLLIN } };
		if (poll(p, 2, -1) < 0 && errno != EINTR) _exit(70);
		if (p[1].revents) {
			struct signalfd_siginfo s[8];
			while (read(signals, s, sizeof s) > 0) {}
			reap();
		}
		if (!p[0].revents) continue;
		struct request r;
		int fds[MAX_FDS], n;
		int got = receive(CONTROL_FD, &r, fds, &n);
		if (got <= 0) _exit(0); /* the agent is done with this zygote */
		if (r.kind != REQ_RUN || n < FD_CGROUPS || nchildren == MOST_CHILDREN) {
			answer_failed(CONTROL_FD, r.id, STEP_REQUEST, EINVAL);
		} else if (setns(fds[FD_CELL], CLONE_NEWPID)) {
			answer_failed(CONTROL_FD, r.id, STEP_SETNS, errno);
		} else {
			PyOS_BeforeFork();
			pid_t pid = fork();
			if (pid == 0) return become_guest(&r, fds, n);
			int e = errno;
			PyOS_AfterFork_Parent();
			if (pid < 0) answer_failed(CONTROL_FD, r.id, STEP_CLONE, e);
			else children[nchildren].pid = pid, children[nchildren++].id = r.id;
		}
		close_all(fds, n);
	}
}

static PyObject *done(PyObject *self, PyObject *code)
{
	(void)self;
	int32_t status = (int32_t)PyLong_AsLong(code);
	/* A child that the program forked and that ran to the program's end is only a child. */
	if (getpid() != guest || write(STATUS_FD, &status, sizeof status) != sizeof status) _exit(status);
	for (;;) pause();
}

static struct method methods[] = {
	{ "serve", serve, 4 /* METH_NOARGS */, "wait for runs; returns in each guest" },
	{ "done", done, 8 /* METH_O */, "report the exit code and wait for the end" },
	{ NULL, NULL, 0, NULL },
};
static struct module definition = { .head = { 1, NULL }, .name = "_stoa", .size = -1, .methods = methods };

__attribute__((visibility("default"))) PyObject *PyInit__stoa(void)
{
	return PyModule_Create2(&definition, 3 /* the stable ABI */);
}
