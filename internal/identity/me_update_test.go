package identity

import (
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

func TestPeopleNameThemselves(t *testing.T) {
	h := open(t)
	ada := h.registered()
	for _, name := range []string{"Ada King", "Ada King"} { // the second time nothing changes
		a, err := h.UpdateMe(h.as(ada.Secret), UpdateMe{Name: name})
		wantCode(t, err, "")
		if a.Name != name || a.Email != ada.Account.Email {
			t.Errorf("%+v", a)
		}
	}
	me, err := h.Me(h.as(ada.Secret), GetMe{})
	wantCode(t, err, "")
	if me.Account.Name != "Ada King" {
		t.Errorf("%+v", me.Account)
	}
	said, err := pg.All[string](t.Context(), h.db, `SELECT data::text FROM event WHERE type = 'user.updated.v1' AND aggregate_id = $1`, ada.Account.ID)
	wantCode(t, err, "")
	if len(said) != 1 || said[0] != `{"name": true}` {
		t.Errorf("said %v", said)
	}
	for _, name := range []string{"", " Ada", strings.Repeat("a", 101), "a\x00b"} {
		_, err := h.UpdateMe(h.as(ada.Secret), UpdateMe{Name: name})
		wantCode(t, err, "tenancy.name")
	}
	_, err = h.UpdateMe(t.Context(), UpdateMe{Name: "Nobody"})
	wantCode(t, err, "unauthenticated")
}

func TestOperatorsCorrectNamesAndAddresses(t *testing.T) {
	h := open(t)
	ada, bob := h.registered(), h.registered()
	name, address := "Ada King", strings.ToUpper(uniqueEmail())
	u, err := h.UpdateUser(h.asOperator(), UpdateUser{ID: ada.Account.ID, Name: &name, Email: &address})
	wantCode(t, err, "")
	if u.Name != name || u.Email != strings.ToLower(address) {
		t.Errorf("%+v", u)
	}
	_, err = h.signInAs(ada.Account.Email, password)
	wantCode(t, err, "auth.wrong_credentials")
	in, err := h.signInAs(u.Email, password)
	wantCode(t, err, "")
	if in.Account.ID != ada.Account.ID || h.refusal(ada.Secret) != "" {
		t.Error("it is another account, or the session ended")
	}
	_, err = h.UpdateUser(h.asOperator(), UpdateUser{ID: ada.Account.ID, Email: &bob.Account.Email})
	wantCode(t, err, "user.email_taken")
	for _, bad := range []string{"", "no address", "a@b@c"} {
		_, err = h.UpdateUser(h.asOperator(), UpdateUser{ID: ada.Account.ID, Email: &bad})
		wantCode(t, err, "email")
	}
	_, err = h.UpdateUser(h.as(bob.Secret), UpdateUser{ID: bob.Account.ID, Email: &address})
	wantCode(t, err, "denied")
	said, err := pg.All[string](t.Context(), h.db, `SELECT data::text FROM event WHERE type = 'user.updated.v1' AND aggregate_id = $1`, ada.Account.ID)
	wantCode(t, err, "")
	if len(said) != 1 || said[0] != `{"name": true, "email": true}` {
		t.Errorf("said %v", said)
	}
}
