/* The Python module _stoa: what turns a warmed interpreter into a fork server ("zygote").
 *   serve() waits for requests of the agent and forks a guest for each. In the zygote it never returns; in a guest,
 *           entered and confined, it returns (arguments, environment): strings, and the variables that are new, in bytes.
 *   done(code) tells the agent that the guest has flushed everything and would exit with code, then waits to be killed:
 *           tearing an interpreter down takes longer than most programs.
 * It uses only Python's stable ABI, declared here, so that one build serves every CPython and no headers are needed. */
#include "stoa.h"
#include <errno.h>
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

static pid_t guest;

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

static pid_t python_fork(void)
{
	PyOS_BeforeFork();
	pid_t pid = fork();
	int e = errno;
	if (pid) PyOS_AfterFork_Parent();
	errno = e;
	return pid;
}

/* In the guest, the random module draws a new seed. */
static const struct interpreter python = { .fork = python_fork, .in_child = PyOS_AfterFork_Child, .reports = 1 };

static PyObject *serve(PyObject *self, PyObject *unused)
{
	(void)self; (void)unused;
	struct payload p;
	if (zygote_serve(&python, &p)) return PyErr_SetFromErrno(PyExc_OSError);
	guest = getpid();
	PyObject *answer_ = PyTuple_New(2), *arguments = list(p.argv, PyUnicode_DecodeFSDefault),
		 *environment = list(payload_news(&p), PyBytes_FromString);
	payload_close(&p);
	if (!answer_ || !arguments || !environment) return NULL;
	PyTuple_SetItem(answer_, 0, arguments);
	PyTuple_SetItem(answer_, 1, environment);
	return answer_;
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
