package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Device is a program that asks to be signed in by a person at a browser (RFC 8628):
// it shows them a short code, they type it into the console and approve, and the
// program, which asks every few seconds, is given an API token.
type Device struct {
	ID            ident.ID     `db:"id"`
	Status        DeviceStatus `db:"status"`
	Name          string       `db:"name"` // what it calls itself, which nobody has checked
	Days          int          `db:"days"` // how long its token will last
	RemoteAddress string       `db:"remote_address"`
	UserAgent     string       `db:"user_agent"`
	CreatedAt     time.Time    `db:"created_at"`
	ExpiresAt     time.Time    `db:"expires_at"`
}

// DeviceStatus is how far the sign-in has come.
type DeviceStatus string

// The statuses. A code that nobody used just expires.
const (
	DevicePending  DeviceStatus = "pending"
	DeviceApproved DeviceStatus = "approved"
	DeviceDenied   DeviceStatus = "denied"
	DeviceRedeemed DeviceStatus = "redeemed" // the program has its token
)

const (
	deviceToken    = "device" // stoa_device_…
	deviceLasts    = 10 * time.Minute
	deviceInterval = 5 * time.Second
)

// A user's code has 34 random bits, in letters that nobody takes for another one or
// makes a word of (RFC 8628, section 6.1). It lives for ten minutes, and who tries
// codes is signed in and held to the rate of sign-ins.
const (
	userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"
	userCodeSize    = 8
)

func newUserCode() string {
	const fair = 256 - 256%len(userCodeLetters)
	var code strings.Builder
	for b := make([]byte, 1); code.Len() < userCodeSize; {
		_, _ = rand.Read(b) // never fails: crypto/rand crashes the program instead
		if int(b[0]) < fair {
			code.WriteByte(userCodeLetters[int(b[0])%len(userCodeLetters)])
		}
	}
	return code.String()
}

// showUserCode writes a code as people read it: WDJB-MJHT.
func showUserCode(code string) string { return code[:userCodeSize/2] + "-" + code[userCodeSize/2:] }

// hashUserCode takes a code as people type it: in any case, with or without the dash.
func hashUserCode(typed string) ([]byte, error) {
	code := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(typed))
	if len(code) != userCodeSize || strings.Trim(code, userCodeLetters) != "" {
		return nil, fault.New(fault.Invalid, "device.code", "A code has %d letters, like %s.", userCodeSize, "WDJB-MJHT").At("user_code", "must be the code that the program shows")
	}
	sum := sha256.Sum256([]byte(code))
	return sum[:], nil
}

// The refusals of RFC 8628 (section 3.5) and RFC 6749 (section 5.2), with their own names.

func errDevicePending() error {
	return fault.New(fault.Invalid, "authorization_pending", "Nobody has approved this sign-in yet. Ask again after the interval.")
}

func errDeviceTooSoon(interval int) error {
	return fault.New(fault.Invalid, "slow_down", "This is asked too often. Wait %d seconds between two questions from now on.", interval)
}

func errDeviceDenied() error {
	return fault.New(fault.Invalid, "access_denied", "This sign-in was denied.")
}

func errDeviceExpired() error {
	return fault.New(fault.Invalid, "expired_token", "The code has expired. Start again.")
}

func errDeviceUnknown() error {
	return fault.New(fault.Invalid, "invalid_grant", "This device code is not known here, or has given its token already.")
}

// checkDeviceStart checks what a program says about itself.
func checkDeviceStart(name string, days int) error {
	if days < 1 || days > maxDeviceDays {
		return fault.New(fault.Invalid, "device.days", "The token can last 1 to %d days.", maxDeviceDays).At("body.expires_in_days", fmt.Sprintf("must be 1 to %d", maxDeviceDays))
	}
	if strings.TrimSpace(name) == "" {
		return fault.New(fault.Invalid, "device.name", "Say what asks to be signed in.").At("body.name", "is required")
	}
	return nil
}

const maxDeviceDays = 3650

// DeviceStartedOnce carries both codes, which are shown this one time.
type DeviceStartedOnce struct {
	DeviceCode secret.String
	UserCode   secret.String
	ExpiresIn  time.Duration
	Interval   time.Duration
}
