package identity

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/courier"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// Slice is every command and query of identity, bound. Those that hash passwords do
// so before their transaction begins: no lock and no connection waits for it.
type Slice struct {
	SetupNeeded  command.Func[GetSetup, Setup]
	SetUp        command.Func[SetUp, SignedInOnce]
	Registration command.Func[GetRegistration, Registration]
	Register     command.Func[Register, SignedInOnce]
	SignIn       command.Func[SignIn, SignedInOnce]
	SignOut      command.Func[SignOut, struct{}]
	SetPassword  command.Func[SetPassword, struct{}]

	Me             command.Func[GetMe, Me]
	UpdateMe       command.Func[UpdateMe, Account]
	ChangePassword command.Func[ChangePassword, struct{}]
	ChangeEmail    command.Func[ChangeEmail, EmailChange]
	ConfirmEmail   command.Func[ConfirmEmail, EmailChange]
	Sessions       command.Func[ListCredentials, tenancy.Page[Credential]]
	RevokeSession  command.Func[RevokeCredential, struct{}]
	Tokens         command.Func[ListCredentials, tenancy.Page[Credential]]
	CreateToken    command.Func[CreateToken, TokenCreatedOnce]
	RevokeToken    command.Func[RevokeCredential, struct{}]

	SecondFactor       command.Func[GetSecondFactor, SecondFactor]
	EnrollSecondFactor command.Func[EnrollSecondFactor, EnrolledOnce]
	ConfirmSecond      command.Func[ConfirmSecondFactor, RecoveryCodesOnce]
	RemoveSecondFactor command.Func[RemoveSecondFactor, RecoveryCodesOnce]
	RenewRecoveryCodes command.Func[RenewRecoveryCodes, RecoveryCodesOnce]
	ResetSecondFactor  command.Func[ResetSecondFactor, struct{}]
	SignInSecond       command.Func[SignInSecond, SignedInOnce]

	Passkeys           command.Func[ListPasskeys, tenancy.Page[Passkey]]
	BeginPasskey       command.Func[BeginPasskey, PasskeyChallenge]
	AddPasskey         command.Func[AddPasskey, Passkey]
	RemovePasskey      command.Func[RemovePasskey, struct{}]
	BeginPasskeySignIn command.Func[BeginPasskeySignIn, PasskeyChallenge]
	SignInWithPasskey  command.Func[SignInWithPasskey, SignedInOnce]

	StartDevice  command.Func[StartDevice, DeviceStartedOnce]
	Device       command.Func[GetDevice, Device]
	DecideDevice command.Func[DecideDevice, Device]
	RedeemDevice command.Func[RedeemDevice, TokenCreatedOnce]

	Users         command.Func[ListUsers, tenancy.Page[User]]
	User          command.Func[GetUser, UserOverview]
	CreateUser    command.Func[CreateUser, PasswordLinkOnce]
	UpdateUser    command.Func[UpdateUser, User]
	LockUser      command.Func[LockUser, User]
	UnlockUser    command.Func[UnlockUser, User]
	ResetPassword command.Func[ResetPassword, PasswordLinkOnce]
	DeleteUser    command.Func[DeleteUser, struct{}]

	ServiceAccounts       command.Func[ListServiceAccounts, tenancy.Page[ServiceAccount]]
	ServiceAccount        command.Func[GetServiceAccount, ServiceAccount]
	CreateServiceAccount  command.Func[CreateServiceAccount, ServiceAccountCreatedOnce]
	DisableServiceAccount command.Func[DisableServiceAccount, ServiceAccount]
	EnableServiceAccount  command.Func[EnableServiceAccount, ServiceAccount]
	DeleteServiceAccount  command.Func[DeleteServiceAccount, struct{}]
	ServiceKeys           command.Func[ListServiceKeys, tenancy.Page[Credential]]
	RotateServiceKey      command.Func[RotateServiceKey, ServiceKeyRotatedOnce]
	RevokeServiceKey      command.Func[RevokeServiceKey, struct{}]

	// OpenSetup and EnsureLocalOperator are Stoa's own, at its start: call them with
	// command.AsSystem.
	OpenSetup           command.Func[OpenSetup, SetupLink]
	EnsureLocalOperator command.Func[EnsureLocalOperator, LocalOperator]

	letters *courier.Courier[letterRow, bool] // nil: the installation sends no e-mail
}

// desk holds what the handlers need besides the transaction.
type desk struct {
	db       *pg.DB
	clock    clock.Clock
	hasher   *Hasher
	settings Settings
	keys     Sealer
	table    permission.Table
	groups   groups

	elsewhere Elsewhere
	letters   *courier.Courier[letterRow, bool] // nil: the installation sends no e-mail
}

// New binds identity's commands and queries to the runner.
func New(r *command.Runner, settings Settings, keys Sealer, hasher *Hasher, elsewhere Elsewhere) *Slice {
	d := desk{db: r.DB, clock: r.Clock, hasher: hasher, settings: settings, keys: keys, table: r.Table, groups: groupsOf(r.Table), elsewhere: elsewhere}
	d.letters = d.newLetters(r)
	return &Slice{
		letters: d.letters,

		SetupNeeded:  query(r, "setup.get", nowhere, getSetup),
		SetUp:        d.setUp(command.Bind(r, spec("setup.complete", command.NoScope[hashedSetUp]), d.completeSetup)),
		Registration: query(r, "auth.registration", nowhere, d.getRegistration),
		Register:     d.register(command.Bind(r, spec("auth.register", command.NoScope[hashedRegister]), d.completeRegistration)),
		SignIn:       d.signIn(told(command.Bind(r, spec("auth.sign_in", command.NoScope[checkedSignIn]), d.completeSignIn))),
		SignOut:      command.Bind(r, spec("auth.sign_out", command.NoScope[SignOut]), signOut),
		SetPassword:  d.setPassword(command.Bind(r, spec("auth.set_password", command.NoScope[hashedSetPassword]), d.completeSetPassword)),

		Me:             query(r, "me.get", nowhere, getMe),
		UpdateMe:       command.Bind(r, spec("me.update", command.OwnScope[UpdateMe]), updateMe),
		ChangePassword: d.changePassword(told(command.Bind(r, spec("me.change_password", command.OwnScope[checkedChange]), d.completePasswordChange))),
		ChangeEmail:    d.changeEmail(told(command.Bind(r, spec("me.change_email", command.OwnScope[provenEmail]), d.askForEmail))),
		ConfirmEmail:   told(command.Bind(r, spec("me.confirm_email", command.OwnScope[ConfirmEmail]), d.confirmEmail)),
		Sessions:       query(r, "session.list", ownThings, listCredentials(Session)),
		RevokeSession:  command.Bind(r, spec("session.revoke", ofCredential(Session)), revokeSession),
		Tokens:         query(r, "token.list", ownThings, listCredentials(APIToken)),
		CreateToken:    unkept(command.Bind(r, spec("token.create", command.OwnScope[CreateToken]), d.createToken)),
		RevokeToken:    command.Bind(r, spec("token.revoke", ofCredential(APIToken)), revokeToken),

		SecondFactor:       query(r, "second_factor.get", ownThings, d.getSecondFactor),
		EnrollSecondFactor: unkept(command.Bind(r, spec("second_factor.enroll", command.OwnScope[EnrollSecondFactor]), d.enrollSecondFactor)),
		ConfirmSecond:      unkept(command.Bind(r, spec("second_factor.confirm", command.OwnScope[ConfirmSecondFactor]), d.confirmSecondFactor)),
		RemoveSecondFactor: told(command.Bind(r, spec("second_factor.remove", command.OwnScope[RemoveSecondFactor]), d.removeSecondFactor)),
		RenewRecoveryCodes: told(command.Bind(r, spec("second_factor.renew_codes", command.OwnScope[RenewRecoveryCodes]), d.renewRecoveryCodes)),
		ResetSecondFactor:  command.Bind(r, spec("second_factor.reset", userScope), resetSecondFactor),
		SignInSecond:       told(command.Bind(r, spec("auth.second_factor", command.NoScope[SignInSecond]), d.completeSecond)),

		Passkeys:           query(r, "passkey.list", ownThings, listPasskeys),
		BeginPasskey:       unkept(command.Bind(r, spec("passkey.begin", command.OwnScope[BeginPasskey]), d.beginPasskey)),
		AddPasskey:         told(command.Bind(r, spec("passkey.add", command.OwnScope[AddPasskey]), d.addPasskey)),
		RemovePasskey:      command.Bind(r, spec("passkey.remove", passkeyScope), dropPasskey),
		BeginPasskeySignIn: unkept(command.Bind(r, spec("auth.passkey_begin", command.NoScope[BeginPasskeySignIn]), beginPasskeySignIn)),
		SignInWithPasskey:  told(command.Bind(r, spec("auth.passkey", command.NoScope[SignInWithPasskey]), d.completePasskeySignIn)),

		StartDevice:  unkept(command.Bind(r, spec("device.start", command.NoScope[StartDevice]), startDevice)),
		Device:       query(r, "device.get", ownThings, getDevice),
		DecideDevice: command.Bind(r, spec("device.decide", command.OwnScope[DecideDevice]), decideDeviceSignIn),
		RedeemDevice: d.redeemDevice(command.Bind(r, spec("device.redeem", command.NoScope[RedeemDevice]), completeDevice)),

		Users:         query(r, "user.list", nowhere, listUsers),
		User:          query(r, "user.get", nowhere, d.getUser),
		CreateUser:    unkept(command.Bind(r, spec("user.create", command.NoScope[CreateUser]), createUser)),
		UpdateUser:    command.Bind(r, spec("user.update", command.NoScope[UpdateUser]), updateUser),
		LockUser:      command.Bind(r, spec("user.lock", command.NoScope[LockUser]), lockOut),
		UnlockUser:    command.Bind(r, spec("user.unlock", command.NoScope[UnlockUser]), unlock),
		ResetPassword: unkept(command.Bind(r, spec("user.reset_password", command.NoScope[ResetPassword]), resetPassword)),
		DeleteUser:    command.Bind(r, spec("user.delete", command.NoScope[DeleteUser]), d.deleteUser),

		ServiceAccounts:       query(r, "service_account.list", amongServiceAccounts, listServiceAccounts),
		ServiceAccount:        query(r, "service_account.get", seenServiceAccount, getServiceAccount),
		CreateServiceAccount:  unkept(command.Bind(r, spec("service_account.create", newServiceAccountScope), d.createServiceAccount)),
		DisableServiceAccount: command.Bind(r, spec("service_account.disable", lockedServiceAccount[DisableServiceAccount]), disableServiceAccount),
		EnableServiceAccount:  command.Bind(r, spec("service_account.enable", lockedServiceAccount[EnableServiceAccount]), enableServiceAccount),
		DeleteServiceAccount:  command.Bind(r, spec("service_account.delete", lockedServiceAccount[DeleteServiceAccount]), deleteServiceAccount),
		ServiceKeys:           query(r, "service_account.keys", seenServiceAccount, listServiceKeys),
		RotateServiceKey:      unkept(command.Bind(r, spec("service_account.rotate_key", lockedServiceAccount[RotateServiceKey]), d.rotateServiceKey)),
		RevokeServiceKey:      command.Bind(r, spec("service_account.revoke_key", lockedServiceAccount[RevokeServiceKey]), revokeServiceKey),

		OpenSetup:           command.Bind(r, spec("setup.open", command.NoScope[OpenSetup]), openSetup),
		EnsureLocalOperator: command.Bind(r, spec("operator.ensure_local", command.NoScope[EnsureLocalOperator]), ensureLocalOperator),
	}
}

func spec[C any](name string, scope func(context.Context, *command.Tx, C) (command.Scope, error)) command.Spec[C] {
	return command.Spec[C]{Name: name, Scope: scope}
}

func query[Q, R any](r *command.Runner, name string, scope func(context.Context, pg.Querier, command.Actor, Q) (command.Scope, error),
	read func(context.Context, command.Query, Q) (R, error),
) command.Func[Q, R] {
	return command.BindQuery(r, command.QuerySpec[Q]{Name: name, Scope: scope}, read)
}

func nowhere[Q any](context.Context, pg.Querier, command.Actor, Q) (command.Scope, error) {
	return command.Scope{}, nil
}

func ownThings[Q any](_ context.Context, _ pg.Querier, actor command.Actor, _ Q) (command.Scope, error) {
	return command.Scope{Owner: actor.ID}, nil
}

// unkept is for answers that carry a secret.
func unkept[C, R any](f command.Func[C, R]) command.Func[C, R] {
	return func(ctx context.Context, in C) (R, error) { return f(command.Unkept(ctx), in) }
}
