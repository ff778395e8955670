package deploy

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// Selector is one metric that an expression reads.
type Selector struct {
	Metric   string
	Matchers []Matcher
}

// Matcher is one condition on a label.
type Matcher struct{ Label, Op, Value string }

var (
	token   = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][a-zA-Z0-9_:]*|[0-9][0-9a-zA-Z.]*|=~|!~|!=|\s+|.)`)
	matcher = regexp.MustCompile(`^\s*(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*,?\s*`)
	name    = regexp.MustCompile(`^[a-zA-Z_:]`)

	// What stands before a list of labels, and what is neither a function's name nor a metric's.
	grouping  = []string{"by", "without", "on", "ignoring", "group_left", "group_right"}
	operators = []string{"and", "or", "unless", "atan2", "bool", "offset", "sum", "min", "max", "avg", "group", "stddev", "stdvar", "count", "count_values", "bottomk", "topk", "quantile"}
)

// Read tells which metrics a PromQL expression reads, and by which labels it groups. Whether it is
// PromQL at all is for promtool to say: of what is, this finds every name.
func Read(expr string) (metrics []Selector, groups []string, err error) {
	for rest := expr; rest != ""; {
		word := token.FindString(rest)
		rest = rest[len(word):]
		switch next := strings.TrimLeft(rest, " \n\t"); {
		case !name.MatchString(word) || slices.Contains(operators, word):
		case slices.Contains(grouping, word):
			list, after, ok := strings.Cut(strings.TrimPrefix(next, "("), ")")
			if !strings.HasPrefix(next, "(") || !ok {
				continue // group_left needs none
			}
			for label := range strings.SplitSeq(list, ",") {
				groups = append(groups, strings.TrimSpace(label))
			}
			rest = after
		case strings.HasPrefix(next, "("): // a function
		case strings.HasPrefix(next, "{"):
			s := Selector{Metric: word}
			list := next[1:]
			for !strings.HasPrefix(list, "}") {
				found := matcher.FindStringSubmatch(list)
				if found == nil {
					return nil, nil, fmt.Errorf("%s: cannot read the conditions {%s", expr, list)
				}
				s.Matchers = append(s.Matchers, Matcher{found[1], found[2], found[3]})
				list = list[len(found[0]):]
			}
			metrics, rest = append(metrics, s), list[1:]
		default:
			metrics = append(metrics, Selector{Metric: word})
		}
	}
	return metrics, groups, nil
}

var described = regexp.MustCompile(`fqName: "([^"]+)".*constLabels: {(.*)}, variableLabels: {(.*)}}`)

// Exported are the metrics that a collector describes, each with its labels.
func Exported(c prometheus.Collector) map[string][]string {
	all := make(chan *prometheus.Desc)
	go func() {
		defer close(all)
		c.Describe(all)
	}()
	metrics := map[string][]string{}
	for d := range all {
		found := described.FindStringSubmatch(d.String())
		labels := []string{}
		for _, list := range found[2:] {
			for part := range strings.SplitSeq(list, ",") {
				if label, _, _ := strings.Cut(part, "="); label != "" {
					labels = append(labels, label)
				}
			}
		}
		metrics[found[1]] = labels
	}
	return metrics
}

var shownMetric = regexp.MustCompile("`(stoa_[a-z0-9_]+)`")

// CheckPage names what a page of the guide does not say of the metrics that are exported, and what it
// promises of those that are mine and does not exist.
func CheckPage(page string, exported map[string][]string, mine func(metric string) bool) (wrong []string) {
	for _, name := range slices.Sorted(maps.Keys(exported)) {
		if !strings.Contains(page, "`"+name+"`") {
			wrong = append(wrong, "does not say what "+name+" is")
		}
	}
	for _, found := range shownMetric.FindAllStringSubmatch(page, -1) {
		if _, ok := exported[found[1]]; mine(found[1]) && !ok {
			wrong = append(wrong, "names "+found[1]+", which does not exist")
		}
	}
	return wrong
}

// scraped are the labels that Prometheus gives to everything that it scrapes.
var scraped = []string{"job", "instance"}

// labelsOf are those of a metric as queries see it: of a histogram there are three.
func labelsOf(metric string, exported map[string][]string) ([]string, bool) {
	if labels, ok := exported[metric]; ok {
		return labels, true
	}
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if base, ok := strings.CutSuffix(metric, suffix); ok {
			if labels, ok := exported[base]; ok && suffix == "_bucket" {
				return append(slices.Clone(labels), "le"), true
			} else if ok {
				return labels, true
			}
		}
	}
	return nil, metric == "up"
}

// Check says what of a query is not there: metrics that are not exported, and labels that they do not have.
// Expressions that read nothing of mine are somebody else's to check.
func (q Query) Check(exported map[string][]string, mine func(metric string) bool) (wrong []string) {
	metrics, groups, err := Read(q.Expr)
	if err != nil {
		return []string{q.Where + ": " + err.Error()}
	}
	known := slices.Clone(scraped)
	for _, m := range metrics {
		if !mine(m.Metric) {
			return nil
		}
		labels, ok := labelsOf(m.Metric, exported)
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s: there is no metric %s", q.Where, m.Metric))
			continue
		}
		known = append(known, labels...)
		for _, c := range m.Matchers {
			if !slices.Contains(labels, c.Label) && !slices.Contains(scraped, c.Label) {
				wrong = append(wrong, fmt.Sprintf("%s: %s has no label %s, but %v", q.Where, m.Metric, c.Label, labels))
			}
		}
	}
	for _, label := range append(groups, q.Shows...) {
		if label != "value" && !slices.Contains(known, label) {
			wrong = append(wrong, fmt.Sprintf("%s: nothing that it reads has the label %s, but %v", q.Where, label, known))
		}
	}
	return wrong
}
