package notification

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Alert is one alert of Grafana, or of Prometheus's Alertmanager, which says it alike.
type Alert struct {
	Status      string            `json:"status"` // firing or resolved
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	Fingerprint string            `json:"fingerprint"`
}

// ReceiveAlerts tells all operators of alerts. One that is repeated is told once.
type ReceiveAlerts struct {
	Alerts []Alert `json:"alerts"`
}

// TestAlert tells all operators of an alert that is none, to see whether it reaches them.
type TestAlert struct{}

// Received counts the alerts.
type Received struct {
	Alerts int `json:"alerts"`
}

const maxAlerts = 100

// Validate checks the input's shape.
func (c ReceiveAlerts) Validate() error {
	if len(c.Alerts) == 0 || len(c.Alerts) > maxAlerts {
		return fault.New(fault.Invalid, "alert.count", "A message has 1 to %d alerts.", maxAlerts).At("body.alerts", "is empty or too long")
	}
	return nil
}

func (s *Slice) receiveAlerts(ctx context.Context, tx *command.Tx, in ReceiveAlerts) (Received, error) {
	for _, a := range in.Alerts {
		if err := s.tellOperators(ctx, tx, a.notice(), a.source()); err != nil {
			return Received{}, err
		}
	}
	tx.Audit("alert", ident.ID{}, map[string]any{"alerts": len(in.Alerts)})
	return Received{len(in.Alerts)}, nil
}

func (s *Slice) testAlert(ctx context.Context, tx *command.Tx, _ TestAlert) (Received, error) {
	a := Alert{
		Status: "firing", StartsAt: tx.Now, Fingerprint: tx.NewID().String(),
		Labels:      map[string]string{"alertname": "A test", "severity": "medium"},
		Annotations: map[string]string{"summary": "Alerts reach Stoa, and Stoa reaches you."},
	}
	if err := s.tellOperators(ctx, tx, a.notice(), a.source()); err != nil {
		return Received{}, err
	}
	tx.Audit("alert", ident.ID{}, nil)
	return Received{1}, nil
}

// severities are the words that people use for the label.
var severities = map[string]Severity{
	"critical": Urgent, "urgent": Urgent, "page": Urgent, "high": High, "error": High, "major": High,
	"medium": Medium, "warning": Medium, "low": Low, "info": Low, "none": Low,
}

func (a Alert) notice() Notice {
	severity, known := severities[strings.ToLower(a.Labels["severity"])]
	if !known {
		severity = Medium
	}
	outcome, prefix := "firing", ""
	if a.Status == "resolved" {
		outcome, prefix, severity = "resolved", "Resolved: ", Low
	}
	return Notice{
		Cause: CauseAlert, Severity: severity, Title: prefix + cmp.Or(a.Labels["alertname"], "An alert"),
		Body: cmp.Or(a.Annotations["summary"], a.Annotations["description"], a.Annotations["message"]),
		Tags: []string{CauseAlert, "entity:alert", outcome, TagSystem},
	}
}

// source is the same for every repetition of one alert.
func (a Alert) source() ident.ID {
	id := a.Fingerprint
	if id == "" {
		id = fmt.Sprint(a.Labels) // maps print in the order of their keys
	}
	sum := sha256.Sum256([]byte(hex.EncodeToString([]byte(id)) + "/" + a.Status + "/" + a.StartsAt.UTC().Format(time.RFC3339Nano)))
	return ident.ID(sum[:len(ident.ID{})])
}
