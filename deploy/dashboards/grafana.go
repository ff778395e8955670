package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// board is one dashboard.
type board struct {
	name, title, about string
	agents             bool // it has the agents' metrics too
	rows               []row
}

// row is a heading with panels below it; without a title they continue what is above.
type row struct {
	title  string
	panels []panel
}

// panel is one picture. Its width is in twenty-fourths of the screen; zero shares the row evenly.
type panel struct {
	kind               string // Grafana's: timeseries, stat, table, heatmap
	title, about, unit string
	width              int
	stack              bool
	steps              []step // of a number: from which value on it has which colour
	queries            []query
}

type step struct {
	from   float64
	colour string
}

// query is a line, or several of them that differ in the labels of the legend.
type query struct{ expr, legend string }

func line(expr, legend string) query { return query{expr, legend} }

func graph(title, about, unit string, queries ...query) panel {
	return panel{kind: "timeseries", title: title, about: about, unit: unit, queries: queries}
}

// stacked is a graph whose lines add up to something.
func stacked(title, about, unit string, queries ...query) panel {
	p := graph(title, about, unit, queries...)
	p.stack = true
	return p
}

// number shows the last value. Steps colour it; without any it is plain.
func number(title, about, unit, expr string, steps ...step) panel {
	return panel{kind: "stat", title: title, about: about, unit: unit, steps: steps, queries: []query{{expr, ""}}}
}

// heat shows how the seconds of a histogram spread.
func heat(title, about, expr string) panel {
	return panel{kind: "heatmap", title: title, about: about, unit: "s", queries: []query{{expr, "{{le}}"}}}
}

// list is a table of the labels and values of now.
func list(title, about, expr string) panel {
	return panel{kind: "table", title: title, about: about, unit: "short", queries: []query{{expr, ""}}}
}

func (p panel) wide(width int) panel {
	p.width = width
	return p
}

// worse is orange and red from these values on.
func worse(orange, red float64) []step { return []step{{orange, "orange"}, {red, "red"}} }

// bad is red from this value on.
func bad(from float64) []step { return []step{{from, "red"}} }

// latency is the quantiles of a histogram's selector, 50, 95 and 99 of a hundred.
func latency(buckets string) []query {
	var all []query
	for _, percent := range []int{50, 95, 99} {
		all = append(all, line(fmt.Sprintf("histogram_quantile(0.%d, sum by (le) (rate(%s[$__rate_interval])))", percent, buckets), fmt.Sprintf("p%d", percent)))
	}
	return all
}

// Selectors are written with J and N for the variables of a dashboard: the job of the control planes and the agents' addresses.
var variables = strings.NewReplacer("{J}", `{job=~"$job"}`, "{J,", `{job=~"$job",`, "{N}", `{instance=~"$node"}`, "{N,", `{instance=~"$node",`)

type object = map[string]any

const source = "${datasource}"

// render writes a dashboard as Grafana imports it.
func (b board) render() ([]byte, error) {
	var panels []object
	y, id := 0, 0
	next := func() int { id++; return id }
	for _, r := range b.rows {
		if r.title != "" {
			panels = append(panels, object{"id": next(), "type": "row", "title": r.title, "collapsed": false, "panels": []any{}, "gridPos": object{"h": 1, "w": 24, "x": 0, "y": y}})
			y++
		}
		x, height := 0, 0
		for _, p := range r.panels {
			width := p.width
			if width == 0 {
				width = 24 / len(r.panels)
			}
			if x+width > 24 {
				x, y, height = 0, y+height, 0
			}
			h := 8
			if p.kind == "stat" {
				h = 4
			}
			panels = append(panels, p.render(next(), object{"h": h, "w": width, "x": x, "y": y}))
			x, height = x+width, max(height, h)
		}
		y += height
	}
	var out bytes.Buffer
	write := json.NewEncoder(&out)
	write.SetEscapeHTML(false)
	write.SetIndent("", "  ")
	err := write.Encode(object{
		"uid": "stoa-" + b.name, "title": "Stoa / " + b.title, "description": b.about, "tags": []string{"stoa"},
		"editable": true, "graphTooltip": 1, "refresh": "30s", "schemaVersion": 39, "timezone": "browser",
		"time":       object{"from": "now-6h", "to": "now"},
		"links":      []object{{"type": "dashboards", "title": "Stoa", "tags": []string{"stoa"}, "asDropdown": true, "includeVars": true, "keepTime": true}},
		"templating": object{"list": b.variables()},
		"annotations": object{"list": []object{{
			"name": "Restarts", "enable": true, "iconColor": "orange", "datasource": object{"type": "prometheus", "uid": source},
			"expr": variables.Replace(`changes(process_start_time_seconds{J}[2m]) > 0`), "titleFormat": "A control plane started", "textFormat": "{{instance}}",
		}}},
		"panels": panels,
	})
	return out.Bytes(), err
}

func (b board) variables() []object {
	all := []object{
		{"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"},
		choice("job", "Installation", `label_values(stoa_build_info{service="stoad"}, job)`),
	}
	if b.agents {
		all = append(all, choice("node", "Agent", `label_values(stoa_agent_slots, instance)`))
	}
	return all
}

func choice(name, label, query string) object {
	return object{
		"name": name, "label": label, "type": "query", "datasource": object{"type": "prometheus", "uid": source}, "query": query, "definition": query,
		"refresh": 2, "sort": 1, "multi": true, "includeAll": true, "allValue": ".+", "current": object{"text": "All", "value": "$__all"},
	}
}

func (p panel) render(id int, at object) object {
	var targets []object
	for i, q := range p.queries {
		target := object{"refId": string(rune('A' + i)), "expr": variables.Replace(q.expr), "datasource": object{"type": "prometheus", "uid": source}}
		switch p.kind {
		case "table":
			target["format"], target["instant"] = "table", true
		case "heatmap":
			target["format"], target["legendFormat"] = "heatmap", q.legend
		default:
			target["legendFormat"] = q.legend
		}
		targets = append(targets, target)
	}
	options, custom := p.look()
	defaults := object{"unit": p.unit, "min": p.least(), "color": p.colour(), "thresholds": p.thresholds(), "custom": custom}
	if p.kind == "stat" {
		defaults["noValue"] = "none" // what has never happened has no series yet
	}
	return object{
		"id": id, "type": p.kind, "title": p.title, "description": p.about, "gridPos": at, "datasource": object{"type": "prometheus", "uid": source},
		"targets": targets, "options": options,
		"fieldConfig": object{"defaults": defaults, "overrides": []any{}},
	}
}

// look is what each kind of panel needs besides its queries.
func (p panel) look() (options, custom object) {
	switch p.kind {
	case "stat":
		return object{"reduceOptions": object{"calcs": []string{"lastNotNull"}}, "colorMode": "value", "graphMode": "area"}, object{}
	case "heatmap":
		return object{"calculate": false, "yAxis": object{"unit": p.unit}, "color": object{"scheme": "Oranges", "mode": "scheme"}}, object{}
	case "table":
		return object{"showHeader": true}, object{}
	}
	custom = object{"drawStyle": "line", "lineWidth": 1, "fillOpacity": 8, "showPoints": "never"}
	if p.stack {
		custom["fillOpacity"], custom["stacking"] = 30, object{"mode": "normal"}
	}
	return object{"legend": object{"displayMode": "list", "placement": "bottom"}, "tooltip": object{"mode": "multi", "sort": "desc"}}, custom
}

func (p panel) least() any {
	if p.kind == "table" {
		return nil
	}
	return 0
}

func (p panel) colour() object {
	if p.kind == "stat" {
		return object{"mode": "thresholds"}
	}
	return object{"mode": "palette-classic"}
}

func (p panel) thresholds() object {
	first := "text"
	if len(p.steps) > 0 {
		first = "green"
	}
	steps := []object{{"color": first, "value": nil}}
	for _, s := range p.steps {
		steps = append(steps, object{"color": s.colour, "value": s.from})
	}
	return object{"mode": "absolute", "steps": steps}
}
