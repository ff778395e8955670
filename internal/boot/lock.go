package boot

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Running says which program uses a data folder. It lies in run/stoad.json for as
// long as that program runs.
type Running struct {
	PID       int       `json:"pid"`
	URL       string    `json:"url"`
	Listening string    `json:"listening"`           // host:port of the listener
	SetupURL  string    `json:"setup_url,omitempty"` // until the first administrator is there
	Database  string    `json:"database,omitempty"`  // the embedded one's socket, for a backup
	StartedAt time.Time `json:"started_at"`
}

// errTaken says that another stoad uses the data folder.
type errTaken struct{ Running }

func (e errTaken) Error() string {
	if e.URL == "" {
		return "another stoad is starting with this data folder"
	}
	return fmt.Sprintf("Stoa is already running with this data folder: %s (process %d, since %s)", e.URL, e.PID, e.StartedAt.Local().Format(time.DateTime))
}

// lock makes sure that one program uses the data folder. The kernel lets go of it
// when the process dies, however it dies.
func lock(c Config) (*os.File, error) {
	f, err := os.OpenFile(c.path("run", "stoad.lock"), os.O_CREATE|os.O_RDWR|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			running, _ := readRunning(c)
			return nil, errTaken{running}
		}
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	_ = os.Remove(c.path("run", "stoad.json")) // a killed predecessor's
	return f, nil
}

func readRunning(c Config) (Running, error) {
	var r Running
	b, err := os.ReadFile(c.path("run", "stoad.json"))
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(b, &r)
}

func writeRunning(c Config, r Running) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return replaceFile(c.path("run", "stoad.json"), append(b, '\n'))
}

// replaceFile writes a private file so that readers see the old content or the new, never a part.
func replaceFile(path string, content []byte) error {
	temporary := path + ".new"
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
