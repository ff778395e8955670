package boot

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A machine that is to join gets the agent that fits, whole or the rest of it, also when it was replaced meanwhile.
func TestProgramsAreGivenOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stoa-agent")
	if err := os.WriteFile(path, []byte("the agent"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	opened := downloads{"stoa-agent": f}
	defer opened.close()
	files, args := opened.pass(4)
	if len(files) != 1 || strings.Join(args, " ") != "--program=stoa-agent=4" {
		t.Fatalf("passed %v", args)
	}
	fd, err := syscall.Dup(int(files[0].Fd())) // as the child finds it
	if err != nil {
		t.Fatal(err)
	}
	taken := takeDownloads(map[string]int{"stoa-agent": fd})
	defer taken.close()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /download/{program}", taken)
	get := func(path, piece string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		if piece != "" {
			r.Header.Set("Range", piece)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		body, err := io.ReadAll(w.Result().Body)
		if err != nil {
			t.Fatal(err)
		}
		return w.Code, string(body)
	}
	if code, body := get("/download/stoa-agent", ""); code != http.StatusOK || body != "the agent" {
		t.Errorf("%d %q", code, body)
	}
	if code, body := get("/download/stoa-agent", "bytes=4-"); code != http.StatusPartialContent || body != "agent" {
		t.Errorf("the rest: %d %q", code, body)
	}
	for _, other := range []string{"stoad", "stoa-runsc", "..%2Fstoad", strconv.Itoa(fd)} {
		if code, body := get("/download/"+other, ""); code != http.StatusNotFound || !strings.Contains(body, "does not give out") {
			t.Errorf("%s: %d %q", other, code, body)
		}
	}
}
