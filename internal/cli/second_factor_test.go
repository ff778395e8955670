package cli

import (
	"strings"
	"testing"
)

func TestEnrollingShowsTheSecretAndTakesACode(t *testing.T) {
	u := at(t, installation{
		"POST /me/second-factor":              says(200, `{"secret":"JBSWY3DPEHPK3PXP","uri":"otpauth://totp/x","qr":["10","01"]}`),
		"POST /me/second-factor/confirmation": says(200, `{"recovery_codes":["aaaa-bbbb","cccc-dddd"]}`),
	})
	u.Stdin = strings.NewReader("123456\n")
	if code := u.types(t, "second-factor", "enroll"); code != 0 || u.out.String() != "aaaa-bbbb\ncccc-dddd\n" || !strings.Contains(u.err.String(), "JBSWY3DPEHPK3PXP") {
		t.Errorf("exit code %d, printed %q, said %s", code, u.out, u.err)
	}
}

func TestQRCodesAreDrawnWithAQuietZone(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(drawn([]string{"10", "11"}), "\n"), "\n")
	if len(lines) != 3 || lines[1] != "\x1b[30;107m  █▄  \x1b[0m" {
		t.Errorf("%q", lines)
	}
}
