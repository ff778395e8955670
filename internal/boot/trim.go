package boot

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
)

// trim gives back what only the start needed: the heap's free pages, and the pages
// of the program file, such as the bundled database and every package's
// initialisation. They are read again from the file when they are touched again,
// which most never are. It is a matter of memory only, so nothing here can fail.
func trim() {
	debug.FreeOSMemory()
	program, _ := os.Readlink("/proc/self/exe")
	smaps, _ := os.ReadFile("/proc/self/smaps")
	for _, m := range unwritten(string(smaps), program) {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, m.start, m.length, syscall.MADV_DONTNEED)
	}
}

// mapping is a stretch of this process's memory.
type mapping struct{ start, length uintptr }

// unwritten finds, in /proc/self/smaps, the mappings of the program file that
// cannot be written and have no page that was: what a dynamic linker has relocated
// would be lost.
func unwritten(smaps, program string) (found []mapping) {
	var m mapping
	for line := range strings.Lines(smaps) {
		var start, end uintptr
		var access string
		line = strings.TrimSpace(line)
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &start, &end, &access); n == 3 {
			m = mapping{}
			if strings.HasSuffix(line, " "+program) && (access == "r--p" || access == "r-xp") {
				m = mapping{start, end - start}
			}
		} else if kb, ok := strings.CutPrefix(line, "Anonymous:"); ok && m.length > 0 && strings.TrimSpace(kb) == "0 kB" {
			found = append(found, m)
		}
	}
	return found
}
