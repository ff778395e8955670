package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/stoa-cloud/stoa/internal/agent/filecache"
	"github.com/stoa-cloud/stoa/internal/agent/image"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/scrub"
)

// flags are the command line of stoa-agent.
type flags struct {
	Join          string           `help:"The control plane's address, https://host:8080." env:"STOA_JOIN" required:""`
	Token         string           `help:"An enrolment token (stoa node enroll). Needed once." env:"STOA_AGENT_TOKEN"`
	TokenFile     string           `help:"A file that holds the enrolment token." type:"path"`
	DataDir       string           `help:"The agent's own folder: its key, certificate and sandbox." env:"STOA_AGENT_DATA_DIR" default:"/var/lib/stoa/agent" type:"path"`
	Slots         int              `help:"How many programs may run at once. 0: four per core, and sixteen at least." env:"STOA_AGENT_SLOTS" default:"0"`
	ImagesGB      int64            `name:"images-gb" help:"How many gigabytes of container images this node keeps at most." env:"STOA_AGENT_IMAGES_GB" default:"40"`
	FilesGB       int64            `name:"files-gb" help:"How many gigabytes of uploaded files this node keeps at most for further runs." env:"STOA_AGENT_FILES_GB" default:"4"`
	NameServers   []string         `help:"Name servers for programs with egress, like 192.0.2.1:53; this machine's if none." env:"STOA_AGENT_NAME_SERVERS" placeholder:"ADDRESS:PORT"`
	MetricsListen string           `help:"Serve Prometheus metrics on this address, like 127.0.0.1:9464." env:"STOA_AGENT_METRICS_LISTEN" placeholder:"ADDRESS"`
	LogLevel      slog.Level       `help:"debug, info, warn or error." env:"STOA_AGENT_LOG_LEVEL" default:"info"`
	Version       kong.VersionFlag `help:"Print the version."`
}

// leaveCores keeps the agent to half of the cores: it mostly waits for the programs
// that the cores are for, and its threads that look for work cost more than they find.
func leaveCores() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(max(1, runtime.GOMAXPROCS(0)/2))
	}
}

// Main is the program: it reads the command line, runs until SIGINT or SIGTERM, and
// returns the exit code: 0 stopped, 1 failed, 2 wrong usage.
func Main(version string, args []string, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var f flags
	exit := -1
	parser, err := kong.New(&f, kong.Name("stoa-agent"), kong.Description("Runs programs for a Stoa control plane on this machine."),
		kong.Vars{"version": version}, kong.Writers(os.Stdout, stderr), kong.Exit(func(code int) { exit = code }))
	if err != nil {
		panic(err) // the flags above are wrong
	}
	if _, err = parser.Parse(args); exit >= 0 {
		return exit // --help, --version
	}
	if err == nil {
		err = f.readToken()
	}
	if err != nil {
		fmt.Fprintln(stderr, "stoa-agent:", err)
		return 2
	}
	leaveCores()
	log := slog.New(scrub.NewHandler(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: f.LogLevel})))
	if err := serve(ctx, f, version, log); err != nil {
		log.Error("agent failed", "error", err)
		return 1
	}
	return 0
}

// Validate implements kong's hook.
func (f *flags) Validate() error {
	if f.Slots < 0 {
		return errors.New("--slots is negative")
	}
	if f.ImagesGB < 1 {
		return errors.New("--images-gb is less than 1")
	}
	if f.FilesGB < 0 {
		return errors.New("--files-gb is negative")
	}
	return nil
}

// readToken takes the token from its file. A missing file is no error: it is gone once it was used.
func (f *flags) readToken() error {
	if f.TokenFile == "" {
		return nil
	}
	text, err := os.ReadFile(f.TokenFile)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read token: %w", err)
	}
	f.Token = strings.TrimSpace(string(text))
	return nil
}

func serve(ctx context.Context, f flags, version string, log *slog.Logger) error {
	cfg := Config{Join: f.Join, Token: f.Token, DataDir: f.DataDir, Slots: f.Slots, Version: version, Log: log, NameServers: f.NameServers}
	if cfg.Slots == 0 {
		cfg.Slots = DefaultSlots()
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	cfg.Metrics = NewMetrics(registry)
	told := func(func()) {}
	driver, err := sandbox.Open(ctx, sandbox.Config{Dir: filepath.Join(f.DataDir, "sandbox"), Log: log, Slots: cfg.Slots})
	var cannot *sandbox.HostError
	switch {
	case errors.As(err, &cannot):
		cfg.Missing = cannot.Missing
		for _, missing := range cannot.Missing {
			log.Error("this host cannot isolate programs, so it runs none", "missing", missing)
		}
	case err != nil:
		return fmt.Errorf("open sandbox: %w", err)
	default:
		defer driver.Close()
		registry.MustRegister(driver)
		all, runsc, closeAll, err := withGVisor(ctx, driver, f.DataDir, log)
		if err != nil {
			return fmt.Errorf("open gVisor: %w", err)
		}
		defer func() { _ = closeAll() }()
		cfg.Driver = all
		images, err := openImages(f, cfg.Slots, runsc, log)
		if err != nil {
			return err
		}
		defer images.close()
		registry.MustRegister(images.store)
		cfg.Images, told = images.runner, images.runner.Notify
		if cfg.Files, err = filecache.Open(filepath.Join(f.DataDir, "files"), f.FilesGB<<30); err != nil {
			return err
		}
		for _, e := range all.Enforcement() {
			log.Info("enforced", "what", e.What, "how", e.How, "ok", e.OK)
		}
	}
	a, err := New(cfg)
	if err != nil {
		return err
	}
	registry.MustRegister(a)
	if f.MetricsListen != "" {
		closeMetrics, err := serveMetrics(f.MetricsListen, registry, log)
		if err != nil {
			return err
		}
		defer closeMetrics()
	}
	told(a.ImagesChanged)
	debug.FreeOSMemory() // what starting took is not needed again
	return a.Run(ctx)
}

// images are kept beside the sandbox, and run by it.
type images struct {
	store  *image.Store
	runner *image.Runner
}

func openImages(f flags, slots int, runsc string, log *slog.Logger) (images, error) {
	store, err := image.Open(image.Config{
		Dir: filepath.Join(f.DataDir, "images"), MaxBytes: f.ImagesGB << 30, Prepare: sandbox.PrepareRoot, Log: log,
	})
	if err != nil {
		return images{}, err
	}
	runner, err := image.NewRunner(image.RunnerConfig{
		Images: store, Dir: filepath.Join(f.DataDir, "image-sandboxes"), Slots: slots, Runsc: runsc, Log: log,
	})
	if err != nil {
		store.Close()
	}
	return images{store, runner}, err
}

func (i images) close() {
	i.runner.Close()
	i.store.Close()
}

func serveMetrics(address string, registry *prometheus.Registry, log *slog.Logger) (closeIt func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	server := &http.Server{
		Handler:           promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
		ReadHeaderTimeout: 5 * time.Second,
	}
	log.Info("metrics are served", "address", listener.Addr().String())
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics are no longer served", "error", err)
		}
	}()
	return func() { _ = server.Close() }, nil
}
