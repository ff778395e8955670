package telemetry

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func TestLevelsAndTracesFollowTheSettings(t *testing.T) {
	var out bytes.Buffer
	tel := start(t, Config{Output: &out, Level: slog.LevelWarn})
	for _, step := range []struct {
		level string
		heard string // of what is said at each level
	}{
		{"debug", "DIWE"}, {"info", "IWE"}, {"error", "E"}, {Configured, "WE"},
	} {
		if err := tel.Follow(step.level, 100); err != nil {
			t.Fatal(err)
		}
		out.Reset()
		for level, letter := range map[slog.Level]string{slog.LevelDebug: "D", slog.LevelInfo: "I", slog.LevelWarn: "W", slog.LevelError: "E"} {
			tel.Log.Log(t.Context(), level, "said", "letter", letter)
			if heard := strings.Contains(out.String(), `"letter":"`+letter+`"`); heard != strings.Contains(step.heard, letter) {
				t.Errorf("%s: %s heard: %v", step.level, letter, heard)
			}
		}
	}
	if err := tel.Follow("loud", 100); err == nil || tel.Level.Level() != slog.LevelWarn {
		t.Error("a level that is none is obeyed")
	}

	sampled := func(percent int64) (n int) {
		if err := tel.Follow(Configured, percent); err != nil {
			t.Fatal(err)
		}
		for i := range 256 {
			id := trace.TraceID{8: byte(i)} // the half that chooses
			if tel.share.ShouldSample(sdktrace.SamplingParameters{ParentContext: t.Context(), TraceID: id}).Decision == sdktrace.RecordAndSample {
				n++
			}
		}
		return n
	}
	if none, half, all := sampled(0), sampled(50), sampled(100); none != 0 || half != 128 || all != 256 {
		t.Errorf("of 256: %d at 0 percent, %d at 50, %d at 100", none, half, all)
	}
}
