package boot

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"syscall"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

// downloads are the programs that other machines need, as they lay beside this one when it
// started: an agent from here fits this control plane.
type downloads map[string]*os.File

// openDownloads finds them. What is not there, or not readable, is not offered.
func openDownloads() downloads {
	found := downloads{}
	for _, name := range []string{"stoa-agent", "stoa-runsc", "stoa"} {
		path, err := sibling(name)
		if err != nil {
			continue
		}
		if f, err := os.Open(path); err == nil {
			found[name] = f
		}
	}
	return found
}

func (d downloads) close() {
	for _, f := range d {
		_ = f.Close()
	}
}

// pass hands them to a child whose files begin at descriptor first: it may run as somebody
// who cannot open them. The arguments tell it which is which.
func (d downloads) pass(first int) (files []*os.File, args []string) {
	for _, name := range slices.Sorted(maps.Keys(d)) {
		args = append(args, fmt.Sprintf("--program=%s=%d", name, first+len(files)))
		files = append(files, d[name])
	}
	return files, args
}

// takeDownloads is the other end of pass. Without it, the programs beside this one are opened.
func takeDownloads(passed map[string]int) downloads {
	if len(passed) == 0 {
		return openDownloads()
	}
	taken := downloads{}
	for name, fd := range passed {
		syscall.CloseOnExec(fd) // PostgreSQL has no use for them
		taken[name] = os.NewFile(uintptr(fd), name)
	}
	return taken
}

// ServeHTTP gives out one program. Nobody is asked who they are: a machine that is to join has
// no credential yet, and the programs hold no secret.
func (d downloads) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("program")
	f, ok := d[name]
	if !ok {
		httpx.WriteProblem(w, r, fault.New(fault.NotFound, "program.not_here", "This installation does not give out such a program. It may have stoa-agent, stoa-runsc and stoa."))
		return
	}
	info, err := f.Stat()
	if err != nil {
		httpx.WriteProblem(w, r, fmt.Errorf("look at %s: %w", name, err))
		return
	}
	httpx.Download(w, name, "application/octet-stream")
	http.ServeContent(w, r, name, info.ModTime(), io.NewSectionReader(f, 0, info.Size()))
}
