package notification

import (
	"context"
	"log/slog"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/courier"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Slice is everything that can be done with notifications.
type Slice struct {
	List     command.Func[List, []Notification]
	Unread   command.Func[struct{}, int]
	MarkRead command.Func[MarkRead, Notification]
	ReadAll  command.Func[MarkAllRead, int64]
	Delete   command.Func[Delete, struct{}]
	Send     command.Func[Send, struct{}]

	Subscriptions      command.Func[struct{}, []Subscription]
	Subscribe          command.Func[Subscribe, SubscribedOnce]
	ChangeSubscription command.Func[ChangeSubscription, Subscription]
	RotateSecret       command.Func[RotateSecret, SubscribedOnce]
	Unsubscribe        command.Func[Unsubscribe, struct{}]
	Ping               command.Func[Ping, Delivery]

	Deliveries command.Func[ListDeliveries, []Delivery]
	Delivery   command.Func[GetDelivery, DeliveryDetails]
	Redeliver  command.Func[Redeliver, Delivery]

	ReceiveAlerts command.Func[ReceiveAlerts, Received]
	TestAlert     command.Func[TestAlert, Received]

	settle  command.Func[settle, struct{}]
	release command.Func[release, struct{}]

	runner  *command.Runner
	store   Store
	sender  Sender
	keys    Sealer
	people  People
	limits  Limits
	home    func() string
	observe func(channel Channel, arrived bool)
	log     *slog.Logger
	rules   map[string]rule
	courier *courier.Courier[Delivery, Receipt]
}

// Needs is what the slice stands on.
type Needs struct {
	Runner  *command.Runner
	Store   Store
	Sender  Sender
	Keys    Sealer
	People  People
	Limits  Limits
	Home    func() string                       // how people reach the console: https://stoa.example.org
	Observe func(channel Channel, arrived bool) // one call per attempt; may be nil
	Log     *slog.Logger
}

// New binds the slice's commands and queries.
func New(n Needs) *Slice {
	r := n.Runner
	s := &Slice{
		runner: r, store: n.Store, sender: n.Sender, keys: n.Keys, people: n.People, limits: n.Limits, home: n.Home, observe: n.Observe,
		log: n.Log, rules: rules(),
	}
	if s.observe == nil {
		s.observe = func(Channel, bool) {}
	}
	s.bindQueries(r)
	s.MarkRead = command.Bind(r, command.Spec[MarkRead]{Name: "notification.read", Scope: of(s, func(c MarkRead) ident.ID { return c.ID })}, s.markRead)
	s.ReadAll = command.Bind(r, command.Spec[MarkAllRead]{Name: "notification.read_all", Scope: command.OwnScope[MarkAllRead]}, s.markAllRead)
	s.Delete = command.Bind(r, command.Spec[Delete]{Name: "notification.delete", Scope: of(s, func(c Delete) ident.ID { return c.ID })}, s.remove)
	s.Send = command.Bind(r, command.Spec[Send]{Name: "notification.send", Scope: command.NoScope[Send]}, s.sendMessage)

	s.Subscribe = unkept(command.Bind(r, command.Spec[Subscribe]{Name: "notification.subscribe", Scope: command.OwnScope[Subscribe]}, s.subscribe))
	s.ChangeSubscription = command.Bind(r, command.Spec[ChangeSubscription]{Name: "notification.change_subscription", Scope: ofSubscription(s, func(c ChangeSubscription) ident.ID { return c.ID })}, s.changeSubscription)
	s.RotateSecret = unkept(command.Bind(r, command.Spec[RotateSecret]{Name: "notification.rotate_secret", Scope: ofSubscription(s, func(c RotateSecret) ident.ID { return c.ID })}, s.rotateSecret))
	s.Unsubscribe = command.Bind(r, command.Spec[Unsubscribe]{Name: "notification.unsubscribe", Scope: ofSubscription(s, func(c Unsubscribe) ident.ID { return c.ID })}, s.unsubscribe)
	s.Ping = command.Bind(r, command.Spec[Ping]{Name: "notification.test", Scope: ofSubscription(s, func(c Ping) ident.ID { return c.ID })}, s.ping)
	s.Redeliver = command.Bind(r, command.Spec[Redeliver]{Name: "notification.redeliver", Scope: s.ofDelivery}, s.redeliver)

	s.ReceiveAlerts = command.Bind(r, command.Spec[ReceiveAlerts]{Name: "alert.receive", Scope: command.NoScope[ReceiveAlerts]}, s.receiveAlerts)
	s.TestAlert = command.Bind(r, command.Spec[TestAlert]{Name: "alert.test", Scope: command.NoScope[TestAlert]}, s.testAlert)

	s.settle = command.Bind(r, command.Spec[settle]{Name: "notification.settle", Scope: command.NoScope[settle]}, s.settleDelivery)
	s.release = command.Bind(r, command.Spec[release]{Name: "notification.release", Scope: command.NoScope[release]}, s.releaseNotification)
	s.courier = s.newCourier()
	return s
}

// of finds whose a notification is.
func of[C any](s *Slice, id func(C) ident.ID) func(context.Context, *command.Tx, C) (command.Scope, error) {
	return func(ctx context.Context, tx *command.Tx, in C) (command.Scope, error) {
		n, err := s.store.Get(ctx, tx, id(in))
		return n.scope(), command.NotFoundIfNoRows(err)
	}
}

// ofSubscription finds whose a subscription is. The console's has its user's id, whether or not there is a row.
func ofSubscription[C any](s *Slice, id func(C) ident.ID) func(context.Context, *command.Tx, C) (command.Scope, error) {
	return func(ctx context.Context, tx *command.Tx, in C) (command.Scope, error) {
		if id(in) == tx.Actor.ID {
			return command.Scope{Owner: tx.Actor.ID}, nil
		}
		sub, err := s.store.Subscription(ctx, tx, id(in))
		return sub.scope(), command.NotFoundIfNoRows(err)
	}
}

func (s *Slice) ofDelivery(ctx context.Context, tx *command.Tx, in Redeliver) (command.Scope, error) {
	d, err := s.store.Delivery(ctx, pg.Querier(tx), in.ID)
	return d.scope(), command.NotFoundIfNoRows(err)
}

// unkept is for answers that carry a secret.
func unkept[C, R any](f command.Func[C, R]) command.Func[C, R] {
	return func(ctx context.Context, in C) (R, error) { return f(command.Unkept(ctx), in) }
}

// asSystem is the context of what the slice does on its own. It outlives the end of
// ctx: what was sent is recorded.
func (s *Slice) asSystem(ctx context.Context) context.Context {
	return command.AsSystem(context.WithoutCancel(ctx), "notification/"+s.runner.NewID().String())
}
