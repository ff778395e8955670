package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// offer is what an installation lets the user run: shown in the help, and remembered for when it cannot be asked.
type offer struct {
	Runtimes []stoa.Runtime `json:"runtimes"`
	Limits   []stoa.Limit   `json:"limits"`
	At       time.Time      `json:"at"`
}

// helpPatience is how long the help waits for the server.
const helpPatience = 300 * time.Millisecond

// help is kong's, and for run what this installation offers.
func (c *call) help(options kong.HelpOptions, k *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, k); err != nil {
		return err
	}
	if selected := k.Selected(); selected == nil || selected.Name != "run" {
		return nil
	}
	_, err := io.WriteString(c.Stdout, c.offerText())
	return err
}

func (c *call) offerText() string {
	var out strings.Builder
	out.WriteString("\nExit codes\n")
	for _, e := range runExitCodes {
		fmt.Fprintf(&out, "  %-6s %s\n", e.code, e.meaning)
	}
	o, err := c.currentOffer()
	if err != nil {
		fmt.Fprintf(&out, "\nRuntimes and limits are those of your installation: %s.\n", err)
		return out.String()
	}
	as := ""
	if time.Since(o.At) > time.Minute {
		as = ", as of " + o.At.Local().Format(time.DateTime)
	}
	fmt.Fprintf(&out, "\nRuntimes%s\n", as)
	for _, r := range o.Runtimes {
		mark := ""
		if r.Default {
			mark = "  (default)"
		}
		fmt.Fprintf(&out, "  %s@%s%s\n", printable(r.Name), printable(r.Version), mark)
	}
	fmt.Fprintf(&out, "\nLimits that apply to you%s\n", as)
	for _, l := range o.Limits {
		if strings.HasPrefix(l.Name, "execution.") {
			fmt.Fprintf(&out, "  %-32s %s\n", l.Name, limitValue(l))
		}
	}
	return out.String()
}

// currentOffer asks the server if it answers at once, and else remembers.
func (c *call) currentOffer() (*offer, error) {
	_, chosen, err := c.context()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), helpPatience)
	defer cancel()
	client := c.connect(chosen.URL, stoa.Token(chosen.Token), stoa.Retries(0))
	fresh := &offer{At: time.Now()}
	if fresh.Runtimes, err = client.Runtimes.List(ctx); err == nil {
		fresh.Limits, err = stoa.Collect(client.Limits.List(ctx, ""), 0)
	}
	if err == nil {
		c.remember(chosen.URL, fresh)
		return fresh, nil
	}
	if old := c.remembered(chosen.URL); old != nil {
		return old, nil
	}
	return nil, fmt.Errorf("%s does not answer", chosen.URL)
}

// cachePath is where the offer of an installation is remembered; empty if there is no place.
func (c *call) cachePath(address string) string {
	base := c.Getenv("XDG_CACHE_HOME")
	if !filepath.IsAbs(base) {
		home := c.Getenv("HOME")
		if home == "" {
			return ""
		}
		base = filepath.Join(home, ".cache")
	}
	sum := sha256.Sum256([]byte(address))
	return filepath.Join(base, "stoa", hex.EncodeToString(sum[:8])+".json")
}

// remember is best effort: a cache that cannot be written is no failure.
func (c *call) remember(address string, o *offer) {
	path := c.cachePath(address)
	raw, err := json.Marshal(o)
	if path == "" || err != nil || os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".offer-*")
	if err != nil {
		return
	}
	_, err = file.Write(raw)
	if file.Close() != nil || err != nil || os.Rename(file.Name(), path) != nil {
		_ = os.Remove(file.Name())
	}
}

func (c *call) remembered(address string) *offer {
	raw, err := os.ReadFile(c.cachePath(address))
	var o offer
	if err != nil || json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return &o
}
