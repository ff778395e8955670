package telemetry

import "runtime/debug"

// Build says which program this is.
type Build struct {
	Version  string // "v1.2.3", or "devel"
	Revision string // the commit, with "-dirty" if it had changes
	Go       string
}

// ReadBuild reads what the Go linker noted.
func ReadBuild() Build {
	b := Build{Version: "devel"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go = info.GoVersion
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	dirty := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			dirty = s.Value == "true"
		}
	}
	if dirty {
		b.Revision += "-dirty"
	}
	return b
}
