package tenancy

import (
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// Permissions is the one table that says which roles may issue each command and query.
// Tests compare it with every bound name and every route.
//
// Roles are looked up in the scope of the thing that is addressed: "managers" of a
// project are its managers and the owners and admins of its organization. Self is who
// the very thing belongs to. A caller without any role in the scope is told that
// nothing is there; which of several visible things a list shows is the query's matter.
//
// Operators run the installation: they see everything and may stop anything, but
// they do not run code in somebody else's project.
func Permissions() permission.Table {
	type roles = []permission.Role
	with := func(some roles, more ...permission.Role) roles { return append(slices.Clone(some), more...) }

	var (
		anyone    = roles{permission.Anyone}
		signedIn  = roles{permission.Authenticated}
		own       = roles{permission.Self}
		itself    = roles{permission.System}
		operators = roles{Operator}
		agents    = roles{permission.Agent}
		stoa      = roles{permission.System}

		// In an organization.
		owners = with(operators, Owner)
		admins = with(owners, Admin)
		people = with(admins, Member)

		// In a project.
		managers = with(admins, ProjectManager)
		workers  = roles{Owner, Admin, ProjectManager, ProjectMember}
		readers  = with(managers, ProjectMember, ProjectViewer)
	)

	return permission.Table{
		// Setting up, signing in: before anybody is known.
		"setup.get":             anyone,
		"setup.complete":        anyone, // holds the single-use link
		"setup.open":            itself,
		"operator.ensure_local": itself,
		"auth.registration":     anyone,
		"auth.register":         anyone, // the registration setting decides
		"auth.sign_in":          anyone,
		"auth.set_password":     anyone, // holds the single-use link
		"auth.sign_out":         signedIn,
		"auth.sign_out_url":     signedIn,

		// Signing in through an outside issuer, who says who it is.
		"auth.providers":     anyone,
		"auth.oidc_start":    anyone,
		"auth.oidc_finish":   anyone,
		"auth.oidc_logout":   anyone, // holds a token that the issuer signed for it
		"auth.accept_token":  anyone, // of access tokens that were checked; no operation
		"me.identities":      own,
		"me.link_identity":   own,
		"me.unlink_identity": own,

		"identity.provider.list":   operators,
		"identity.provider.get":    operators,
		"identity.provider.create": operators,
		"identity.provider.update": operators,
		"identity.provider.remove": operators,
		"identity.provider.test":   operators, // asks the issuer

		// One's own account. A token that is bound to a project reaches none of it but me.get.
		"me.get":             signedIn,
		"me.update":          own,
		"me.change_password": own,
		"me.change_email":    own,
		"me.confirm_email":   own,
		"session.list":       own,
		"session.revoke":     own,
		"preference.get":     own,
		"preference.change":  own,
		"preference.restore": own,
		"preference.history": own,
		"token.list":         own,
		"token.create":       own,
		"token.revoke":       own,

		// What is proved besides a password.
		"auth.second_factor":        anyone, // has shown the password
		"second_factor.get":         own,
		"second_factor.enroll":      own,
		"second_factor.confirm":     own,
		"second_factor.remove":      own,
		"second_factor.renew_codes": own,
		"second_factor.reset":       operators,

		// What signs in instead of a password.
		"auth.passkey_begin": anyone,
		"auth.passkey":       anyone, // holds the passkey
		"passkey.list":       own,
		"passkey.begin":      own,
		"passkey.add":        own,
		"passkey.remove":     own,

		// Programs that a person signs in with a code.
		"device.start":  anyone,
		"device.redeem": anyone, // holds the device code
		"device.get":    own,
		"device.decide": own,

		// People, as who runs the installation sees them.
		"user.list":           operators,
		"user.get":            operators,
		"user.create":         operators,
		"user.update":         operators,
		"user.lock":           operators,
		"user.unlock":         operators,
		"user.reset_password": operators,
		"user.delete":         operators,

		// Organizations and their people.
		"organization.create":        signedIn,
		"organization.list":          signedIn, // one's own
		"organization.get":           people,
		"organization.rename":        admins,
		"organization.members":       people,
		"organization.set_member":    admins, // nobody grants a role above their own
		"organization.remove_member": with(admins, permission.Self),
		"unit.list":                  people,
		"unit.create":                admins,
		"unit.update":                admins,
		"unit.delete":                admins,
		"invitation.list":            admins,
		"invitation.create":          admins,
		"invitation.revoke":          admins,
		"invitation.accept":          signedIn, // holds the single-use link

		// Projects and their people.
		"project.list":          signedIn, // the visible ones
		"project.create":        admins,
		"project.get":           readers,
		"project.update":        managers,
		"project.archive":       managers,
		"project.restore":       managers,
		"project.members":       readers,
		"project.set_member":    managers,
		"project.remove_member": with(managers, permission.Self),

		// Accounts of programs: nobody makes or touches one that has more than themselves.
		"service_account.list":       with(readers, Member), // those that the caller manages
		"service_account.get":        with(managers, permission.Self),
		"service_account.keys":       with(managers, permission.Self),
		"service_account.create":     managers,
		"service_account.rotate_key": with(managers, permission.Self),
		"service_account.revoke_key": with(managers, permission.Self),
		"service_account.disable":    managers,
		"service_account.enable":     managers,
		"service_account.delete":     managers,

		// Settings, limits and quotas.
		"limit.list":  signedIn,                        // as they apply to the caller
		"limit.set":   with(managers, permission.Self), // in that scope; global ones have none, so operators only
		"limit.clear": with(managers, permission.Self),

		"limit.member": admins, // as they apply to one of the organization's

		"rate.list":   signedIn, // one's own; others' are for operators
		"rate.member": admins,
		"rate.reset":  operators,

		// Nodes belong to the platform.
		"node.list":     operators,
		"node.get":      operators,
		"node.enroll":   with(operators, permission.System), // this machine's own agent
		"node.cordon":   operators,
		"node.uncordon": operators,
		"node.drain":    operators,
		"node.remove":   operators,

		// What nodes do themselves, and what is done when they do nothing.
		"node.admit":             anyone, // holds an enrolment token
		"node.open_session":      agents,
		"node.renew_certificate": agents,
		"node.mark_offline":      stoa,
		"node.mark_drained":      stoa,

		// Executions: members run code in their project and manage their own runs.
		"runtime.list":     signedIn,
		"runtime.examples": signedIn,
		"runtime.nodes":    operators,
		"runtime.inspect":  operators, // asks a registry
		"runtime.create":   operators,
		"runtime.update":   operators,
		"runtime.remove":   operators,
		"execution.submit": workers,
		"execution.retry":  workers, // a new execution, the caller's
		"execution.get":    readers,
		"execution.list":   readers,
		"execution.watch":  readers,
		"execution.output": readers,
		"execution.steps":  readers,
		"execution.queue":  signedIn, // numbers only

		"execution.deliveries": readers, // the callback's, and the caller's own
		"judge0.redeliver":     with(managers, permission.Self),

		"execution.artefacts":         readers,
		"execution.artefact":          readers,
		"execution.artefacts.archive": readers,

		"execution.cancel": with(managers, permission.Self),
		"execution.delete": with(managers, permission.Self),

		"execution.reprioritize": with(managers, permission.Self), // up to execution.priority.max, which binds all but operators
		"execution.list_all":     admins,                          // of an organization; of all of them, operators only
		"execution.waiting":      admins,

		"execution.egress.update": with(managers, permission.Self),

		// To write to a running program is as much as to end it.
		"execution.attach":    with(managers, permission.Self),
		"execution.attached":  with(managers, permission.Self),
		"execution.input":     with(managers, permission.Self),
		"execution.recording": readers,

		// What becomes of executions, as nodes report it and Stoa decides it.
		"runtime.offer":   agents,
		"runtime.report":  agents,
		"execution.begin": agents,
		"execution.end":   agents,

		"execution.egress.report": agents,

		"execution.claim":   stoa,
		"execution.requeue": stoa,
		"execution.expire":  stoa,
		"execution.forget":  stoa, // its project keeps none for longer
		"judge0.settle":     stoa, // what became of a callback

		// Saved scripts: members keep their own, and share them with the project.
		"script.list":     readers,
		"script.get":      readers,
		"script.versions": readers,
		"script.create":   workers,
		"script.save":     with(managers, permission.Self),
		"script.update":   with(managers, permission.Self),
		"script.delete":   with(managers, permission.Self),

		// Uploaded files: members upload, and delete their own.
		"file.list":     readers,
		"file.get":      readers,
		"file.content":  readers,
		"file.received": readers, // of what is whole, or was sent by the caller
		"file.upload":   workers,
		"file.delete":   with(managers, permission.Self),
		"file.begin":    workers, // of an upload that comes in pieces; no operation
		"file.expire":   stoa,

		// Telling people. An inbox and its channels are their user's own.
		"notification.list":                own,
		"notification.unread":              own,
		"notification.read":                own,
		"notification.read_all":            own,
		"notification.delete":              own,
		"notification.subscriptions":       own,
		"notification.subscribe":           own,
		"notification.change_subscription": own,
		"notification.rotate_secret":       own,
		"notification.unsubscribe":         own,
		"notification.test":                own,
		"notification.deliveries":          own,
		"notification.delivery":            own,
		"notification.redeliver":           own,
		"notification.send":                operators,
		"notification.release":             stoa,
		"notification.settle":              stoa,
		"alert.receive":                    operators, // by a token that may do nothing else
		"alert.test":                       operators,

		// What happened, and how the installation fares.
		"event.list":       signedIn, // of the visible projects
		"event.stream":     signedIn,
		"event.types":      signedIn,
		"event.type":       signedIn,
		"event.get":        signedIn,
		"event.statistics": signedIn,
		"event.actors":     signedIn,
		"event.export":     signedIn, // of what the caller manages
		"health.get":       operators,

		// Who did what.
		"audit.list":   signedIn, // of organizations that the caller runs
		"audit.export": signedIn,

		// What consumers of the log could not handle.
		"dead_letter.list":       operators,
		"dead_letter.statistics": operators,
		"dead_letter.retry":      operators,
		"dead_letter.discard":    operators,
		"dead_letter.note_level": stoa,
		"retry_policy.list":      operators,
		"retry_policy.set":       operators,
		"retry_policy.clear":     operators,

		// What happened, given once more.
		"replay.create": admins,
		"replay.list":   signedIn, // of those that the caller runs
		"replay.get":    admins,
		"replay.file":   admins,
		"replay.start":  admins,
		"replay.pause":  admins,
		"replay.resume": admins,
		"replay.cancel": admins,
		"replay.delete": admins,
		"replay.begin":  stoa, // its time has come
		"replay.end":    stoa,

		// Other systems that get events as they happen.
		"sink.list":   signedIn, // of those that the caller runs
		"sink.create": admins,
		"sink.update": admins,
		"sink.pause":  admins,
		"sink.resume": admins,
		"sink.delete": admins,
		"sink.halt":   stoa, // the other system will never have it

		"sink.note_outage": stoa,
	}
}
