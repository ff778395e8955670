// Package deploy is what operators of several machines start from: dashboards and
// rules for Prometheus and Grafana, units for systemd, containers and a chart. No program
// uses it. It is a package so that tests can hold every query and every flag in it against the
// programs: what is written here works with the version that it lies beside.
package deploy

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// Files are this folder's.
//
//go:embed grafana prometheus systemd compose.yaml Containerfile all:helm
var Files embed.FS

// Query is one PromQL expression of a dashboard or a rule.
type Query struct {
	Where string   // "grafana/overview.json: Wait"
	Expr  string   // without Grafana's variables
	Shows []string // labels that its legend or its text shows
}

// grafana's variables, in the places where they stand in queries.
var grafana = strings.NewReplacer("$__rate_interval", "5m", "$job", ".+", "$node", ".+")

var (
	shown       = regexp.MustCompile(`{{\s*(?:\$labels\.)?(\w+)\s*}}`)
	labelValues = regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)
)

func labelsShown(text string) (labels []string) {
	for _, found := range shown.FindAllStringSubmatch(text, -1) {
		labels = append(labels, found[1])
	}
	return labels
}

// Queries are all of them: of panels, annotations and variables of dashboards, and of rules.
func Queries() ([]Query, error) {
	var all []Query
	for _, of := range []struct {
		pattern string
		read    func(where string, text []byte) ([]Query, error)
	}{{"grafana/*.json", dashboard}, {"prometheus/*.rules.yaml", rules}} {
		names, err := fs.Glob(Files, of.pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := Files.ReadFile(name)
			if err != nil {
				return nil, err
			}
			found, err := of.read(name, text)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

func dashboard(where string, text []byte) ([]Query, error) {
	var d struct {
		Panels []struct {
			Title   string `json:"title"`
			Targets []struct {
				Expr   string `json:"expr"`
				Legend string `json:"legendFormat"`
			} `json:"targets"`
		} `json:"panels"`
		Annotations struct {
			List []struct {
				Name string `json:"name"`
				Expr string `json:"expr"`
				Text string `json:"textFormat"`
			} `json:"list"`
		} `json:"annotations"`
		Templating struct {
			List []struct {
				Name  string `json:"name"`
				Type  string `json:"type"`
				Query string `json:"query"`
			} `json:"list"`
		} `json:"templating"`
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, err
	}
	var all []Query
	for _, p := range d.Panels {
		for _, t := range p.Targets {
			all = append(all, Query{where + ": " + p.Title, grafana.Replace(t.Expr), labelsShown(t.Legend)})
		}
	}
	for _, a := range d.Annotations.List {
		all = append(all, Query{where + ": " + a.Name, grafana.Replace(a.Expr), labelsShown(a.Text)})
	}
	for _, v := range d.Templating.List {
		if v.Type != "query" {
			continue
		}
		found := labelValues.FindStringSubmatch(v.Query)
		if found == nil {
			return nil, fmt.Errorf("the variable %s is no label_values(metric, label): %s", v.Name, v.Query)
		}
		all = append(all, Query{where + ": $" + v.Name, found[1], []string{found[2]}})
	}
	return all, nil
}

// Rule is one alert.
type Rule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

// Alerts are the rules of Prometheus.
func Alerts() ([]Rule, error) {
	text, err := Files.ReadFile("prometheus/stoa.rules.yaml")
	if err != nil {
		return nil, err
	}
	return alerts(text)
}

func alerts(text []byte) ([]Rule, error) {
	var file struct {
		Groups []struct {
			Rules []Rule `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	var all []Rule
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	return all, nil
}

func rules(where string, text []byte) ([]Query, error) {
	all, err := alerts(text)
	if err != nil {
		return nil, err
	}
	queries := make([]Query, 0, len(all))
	for _, r := range all {
		queries = append(queries, Query{where + ": " + r.Alert, r.Expr, labelsShown(r.Annotations["summary"] + r.Annotations["description"])})
	}
	return queries, nil
}

// Unit is one of systemd's: what it sets, in order, by "Section.Name".
type Unit map[string][]string

// Units are all of them, by file name.
func Units() (map[string]Unit, error) {
	names, err := fs.Glob(Files, "systemd/*.service")
	if err != nil {
		return nil, err
	}
	units := map[string]Unit{}
	for _, name := range names {
		text, err := Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		unit, section := Unit{}, ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			key, value, set := strings.Cut(line, "=")
			switch {
			case line == "" || line[0] == '#':
			case line[0] == '[':
				section = strings.Trim(line, "[]")
			case set:
				unit[section+"."+key] = append(unit[section+"."+key], value)
			default:
				return nil, fmt.Errorf("%s: %q sets nothing", name, line)
			}
		}
		units[path.Base(name)] = unit
	}
	return units, nil
}
