package identity

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

func (h *house) started() DeviceStartedOnce {
	h.t.Helper()
	d, err := h.StartDevice(h.t.Context(), StartDevice{Name: "stoa CLI on ada", Days: 90, UserAgent: "stoa-cli/1"})
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// asks is a program's question for its token, and with which code it was refused.
func (h *house) asks(d DeviceStartedOnce, code string) TokenCreatedOnce {
	h.t.Helper()
	made, err := h.RedeemDevice(h.t.Context(), RedeemDevice{DeviceCode: d.DeviceCode})
	wantCode(h.t, err, code)
	return made
}

func TestAPersonSignsAProgramIn(t *testing.T) {
	h := open(t)
	ada := h.registered()
	d := h.started()
	if d.ExpiresIn != 10*time.Minute || d.Interval != 5*time.Second {
		t.Errorf("%+v", d)
	}
	h.asks(d, "authorization_pending")

	typed := secret.New(strings.ToLower(strings.ReplaceAll(d.UserCode.Reveal(), "-", " ")))
	shown, err := h.Device(h.as(ada.Secret), GetDevice{UserCode: typed})
	if err != nil || shown.Name != "stoa CLI on ada" || shown.UserAgent != "stoa-cli/1" || shown.Status != DevicePending {
		t.Fatalf("%+v, %v", shown, err)
	}
	if _, err := h.DecideDevice(h.as(ada.Secret), DecideDevice{UserCode: typed, Approve: true}); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(5 * time.Second)
	made := h.asks(d, "")
	if made.Token.Name != "stoa CLI on ada" || made.Token.ExpiresAt.Sub(h.now) != 90*24*time.Hour {
		t.Errorf("%+v", made.Token)
	}
	if actor, err := h.actor(made.Secret); err != nil || actor.ID != ada.Account.ID {
		t.Errorf("%+v, %v", actor, err)
	}
	events := h.eventTypes(ada.Account.ID)
	if !slices.Equal(events[len(events)-2:], []string{"user.device_decided.v1", "user.token_created.v1"}) {
		t.Error(events)
	}
	h.now = h.now.Add(5 * time.Second)
	h.asks(d, "invalid_grant") // once
	_, err = h.DecideDevice(h.as(ada.Secret), DecideDevice{UserCode: d.UserCode, Approve: true})
	wantCode(t, err, "device.unknown")
}

func TestDeviceRefusals(t *testing.T) {
	h := open(t)
	ada := h.registered()

	denied := h.started()
	if _, err := h.DecideDevice(h.as(ada.Secret), DecideDevice{UserCode: denied.UserCode}); err != nil {
		t.Fatal(err)
	}
	h.asks(denied, "access_denied")

	hasty := h.started()
	h.asks(hasty, "authorization_pending")
	h.asks(hasty, "slow_down")
	h.now = h.now.Add(5 * time.Second)
	h.asks(hasty, "slow_down") // it is 10 seconds by now
	h.now = h.now.Add(15 * time.Second)
	h.asks(hasty, "authorization_pending")

	late := h.started()
	h.now = h.now.Add(10 * time.Minute)
	h.asks(late, "expired_token")
	_, err := h.DecideDevice(h.as(ada.Secret), DecideDevice{UserCode: late.UserCode, Approve: true})
	wantCode(t, err, "device.unknown")

	for _, forged := range []string{"", "stoa_device_x", ada.Secret.Reveal(), secret.NewToken(deviceToken, ada.Account.ID).Reveal()} {
		_, err := h.RedeemDevice(t.Context(), RedeemDevice{DeviceCode: secret.New(forged)})
		wantCode(t, err, "invalid_grant")
	}
	_, err = h.StartDevice(t.Context(), StartDevice{Name: " ", Days: 1})
	wantCode(t, err, "device.name")
	_, err = h.StartDevice(t.Context(), StartDevice{Name: "x", Days: 4000})
	wantCode(t, err, "device.days")
}

func TestWhoMayApproveAProgram(t *testing.T) {
	h := open(t)
	ada, d := h.registered(), h.started()
	approve := DecideDevice{UserCode: d.UserCode, Approve: true}
	_, err := h.DecideDevice(t.Context(), approve)
	wantCode(t, err, "unauthenticated")
	narrow := h.token(h.as(ada.Secret), CreateToken{Scopes: []string{"device.*"}})
	_, err = h.DecideDevice(h.as(narrow.Secret), approve)
	wantCode(t, err, "token_scope")
	bound := h.token(h.as(ada.Secret), CreateToken{ProjectID: ada.Account.DefaultProject})
	_, err = h.DecideDevice(h.as(bound.Secret), approve)
	wantCode(t, err, "not_found")
	local, err := h.EnsureLocalOperator(command.AsSystem(t.Context(), "boot"), EnsureLocalOperator{User: "root"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.DecideDevice(h.as(local.Token), approve)
	wantCode(t, err, "device.person")
	for _, code := range []string{"", "WDJB", "AAAA-AAAA", "WDJBMJHTX"} {
		_, err := h.Device(h.as(ada.Secret), GetDevice{UserCode: secret.New(code)})
		wantCode(t, err, "device.code")
	}
}

func TestUserCodesAreReadAsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := newUserCode()
		want, err := hashUserCode(showUserCode(code))
		if err != nil || strings.Trim(code, userCodeLetters) != "" {
			t.Fatalf("%s: %v", code, err)
		}
		typed := code
		for range rapid.IntRange(0, 3).Draw(t, "marks") {
			at := rapid.IntRange(0, len(typed)).Draw(t, "at")
			typed = typed[:at] + rapid.SampledFrom([]string{" ", "-"}).Draw(t, "mark") + typed[at:]
		}
		if rapid.Bool().Draw(t, "lower") {
			typed = strings.ToLower(typed)
		}
		if got, err := hashUserCode(typed); err != nil || !slices.Equal(got, want) {
			t.Fatalf("%q: %v", typed, err)
		}
	})
}
