package script

import (
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/stoa-cloud/stoa/internal/agent/image/imagetest"
)

// shelve starts a registry, over plain HTTP on loopback, with the images that scripts
// name: a shell, a Python if this machine has one, and one that no node may unpack.
func shelve(t *testing.T, env map[string]string) {
	r := imagetest.NewRegistry()
	t.Cleanup(r.Close)
	bash, err := imagetest.Bash(imagetest.File("opt/note", "from the image\n"))
	must(t, err)
	_, env["BASH_DIGEST"], err = r.Push("team/bash", "5", bash)
	must(t, err)
	layer, err := imagetest.Layer(imagetest.File("../../../../tmp/stoa-canary", "dead"))
	must(t, err)
	hostile, err := imagetest.Image(v1.Config{Cmd: []string{"/bin/sh"}}, layer)
	must(t, err)
	_, _, err = r.Push("team/hostile", "1", hostile)
	must(t, err)
	if found, _ := filepath.Glob("/usr/bin/python3.[0-9]*[0-9]"); len(found) > 0 {
		python, err := imagetest.Python(found[0])
		must(t, err)
		_, _, err = r.Push("team/python", "3", python)
		must(t, err)
	}
	env["REGISTRY"] = r.Host()
}
