package cli

import (
	"strings"
	"testing"
)

// Whoever is about to carry the command to another machine hears when it cannot work there.
func TestEnrollSaysWhenOnlyThisMachineCouldJoin(t *testing.T) {
	for host, only := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost:8080": true, "http://[::1]:8080": true,
		"https://stoa.example.org": false, "http://192.0.2.7:8080": false,
	} {
		command := "stoa-agent --join " + host + " --token stoa_node_x"
		u := at(t, installation{"POST /nodes/enrollments": says(201, `{"id":"n","token":"stoa_node_x","expires_at":"2026-11-21T10:00:00Z","command":"`+command+`"}`)})
		if code := u.types(t, "nodes", "enroll"); code != 0 || u.out.String() != command+"\n" {
			t.Errorf("%s: exit code %d, %q", host, code, u.out)
		}
		if got := strings.Contains(u.err.String(), "only this machine reaches"); got != only {
			t.Errorf("%s: it says %q", host, u.err)
		}
		if !strings.Contains(u.err.String(), host+"/download/stoa-agent") {
			t.Errorf("%s: it does not say where the agent is: %q", host, u.err)
		}
	}
}
