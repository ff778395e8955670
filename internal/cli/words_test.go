package cli

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]size{"1": 1, "64k": 64 << 10, "64K": 64 << 10, "128MiB": 128 << 20, "1gb": 1 << 30, " 2 m": 0, "0": 0, "-1": 0, "": 0, "k": 0, "9999999999G": 0, "1.5G": 0} {
		var got size
		if err := got.UnmarshalText([]byte(text)); got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: got %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestSizeReadsWhatItWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1<<50).Draw(t, "bytes")
		var got size
		if err := got.UnmarshalText(fmt.Append(nil, n)); err != nil || int64(got) != n {
			t.Fatalf("got %d, %v", got, err)
		}
	})
}

func TestPrintableHasNoControls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range printable(rapid.String().Draw(t, "text")) {
			if r < 0x20 || r >= 0x7f && r < 0xa0 {
				t.Fatalf("contains %U", r)
			}
		}
	})
}

func TestBytesAndMilliseconds(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1 KiB", 1536: "1.5 KiB", 512 << 20: "512 MiB", 3 << 30: "3 GiB"} {
		if got := byteCount(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	for n, want := range map[int64]string{0: "0 ms", 999: "999 ms", 1500: "1.5 s", 30000: "30 s", 90000: "1m30s", 300000: "5m", 600000: "10m", 7200000: "2h0m"} {
		if got := milliseconds(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}
