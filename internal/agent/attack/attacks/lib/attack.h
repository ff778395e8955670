/* What the attacks in C and C++ have in common. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#pragma GCC diagnostic ignored "-Wunused-result"

/* r is what a call returned that must be refused before it does anything. */
__attribute__((unused)) static void refused(const char *what, long r)
{
	if (r != -1) printf("REACHED: %s returned %ld\n", what, r);
	else if (errno != EPERM && errno != ENOSYS && errno != EACCES && errno != EAFNOSUPPORT)
		printf("REACHED: %s said %s\n", what, strerror(errno));
}

/* It may not be there, either. */
__attribute__((unused)) static void never(const char *what, long r)
{
	if (r != -1) printf("ESCAPED: %s returned %ld\n", what, r);
}
