// Package config is the CLI's file of contexts: which installation, as whom,
// in which project. It holds tokens, so it is readable by its owner only and
// written whole or not at all.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// Config is the content of config.yaml.
type Config struct {
	Current  string             `yaml:"current_context"`
	Contexts map[string]Context `yaml:"contexts"`
}

// Context is one installation and the caller's standing in it.
type Context struct {
	URL     string `yaml:"url"`
	Token   string `yaml:"token,omitempty"`
	Project string `yaml:"project,omitempty"`  // id; empty: the token's default
	DataDir string `yaml:"data_dir,omitempty"` // of an installation that was started here, by which it finds its context again
}

// Path is where the file lies: $XDG_CONFIG_HOME/stoa/config.yaml, or ~/.config/stoa/config.yaml.
func Path(getenv func(string) string) (string, error) {
	base := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(base) {
		home := getenv("HOME")
		if home == "" {
			return "", errors.New("neither XDG_CONFIG_HOME nor HOME is set")
		}
		base = filepath.Join(home, ".config")
	}
	return filepath.Join(base, "stoa", "config.yaml"), nil
}

// Load reads the file; a missing one is an empty config.
func Load(path string) (Config, error) {
	c := Config{Contexts: map[string]Context{}}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read config: %w", err)
	}
	if err := yaml.Unmarshal(raw, &c); err != nil {
		return c, fmt.Errorf("read %s: %w", path, err)
	}
	if c.Contexts == nil {
		c.Contexts = map[string]Context{}
	}
	return c, nil
}

// Save writes the file (0600) in place of the old one, atomically.
func Save(path string, c Config) error {
	raw, err := yaml.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode config: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make config folder: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".config-*") // 0600
	if err != nil {
		return fmt.Errorf("write config: %w", err)
	}
	defer os.Remove(file.Name()) // fails once renamed, as it should
	_, err = file.Write(raw)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write config: %w", err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("write config: %w", err)
	}
	return nil
}
