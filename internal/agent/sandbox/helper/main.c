/* stoa-sandbox: started by the agent as "warden" or "gvisor", by itself as "nurse", by gVisor as "inside"; in a cell
 * as "emit"; by the nurse as "at", to start an interpreter in a folder (an image may have no program that can). */
#include "stoa.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc >= 2 && !strcmp(argv[1], "warden")) return warden_main(argc - 2, argv + 2);
	if (argc == 2 && !strcmp(argv[1], "nurse")) return nurse_main();
	if (argc >= 2 && !strcmp(argv[1], "gvisor")) return gvisor_main(argc - 2, argv + 2);
	if (argc == 2 && !strcmp(argv[1], "inside")) return inside_main();
	if (argc == 3 && !strcmp(argv[1], "filter")) return filter_main(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "emit")) return emit_main(argv[2]);
	if (argc >= 4 && !strcmp(argv[1], "at")) {
		if (!chdir(argv[2])) execv(argv[3], argv + 3);
		die("start", argv[3]);
	}
	fputs("stoa-sandbox is started by stoa-agent\n", stderr);
	return 64;
}
