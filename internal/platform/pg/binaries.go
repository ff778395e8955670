package pg

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// binaries is a PostgreSQL installation: a folder with initdb and postgres.
type binaries struct {
	dir     string
	version string // 18.4
	major   int
}

// oldestMajor is the oldest PostgreSQL that Stoa works with.
const oldestMajor = 15

// hosts are the installations of this machine, newest first.
func hosts() (all []binaries) {
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	for _, path := range installed {
		if b, err := inspect(filepath.Dir(path)); err == nil && b.major >= oldestMajor {
			all = append(all, b)
		}
	}
	slices.SortFunc(all, func(a, b binaries) int { return b.major - a.major })
	return all
}

// choose finds an installation that reads data of a major version (zero is any):
// the bundle, below a folder where it is yet to be unpacked, or the host's. newest
// is what would serve new data.
func choose(bundles string, major int) (chosen, newest binaries, err error) {
	var all []binaries
	if b, ok, err := bundle(); err != nil {
		return chosen, newest, err
	} else if ok {
		all = append(all, binaries{dir: filepath.Join(bundles, b.folder(), "bin"), version: b.version, major: b.major})
	}
	if len(all) == 0 || major != 0 && all[0].major != major { // asking the host takes time
		all = append(all, hosts()...)
	}
	if len(all) == 0 {
		return chosen, newest, nil
	}
	if i := slices.IndexFunc(all, func(b binaries) bool { return major == 0 || b.major == major }); i >= 0 {
		chosen = all[i]
	}
	return chosen, all[0], nil
}

var versionWord = regexp.MustCompile(`\) ((\d+)(\.\d+|devel|beta\d+|rc\d+)*)`)

// inspect asks an installation for its version.
func inspect(dir string) (binaries, error) {
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output() //nolint:gosec // a fixed place, or the operator's choice
	if err != nil {
		return binaries{}, fmt.Errorf("ask postgres in %s for its version: %w", dir, err)
	}
	found := versionWord.FindStringSubmatch(string(out)) // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
	if found == nil {
		return binaries{}, fmt.Errorf("read PostgreSQL's version from %q", out)
	}
	major, err := strconv.Atoi(found[2])
	if err != nil {
		return binaries{}, fmt.Errorf("read PostgreSQL's version from %q: %w", out, err)
	}
	return binaries{dir: dir, version: found[1], major: major}, nil
}

// ServerIdentity names the server that Embed would start on new data.
func ServerIdentity() string {
	b, _, err := choose("", 0)
	if err != nil || b.dir == "" {
		return "none"
	}
	return b.version + " " + b.dir
}
