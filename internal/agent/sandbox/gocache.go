package sandbox

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Compiling a Go program needs the compiled standard library, and compiling that takes minutes. It is done once for each
// toolchain, in the background, inside the sandbox, from the host's toolchain alone; its archive comes out on stdout, and
// every run sees the result read-only. So no run can poison it. Until it is there, programs compile slowly.
// It begins when the host has been idle for a while, or somebody runs Go, and takes only CPU time that nobody else wants.

const goPrepare = `export GOCACHE=/box/cache && mkdir -p /box/out && cd /box &&
nice -n 19 {bin} list -p 1 -export -f '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' std >list || exit 1
n=0
while IFS='=' read -r name file; do
  n=$((n+1)) && mv "$file" "out/$n.a" && echo "$name=/cache/{key}/$n.a" || exit 1
done <list >out/importcfg
exec tar -C out --sort=name -cf - .`

// goKey names a toolchain's compiled library: another build of the same version gets another.
func goKey(version, path string) string {
	h := fnv.New32a()
	if st, err := os.Stat(path); err == nil {
		fmt.Fprint(h, st.Size(), st.ModTime().UnixNano())
	}
	return fmt.Sprintf("go%s-%08x", version, h.Sum32())
}

// prepareAfter is how long nothing must have run. One that is stopped again soon never needs the library.
const prepareAfter = 30 * time.Second

// prepareGo fills the cache for every Go toolchain among the runtimes, and drops what belongs to none.
func (d *Driver) prepareGo(ctx context.Context, runtimes []*Runtime) {
	if !d.awaitPrepare() {
		return
	}
	keep := map[string]*Runtime{}
	for _, rt := range runtimes {
		if rt.Name == "go" {
			keep[goKey(rt.Version, rt.Path)] = rt
		}
	}
	root := filepath.Join(d.config.Dir, "cache")
	old, _ := os.ReadDir(root)
	for _, e := range old {
		if keep[e.Name()] == nil {
			_ = os.RemoveAll(filepath.Join(root, e.Name()))
		}
	}
	for key, rt := range keep {
		if _, err := os.Stat(filepath.Join(root, key, "importcfg")); err == nil {
			continue
		}
		begin := time.Now()
		err := d.buildGo(ctx, rt, key, root)
		select {
		case <-d.closed:
			return
		default:
		}
		if err != nil {
			d.log.Warn("cannot prepare Go's standard library; Go programs will compile slowly", "runtime", rt.ID(), "error", err)
			continue
		}
		d.log.Info("prepared Go's standard library", "runtime", rt.ID(), "took", time.Since(begin).Round(time.Second))
	}
}

func (d *Driver) buildGo(ctx context.Context, rt *Runtime, key, root string) error {
	script := strings.NewReplacer("{bin}", rt.Path, "{key}", key).Replace(goPrepare)
	build := *rt
	build.Compile, build.Command = nil, []string{"/bin/sh", "-c", script}
	limits := Limits{
		Wall: 30 * time.Minute, CPU: 30 * time.Minute, MemoryBytes: 2 << 30, OutputBytes: 2 << 30, DiskBytes: 1536 << 20,
		InodeCount: 100_000, Processes: 256,
	}
	fresh := filepath.Join(root, ".new")
	_ = os.RemoveAll(fresh)
	if err := os.Mkdir(fresh, 0o755); err != nil {
		return fmt.Errorf("make the cache: %w", err)
	}
	archive, stdout := io.Pipe()
	unpacked := make(chan error, 1)
	go func() {
		err := unpackGo(archive, fresh)
		archive.CloseWithError(err)
		unpacked <- err
	}()
	var words tail
	result, err := d.run(ctx, &build, Job{ID: "standard library of " + rt.ID(), Limits: limits, light: true}, func(s Stream, p []byte) {
		if s == Stdout {
			_, _ = stdout.Write(p)
		} else {
			_, _ = words.Write(p)
		}
	})
	stdout.Close()
	if unpackErr := <-unpacked; err == nil {
		err = unpackErr
	}
	if err == nil && result.Outcome != Completed {
		err = fmt.Errorf("%s (%s): %s", result.Outcome, result.Reason, words.String())
	}
	if err == nil {
		err = os.Rename(fresh, filepath.Join(root, key))
	}
	if err != nil {
		_ = os.RemoveAll(fresh)
	}
	return err
}

var goCacheName = regexp.MustCompile(`^(\./)?([0-9]+\.a|importcfg)$`)

// unpackGo takes only plain files with the names that it expects: what wrote the archive ran the host's own toolchain and
// nothing else, and still gets no say in where files go.
func unpackGo(archive io.Reader, dir string) error {
	const most = 1 << 30
	var total int64
	for r := tar.NewReader(archive); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, archive) // the padding
			return err
		}
		if err != nil {
			return fmt.Errorf("read the archive: %w", err)
		}
		if h.Typeflag == tar.TypeDir {
			continue
		}
		if total += h.Size; h.Typeflag != tar.TypeReg || !goCacheName.MatchString(h.Name) || total > most {
			return fmt.Errorf("unexpected %q in the archive", h.Name)
		}
		f, err := os.OpenFile(filepath.Join(dir, filepath.Base(h.Name)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err != nil {
			return fmt.Errorf("unpack the archive: %w", err)
		}
		_, err = io.Copy(f, r)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("unpack the archive: %w", err)
		}
	}
}
