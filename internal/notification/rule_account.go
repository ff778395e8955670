package notification

import (
	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// aboutAccounts are the rules about how people sign in. Whatever proves who somebody is
// and was added, changed or taken away is told to them: whoever did it may be another.
func aboutAccounts() []rule {
	security := []string{"security"}
	told := func(severity Severity, fact eventlog.Fact, title, body string) rule {
		return rule{fact: fact, to: toItself, severity: severity, tags: security, say: fixed(title, body, "/account")}
	}
	const notYou = "If it was not you, change your password, and ask an administrator to lock the account."
	return []rule{
		{
			fact: identity.LockedOut{}, to: toItself, severity: High, tags: []string{TagSystem, "security"},
			say: fixed("Your account is locked for a while", "Somebody entered a wrong password several times. If it was not you, choose a new password afterwards.", "/account"),
		},
		told(Medium, identity.PasswordChanged{}, "Your password was changed", "If it was not you, ask an administrator to lock the account."),
		told(Medium, identity.EmailChanged{}, "Your e-mail address was changed", "Sign in with the new one. "+notYou),
		told(High, identity.PasswordReset{}, "Your password was taken away", "An administrator did it, and has a link with which another one is set. Your sessions ended."),
		told(Low, identity.SecondFactorSet{}, "An authenticator app was set up for your account", ""),
		told(Medium, identity.SecondFactorRemoved{}, "The authenticator app was removed from your account", notYou),
		told(High, identity.SecondFactorReset{}, "Your second factor was taken away", "An administrator did it. Your sessions ended; set up another one when you sign in."),
		told(Medium, identity.RecoveryCodesRenewed{}, "Your recovery codes were replaced", notYou),
		told(Medium, identity.PasskeyAdded{}, "A passkey was added to your account", notYou),
		told(Medium, identity.PasskeyRemoved{}, "A passkey was removed from your account", notYou),
		told(High, identity.PasskeyRefused{}, "A passkey of yours may have been copied", "It counted backwards, and was refused. Sign in with your password and remove it."),
		{
			fact: identity.IdentityLinked{}, to: toWhoWasLinked, severity: Medium, tags: security,
			say: fixed("Your account was linked to an issuer", notYou, "/account"),
		},
		told(Low, identity.IdentityUnlinked{}, "Your account is no longer linked to an issuer", ""),
		{fact: identity.TokenCreated{}, to: toItself, severity: Low, tags: security, say: fixed("An API token was made for you", "", "/tokens")},
		{
			fact: identity.UserUpdated{}, to: toWhoseAddressChanged, severity: Medium, tags: security,
			say: fixed("Your e-mail address was changed", "An administrator did it. Sign in with the new one.", "/account"),
		},
	}
}

// toWhoWasLinked leaves out newcomers, whose account was made for the link.
func toWhoWasLinked(e eventlog.Event) ident.ID {
	fact, err := eventlog.Decode[identity.IdentityLinked](e)
	if err != nil || fact.Newcomer {
		return ident.ID{}
	}
	return e.AggregateID
}

// toWhoseAddressChanged leaves out what else operators say of somebody.
func toWhoseAddressChanged(e eventlog.Event) ident.ID {
	fact, err := eventlog.Decode[identity.UserUpdated](e)
	if err != nil || !fact.Email {
		return ident.ID{}
	}
	return e.AggregateID
}
