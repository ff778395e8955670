package identity

import (
	"context"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// What is remembered of a token is worth something only if it is found to be true while nothing changes.
func TestWhoIsRememberedIsWhoItIs(t *testing.T) {
	h := open(t)
	ada := h.registered()
	text := h.token(h.as(ada.Secret), CreateToken{}).Secret
	if _, _, remembered := h.known.Presume(APIToken, text.Reveal()); remembered {
		t.Fatal("a token that nobody has shown is remembered")
	}
	h.as(text)
	for range 2 {
		_, ask, remembered := h.known.Presume(APIToken, text.Reveal())
		if !remembered {
			t.Fatal("a token that was shown is not remembered")
		}
		err := h.db.InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error {
			_, same, err := ask(tx)(ctx)
			if !same {
				t.Error("nothing has changed, and yet it is another")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.used.Write(t.Context()); err != nil { // its use is noted: that makes nobody another
			t.Fatal(err)
		}
	}
	if _, _, remembered := h.known.Presume(Session, ada.Secret.Reveal()+"x"); remembered {
		t.Error("what is no credential is remembered")
	}
}
