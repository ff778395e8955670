package notificationhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

func (h handlers) registerAlerts(api huma.API) {
	const alerts = "Alerts"
	receive := httpx.Operation("alert.receive", http.MethodPost, "/api/v1/alerts/grafana", "Take Grafana's alerts", alerts)
	receive.Description = "A webhook contact point of Grafana, or of Alertmanager. Every operator is notified of each alert, once however often it is repeated; " +
		"the label severity says how much it matters. Use a token of an operator whose only scope is alert.receive."
	receive.DefaultStatus = http.StatusAccepted
	huma.Register(api, receive, h.receive)
	test := httpx.Operation("alert.test", http.MethodPost, "/api/v1/alerts/grafana/test", "Send all operators an alert that is none", alerts)
	test.DefaultStatus = http.StatusAccepted
	huma.Register(api, test, h.testAlert)
}

// GrafanaAlert is one alert; Grafana sends more than Stoa reads.
type GrafanaAlert struct {
	_           struct{}          `additionalProperties:"true"`
	Status      string            `json:"status" enum:"firing,resolved"`
	Labels      map[string]string `json:"labels,omitempty" doc:"alertname is the title; severity is critical, high, warning or info."`
	Annotations map[string]string `json:"annotations,omitempty" doc:"summary, or description, is the text."`
	StartsAt    time.Time         `json:"startsAt,omitzero"`
	Fingerprint string            `json:"fingerprint,omitempty" maxLength:"256"`
}

// GrafanaMessage is what a webhook contact point sends.
type GrafanaMessage struct {
	_      struct{}       `additionalProperties:"true"`
	Alerts []GrafanaAlert `json:"alerts" minItems:"1" maxItems:"100"`
}

// AlertsReceived says how many alerts were taken.
type AlertsReceived struct {
	Alerts int `json:"alerts"`
}

func (h handlers) receive(ctx context.Context, in *struct{ Body GrafanaMessage }) (*out[AlertsReceived], error) {
	alerts := make([]notification.Alert, len(in.Body.Alerts))
	for i, a := range in.Body.Alerts {
		alerts[i] = notification.Alert{Status: a.Status, Labels: a.Labels, Annotations: a.Annotations, StartsAt: a.StartsAt, Fingerprint: a.Fingerprint}
	}
	got, err := h.slice.ReceiveAlerts(ctx, notification.ReceiveAlerts{Alerts: alerts})
	return &out[AlertsReceived]{AlertsReceived{got.Alerts}}, err
}

func (h handlers) testAlert(ctx context.Context, _ *struct{}) (*out[AlertsReceived], error) {
	got, err := h.slice.TestAlert(ctx, notification.TestAlert{})
	return &out[AlertsReceived]{AlertsReceived{got.Alerts}}, err
}
