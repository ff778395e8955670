package stoa

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWaitDeviceAsksAsOftenAsItMay(t *testing.T) {
	answers := []string{`{"code":"authorization_pending"}`, `{"code":"slow_down"}`, `{"code":"authorization_pending"}`, `{"secret":"stoa_pat_x"}`}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := answers[0]
		answers = answers[1:]
		w.Header().Set("Content-Type", "application/problem+json")
		if len(answers) > 0 {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	client := New(server.URL)
	var waited []time.Duration
	client.sleep = func(_ context.Context, d time.Duration) error {
		waited = append(waited, d)
		return nil
	}
	made, err := client.Auth.WaitDevice(t.Context(), &DeviceCodes{DeviceCode: "stoa_device_x", Interval: 5})
	if err != nil || made.Secret != "stoa_pat_x" {
		t.Fatalf("%+v, %v", made, err)
	}
	if diff := cmp.Diff([]time.Duration{5 * time.Second, 5 * time.Second, 10 * time.Second, 10 * time.Second}, waited); diff != "" {
		t.Error(diff)
	}
}
