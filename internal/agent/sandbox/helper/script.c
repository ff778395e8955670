/* The module that Perl and Ruby load when warmed. Its one function returns in each guest, confined; what the run was given
 * lies behind LETTER_FD then, each item ended by a zero byte: how many arguments, the arguments, and the variables that the
 * interpreter does not have yet. So it needs nothing of either language's interface, which changes from version to version. */
#include "stoa.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LETTER_FD STATUS_FD

/* Ruby's, absent in Perl; these have not changed since Ruby 1.9. Ruby must fork by itself, for it has timers and random
 * numbers to make anew. Perl has nothing to do round a fork. */
typedef uintptr_t VALUE;
extern VALUE rb_mProcess __attribute__((weak));
extern uintptr_t rb_intern(const char *) __attribute__((weak));
extern VALUE rb_funcallv(VALUE, uintptr_t, int, const VALUE *) __attribute__((weak));
extern VALUE rb_protect(VALUE (*)(VALUE), VALUE, int *) __attribute__((weak));

static VALUE call_fork(VALUE process) { return rb_funcallv(process, rb_intern("fork"), 0, NULL); }

static pid_t ruby_fork(void)
{
	int raised = 0;
	VALUE pid = rb_protect(call_fork, rb_mProcess, &raised); /* a Fixnum, or nil in the child */
	if (raised) { errno = EAGAIN; return -1; }
	return pid & 1 ? (pid_t)(pid >> 1) : 0;
}

static int put(int fd, const char *s)
{
	size_t n = strlen(s) + 1;
	for (ssize_t k; n; s += k, n -= (size_t)k)
		if ((k = write(fd, s, n)) <= 0) return -1;
	return 0;
}

static int letter(struct payload *p)
{
	char count[16];
	int n = 0, fd = (int)syscall(SYS_memfd_create, "letter", MFD_CLOEXEC), bad = fd < 0; /* younger than some libcs */
	while (p->argv[n]) n++;
	snprintf(count, sizeof count, "%d", n);
	if (!bad) bad = put(fd, count);
	for (char **v = p->argv; !bad && *v; v++) bad = put(fd, *v);
	for (char **v = payload_news(p); !bad && *v; v++) bad = put(fd, *v);
	return bad || lseek(fd, 0, SEEK_SET) || dup3(fd, LETTER_FD, O_CLOEXEC) < 0 || close(fd);
}

/* Perl calls it as a function of its own, and minds neither what it leaves unread nor that it returns nothing. */
__attribute__((visibility("default"))) void stoa_serve(void)
{
	/* Ruby has descriptors of its own, and ends the process when one is closed under its feet. */
	struct interpreter in = { .fork = rb_protect ? ruby_fork : fork, .keeps_files = rb_protect != NULL };
	struct payload p;
	if (zygote_serve(&in, &p)) { perror("serve"); _exit(70); }
	if (letter(&p)) _exit(126);
	payload_close(&p);
}

/* Ruby calls it when the module is loaded. */
extern void ruby_loads(void) __asm__("\"Init_stoa-sandbox-script\"");
__attribute__((visibility("default"))) void ruby_loads(void) { stoa_serve(); }
