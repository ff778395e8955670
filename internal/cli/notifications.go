package cli

type notificationsCommand struct {
	List       notificationsList       `cmd:"" default:"withargs" help:"List what you were told."`
	Read       notificationsRead       `cmd:"" help:"Mark notifications read."`
	Delete     notificationsDelete     `cmd:"" help:"Delete notifications."`
	Send       notificationsSend       `cmd:"" help:"Tell a user, or all operators, something. For operators."`
	TestAlert  notificationsTestAlert  `cmd:"" help:"Send every operator an alert that is none, as Grafana would. For operators."`
	Channels   notificationsChannels   `cmd:"" aliases:"channel" help:"Where it is sent: the console, webhooks, Slack, e-mail."`
	Deliveries notificationsDeliveries `cmd:"" aliases:"delivery" help:"What was sent to channels, and how that went."`
}
