package image

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/gvisor"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Program says how a source is run in an image. Commands are searched in the image's PATH.
type Program struct {
	Digest   string
	Name     string // for messages, "python@3.12.8"
	FileName string
	Compile  []string
	Command  []string
	Env      map[string]string
}

// Driver runs jobs in one root and one class; *sandbox.Driver is one.
type Driver interface {
	Run(ctx context.Context, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error)
	Close() error
}

// RunnerConfig says how images are run.
type RunnerConfig struct {
	Images *Store
	Dir    string // of the drivers' own folders
	Slots  int
	Runsc  string        // the helper program of class gvisor; empty: no image runs in it
	Idle   time.Duration // how long a driver without work is kept; zero is five minutes
	Log    *slog.Logger

	open func(ctx context.Context, class sandbox.Class, c sandbox.Config) (Driver, error) // in tests
}

// Runner keeps one driver for each image, and class of it, that runs now or ran a moment ago.
type Runner struct {
	config RunnerConfig

	mu      sync.Mutex
	drivers map[place]*driver
	closed  bool

	judge judge
	ctx   context.Context //nolint:containedctx // ends what is being tried
	stop  context.CancelFunc
}

// place is an image in a class.
type place struct {
	digest string
	class  sandbox.Class
}

// driver is one place's, being opened until ready is closed.
type driver struct {
	Driver
	root    *os.Root
	release func()
	ready   chan struct{}
	err     error
	users   int
	timer   *time.Timer
}

// NewRunner opens nothing yet. What drivers of an earlier life left on disk goes.
func NewRunner(c RunnerConfig) (*Runner, error) {
	if c.Idle == 0 {
		c.Idle = 5 * time.Minute
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.open == nil {
		c.open = c.openDriver
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of images' sandboxes: %w", err)
	}
	r := &Runner{config: c, drivers: map[place]*driver{}, judge: judge{found: map[string]verdict{}, told: func() {}}}
	r.ctx, r.stop = context.WithCancel(context.Background())
	return r, nil
}

// openDriver opens what runs jobs of a class in the root of sc.
func (c RunnerConfig) openDriver(ctx context.Context, class sandbox.Class, sc sandbox.Config) (Driver, error) {
	if class != sandbox.ClassGVisor {
		return sandbox.Open(ctx, sc)
	}
	slots := sc.Slots
	sc.Slots, sc.Parked = 1, -1 // it only checks jobs and lays the root out
	base, err := sandbox.Open(ctx, sc)
	if err != nil {
		return nil, err
	}
	d, err := gvisor.Open(ctx, gvisor.Config{Base: base, Runsc: c.Runsc, Dir: filepath.Join(sc.Dir, "gvisor"), Slots: slots, Log: sc.Log})
	if err != nil {
		return nil, errors.Join(err, base.Close())
	}
	return onBase{d, base}, nil
}

// onBase is a driver that needs another one below it.
type onBase struct {
	Driver
	base Driver
}

func (d onBase) Close() error { return errors.Join(d.Driver.Close(), d.base.Close()) }

// Run runs a job in an image that is here. See sandbox.Driver.Run.
func (r *Runner) Run(ctx context.Context, p Program, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error) {
	at, err := r.placeOf(p, job.Class)
	if err != nil {
		return sandbox.Result{Outcome: sandbox.Error}, err
	}
	d, err := r.take(ctx, at)
	if errors.Is(err, ErrNotReady) {
		return sandbox.Result{Outcome: sandbox.Error}, &sandbox.JobError{Field: "runtime", Problem: fmt.Sprintf("the image of %s is not on this node", p.Name)}
	}
	if err != nil {
		return sandbox.Result{Outcome: sandbox.Error}, err
	}
	defer r.give(d)
	if warmed := r.judged(p).warmed; warmed != nil && at.class != sandbox.ClassGVisor {
		job.As = warmed
	} else {
		if job.As, err = p.runtime(d.root); err != nil {
			return sandbox.Result{Outcome: sandbox.Error}, err
		}
		job.Class = at.class // a stronger one than process, if that was asked for
	}
	job.Runtime = p.Name
	return d.Run(ctx, job, out)
}

// placeOf is where a job runs that asks for a class. Classes process and fresh have one driver.
func (r *Runner) placeOf(p Program, asked sandbox.Class) (place, error) {
	switch {
	case asked == "" || asked == sandbox.ClassProcess || asked == sandbox.ClassFresh:
		return place{p.Digest, sandbox.ClassFresh}, nil
	case asked == sandbox.ClassGVisor && r.config.Runsc != "":
		return place{p.Digest, asked}, nil
	case asked == sandbox.ClassGVisor:
		return place{}, &sandbox.JobError{Field: "class", Problem: "this node runs no images in class gvisor"}
	}
	return place{}, &sandbox.JobError{Field: "class", Problem: fmt.Sprintf("%q is unknown", asked)}
}

// take gives a place's driver, and opens it if it is not open.
func (r *Runner) take(ctx context.Context, at place) (*driver, error) {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil, sandbox.ErrClosed
	}
	d := r.drivers[at]
	if d == nil {
		d = &driver{ready: make(chan struct{})}
		d.timer = time.AfterFunc(time.Hour, func() { r.cool(at, d) })
		r.drivers[at] = d
		go r.open(context.WithoutCancel(ctx), at, d)
	}
	d.users++
	d.timer.Stop()
	r.mu.Unlock()
	select {
	case <-d.ready:
	case <-ctx.Done():
		r.give(d)
		return nil, context.Cause(ctx)
	}
	if d.err != nil {
		r.give(d)
		return nil, d.err
	}
	return d, nil
}

// open makes the driver. One that cannot be made is forgotten, so that the next run tries again.
func (r *Runner) open(ctx context.Context, at place, d *driver) {
	defer close(d.ready)
	d.err = func() error {
		rootfs, release, err := r.config.Images.Use(at.digest)
		if err != nil {
			return err
		}
		d.release = release
		if d.root, err = os.OpenRoot(rootfs); err != nil {
			return fmt.Errorf("open the image: %w", err)
		}
		made, err := r.config.open(ctx, at.class, sandbox.Config{
			Dir: r.dir(at), Root: rootfs, Slots: r.config.Slots, Parked: 1, Idle: min(r.config.Idle, time.Minute),
			NoCompileCache: true, Log: r.config.Log.With("image", at.digest, "class", at.class),
		})
		if err != nil { // then it is no driver, whatever else it is
			return err
		}
		d.Driver = made
		return nil
	}()
	if d.err != nil {
		r.mu.Lock()
		delete(r.drivers, at)
		r.mu.Unlock()
		d.close()
	}
}

// dir is the folder of a place's driver.
func (r *Runner) dir(at place) string {
	name := strings.Replace(at.digest, ":", "-", 1)
	if at.class != sandbox.ClassFresh {
		name += "-" + string(at.class)
	}
	return filepath.Join(r.config.Dir, name)
}

// close ends the driver, if it was opened, and lets go of the image.
func (d *driver) close() {
	if d.Driver != nil {
		_ = d.Driver.Close()
	}
	if d.root != nil {
		_ = d.root.Close()
	}
	if d.release != nil {
		d.release()
	}
}

// give ends one use of a driver.
func (r *Runner) give(d *driver) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d.users--; d.users == 0 {
		d.timer.Reset(r.config.Idle)
	}
}

// cool closes a driver that nobody has used for a while.
func (r *Runner) cool(at place, d *driver) {
	r.mu.Lock()
	if d.users > 0 || r.drivers[at] != d {
		r.mu.Unlock()
		return
	}
	// Held while it closes: a driver's folder serves one at a time.
	defer r.mu.Unlock()
	delete(r.drivers, at)
	d.close()
	_ = os.RemoveAll(r.dir(at))
}

// Close ends every driver, and with it what runs.
func (r *Runner) Close() {
	r.closeJudge()
	r.mu.Lock()
	r.closed = true
	open := maps.Clone(r.drivers)
	clear(r.drivers)
	r.mu.Unlock()
	for _, d := range open {
		d.timer.Stop()
		<-d.ready
		if d.err == nil {
			d.close()
		}
	}
	r.judge.work.Wait() // what was tried has seen its driver's end
}

// runtime is the program with its commands as whole paths inside of the root.
func (p Program) runtime(root *os.Root) (*sandbox.Runtime, error) {
	env := maps.Clone(p.Env)
	if env == nil {
		env = map[string]string{}
	}
	if env["PATH"] == "" {
		env["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	}
	name, version, _ := strings.Cut(p.Name, "@")
	rt := &sandbox.Runtime{Name: name, Version: version, FileName: p.FileName, Env: env}
	var err error
	if rt.Command, err = whole(root, env["PATH"], p.Command); err != nil {
		return nil, err
	}
	if len(p.Compile) > 0 {
		if rt.Compile, err = whole(root, env["PATH"], p.Compile); err != nil {
			return nil, err
		}
	}
	return rt, nil
}

// whole finds a command's program as a shell would.
func whole(root *os.Root, search string, command []string) ([]string, error) {
	if len(command) == 0 {
		return nil, &sandbox.JobError{Field: "runtime", Problem: "the image has no command"}
	}
	found := append([]string{}, command...)
	switch program := command[0]; {
	case path.IsAbs(program):
		return found, nil
	case strings.Contains(program, "/"):
		found[0] = path.Join("/box", program)
		return found, nil
	default:
		for dir := range strings.SplitSeq(search, ":") {
			at := path.Join("/", dir, program)
			info, err := root.Stat(strings.TrimPrefix(at, "/"))
			if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
				found[0] = at
				return found, nil
			}
		}
		return nil, &sandbox.JobError{Field: "runtime", Problem: fmt.Sprintf("the image has no program %q in its PATH", program)}
	}
}
