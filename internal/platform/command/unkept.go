package command

import "context"

// Unkept takes the idempotency key off the request, for commands whose answer
// carries a secret: it must not be stored, and without it a repeated answer would be
// useless. Repeating such a request makes a second secret.
func Unkept(ctx context.Context) context.Context {
	request := *RequestFrom(ctx)
	request.IdempotencyKey = ""
	return WithRequest(ctx, &request)
}
