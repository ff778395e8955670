package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/courier"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Letter is an e-mail to an address that is not, or not any more, an account's own.
type Letter struct {
	ID      ident.ID // the same at every attempt
	At      time.Time
	To      secret.String
	Subject string
	Text    string
	Link    string // a screen of the console; empty: none
}

// Mail carries letters. Whether another attempt may succeed is told with the error.
type Mail interface {
	Send(ctx context.Context, l Letter) (permanent bool, err error)
}

// The kinds of letter.
const (
	letterCode    = "email_code"    // to who says that the address is theirs
	letterTaken   = "email_taken"   // to who has an account with the address already
	letterChanged = "email_changed" // to the address that was an account's before

	changedLasts = 24 * time.Hour // how long a letter about a change is tried
)

// enclosed is what is sealed of a letter.
type enclosed struct {
	To   secret.String
	Code secret.String
}

// letterRow is a letter that waits.
type letterRow struct {
	ID        ident.ID  `db:"id"`
	AccountID ident.ID  `db:"account_id"`
	Kind      string    `db:"kind"`
	Sealed    []byte    `db:"sealed"`
	Attempts  int       `db:"attempts"`
	ExpiresAt time.Time `db:"expires_at"`
}

func letterPurpose(id ident.ID) string { return "account_letter/" + id.String() }

const (
	// A code replaces the one before it, whose letter is worth nothing any more.
	dropLetters  = `DELETE FROM account_letter WHERE account_id = $1 AND kind IN ('email_code', 'email_taken')`
	insertLetter = `INSERT INTO account_letter (id, account_id, kind, sealed, next_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`
	claimLetters = `
UPDATE account_letter SET attempts = attempts + 1, next_at = $2 WHERE id IN (
	SELECT id FROM account_letter WHERE next_at <= $1 AND expires_at > $1 ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING id, account_id, kind, sealed, attempts, expires_at`
	nextLetter   = `SELECT min(next_at) FROM account_letter WHERE expires_at > $1`
	deleteLetter = `DELETE FROM account_letter WHERE id = $1 AND attempts = $2`
	delayLetter  = `UPDATE account_letter SET next_at = $3 WHERE id = $1 AND attempts = $2`
)

// letterSchedule ends with the letter's own time, if that is earlier.
var letterSchedule = courier.Schedule{Pauses: []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour,
}}

// write puts a letter into the transaction; it leaves after the commit.
func (d desk) write(ctx context.Context, tx *command.Tx, account ident.ID, kind string, to enclosed, until time.Time) error {
	id := tx.NewID()
	inside, err := json.Marshal([]string{to.To.Reveal(), to.Code.Reveal()})
	if err != nil {
		return fmt.Errorf("write letter: %w", err)
	}
	if _, err := tx.Exec(ctx, dropLetters, account); err != nil {
		return fmt.Errorf("drop letters: %w", err)
	}
	if _, err := tx.Exec(ctx, insertLetter, id, account, kind, d.keys.Seal(secret.New(string(inside)), letterPurpose(id)), tx.Now, until); err != nil {
		return fmt.Errorf("store letter: %w", err)
	}
	tx.AfterCommit(d.letters.Wake)
	return nil
}

// read opens a letter and puts it into words.
func (d desk) read(row letterRow, at time.Time) (Letter, error) {
	sealed, err := d.keys.Open(row.Sealed, letterPurpose(row.ID))
	if err != nil {
		return Letter{}, fmt.Errorf("open letter: %w", err)
	}
	var inside []string
	if err := json.Unmarshal([]byte(sealed.Reveal()), &inside); err != nil || len(inside) != 2 {
		return Letter{}, errors.New("a letter cannot be read")
	}
	l := Letter{ID: row.ID, At: at, To: secret.New(inside[0])}
	switch row.Kind {
	case letterCode:
		l.Subject, l.Link = "Confirm your e-mail address", "/account"
		l.Text = fmt.Sprintf("The code is %s\n\nEnter it under Account within %d minutes, and this address is the one you sign in with.\n"+
			"If you did not ask for it, do nothing: without the code nothing changes.", inside[1], int(emailCodeLasts.Minutes()))
	case letterTaken:
		l.Subject = "Somebody asked for your e-mail address"
		l.Text = "Who is signed in to another account asked to have this address there. You have an account with it already, so nothing changed.\n" +
			"If it was you: sign in with this address, or change it there first."
	default:
		l.Subject = "The e-mail address of your account was changed"
		l.Text = "This address is not the one of your account any more. If it was not you who changed it, ask whoever runs this installation to lock the account."
	}
	return l, nil
}

// SendLetters sends what is due until ctx ends. Any number of processes may do so.
func (s *Slice) SendLetters(ctx context.Context) {
	if s.letters == nil {
		<-ctx.Done()
		return
	}
	s.letters.Run(ctx)
}

// SendLettersDue sends what is due now, once, and waits for it.
func (s *Slice) SendLettersDue(ctx context.Context) (tried int, err error) {
	if s.letters == nil {
		return 0, nil
	}
	return s.letters.Once(ctx)
}

// newLetters makes who carries letters; nil where nobody does.
func (d desk) newLetters(r *command.Runner) *courier.Courier[letterRow, bool] {
	if d.elsewhere.Mail == nil {
		return nil
	}
	return courier.New(courier.Work[letterRow, bool]{
		Name: "letters", Clock: r.Clock, Log: r.Log,
		Claim: func(ctx context.Context, limit int, now, lease time.Time) ([]letterRow, error) {
			return pg.All[letterRow](ctx, r.DB, claimLetters, now, lease, limit)
		},
		NextDue: func(ctx context.Context) (*time.Time, error) {
			return pg.One[*time.Time](ctx, r.DB, nextLetter, r.Clock())
		},
		Send: func(ctx context.Context, row letterRow, at time.Time) (permanent bool, err error) {
			l, err := d.read(row, at)
			if err != nil {
				return true, err
			}
			return d.elsewhere.Mail.Send(ctx, l)
		},
		Settle: func(ctx context.Context, row letterRow, t courier.Try[bool]) error {
			pause, again := letterSchedule.Next(row.Attempts, 0, t.Random)
			if next := t.At.Add(pause); t.Failure != "" && again && !t.Receipt && next.Before(row.ExpiresAt) {
				_, err := r.DB.Exec(ctx, delayLetter, row.ID, row.Attempts, next)
				return err
			}
			if t.Failure != "" {
				r.Log.WarnContext(ctx, "a letter was given up", "letter", row.ID, "kind", row.Kind, "account", row.AccountID, "attempts", row.Attempts, "reason", t.Failure)
			}
			_, err := r.DB.Exec(ctx, deleteLetter, row.ID, row.Attempts)
			return err
		},
	})
}
