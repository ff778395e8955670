package cli

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"runtime"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// withBrowser shows a code and waits until somebody has approved it in the console.
func (l *loginCommand) withBrowser(c *call, address string) (string, error) {
	client := c.connect(address)
	codes, err := client.Auth.StartDevice(c.ctx, stoa.DeviceStartRequest{Name: tokenName(), ExpiresInDays: int64(l.Days)})
	if err != nil {
		return "", err
	}
	c.say("To sign in, open this page in a browser, on this machine or another one:\n\n  %s\n\nand type this code there:\n\n  %s\n",
		printable(codes.VerificationURI), printable(codes.UserCode))
	if !l.NoBrowser && c.OpenBrowser != nil && terminal(c.Stderr) && isWeb(codes.VerificationURIComplete) {
		if err := c.OpenBrowser(codes.VerificationURIComplete); err == nil {
			c.say("A browser was opened there.")
		}
	}
	c.say("Waiting. The code holds for %d minutes; nobody who asks you for it means you well.", codes.ExpiresIn/60)
	made, err := client.Auth.WaitDevice(c.ctx, codes)
	if err != nil {
		return "", err
	}
	return made.Secret, nil
}

// isWeb keeps a server from having this machine open anything else than a web page.
func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// browser is how to open a page on this machine; nil when nobody would see it.
func browser(getenv func(string) string) func(string) error {
	program := "xdg-open"
	switch {
	case runtime.GOOS == "darwin":
		program = "open"
	case getenv("SSH_CONNECTION") != "", getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "":
		return nil
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return nil
	}
	return func(address string) error {
		cmd := exec.CommandContext(context.Background(), path, address) //nolint:gosec // a web address, checked by who calls
		cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, nil, nil
		cmd.Env = os.Environ()
		if err := cmd.Start(); err != nil {
			return fmt.Errorf("open browser: %w", err)
		}
		go func() { _ = cmd.Wait() }() // it may stay open longer than this program
		return nil
	}
}
