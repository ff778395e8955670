package boot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// handover is what the control plane gives the process that started it: who may
// use it from this machine, and how this machine's agent joins. It crosses a pipe
// and nothing else.
type handover struct {
	Running
	OperatorToken string   `json:"operator_token"`
	Project       ident.ID `json:"project"`
	AgentToken    string   `json:"agent_token,omitempty"`
}

// announce writes down that this program runs, and where the first administrator starts.
func (p *Program) announce(ctx context.Context) (Running, error) {
	running := Running{PID: os.Getpid(), URL: p.url(), Listening: p.listen.Addr().String(), StartedAt: time.Now()}
	if p.infra.postgres != nil {
		running.Database = p.infra.url
	}
	keep := p.config.path("secrets", "setup-token")
	kept, err := readSecret(keep)
	if err != nil {
		return running, err
	}
	link, err := p.identity.OpenSetup(p.asSystem(ctx), identity.OpenSetup{Kept: kept})
	if err != nil {
		return running, fmt.Errorf("open set-up: %w", err)
	}
	if link.Needed {
		running.SetupURL = running.URL + "/setup?token=" + link.Token.Reveal()
		err = replaceFile(keep, []byte(link.Token.Reveal()))
	} else if err = os.Remove(keep); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return running, fmt.Errorf("keep set-up link: %w", err)
	}
	return running, writeRunning(p.config, running)
}

// url is how people reach the program.
func (p *Program) url() string {
	if p.config.PublicURL != "" {
		return strings.TrimSuffix(p.config.PublicURL, "/")
	}
	return "http://" + fromHere(p.listen.Addr().String())
}

// fromHere is how this machine reaches an address that is listened on: who listens
// everywhere is nowhere in particular.
func fromHere(listening string) string {
	at, err := netip.ParseAddrPort(listening)
	if err != nil || !at.Addr().IsUnspecified() {
		return listening
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port()).String()
}

// handOver makes what the parent needs.
func (p *Program) handOver(ctx context.Context, running Running, user string, enroll bool) (handover, error) {
	h := handover{Running: running}
	keep := p.config.path("secrets", "local-operator-token")
	kept, err := readSecret(keep)
	if err != nil {
		return h, err
	}
	operator, err := p.identity.EnsureLocalOperator(p.asSystem(ctx), identity.EnsureLocalOperator{User: user, Kept: kept})
	if err != nil {
		return h, fmt.Errorf("ensure the local operator: %w", err)
	}
	h.OperatorToken, h.Project = operator.Token.Reveal(), operator.Project
	if err := replaceFile(keep, []byte(h.OperatorToken)); err != nil {
		return h, fmt.Errorf("keep the local operator's token: %w", err)
	}
	if enroll {
		made, err := p.nodes.Enroll(p.asSystem(ctx), node.Enroll{})
		if err != nil {
			return h, fmt.Errorf("make the local agent's token: %w", err)
		}
		h.AgentToken = made.Token
	}
	return h, nil
}

func (p *Program) asSystem(ctx context.Context) context.Context {
	return command.AsSystem(ctx, "start/"+p.replica.String())
}

func readSecret(path string) (secret.String, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return secret.String{}, fmt.Errorf("read secret: %w", err)
	}
	return secret.New(strings.TrimSpace(string(text))), nil
}
