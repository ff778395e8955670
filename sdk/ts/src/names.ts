import type { components } from "./schema.ts";

type Schemas = components["schemas"];

export type Execution = Schemas["Execution"];
export type ExecutionRequest = Schemas["ExecutionRequest"];
export type ExecutionLimits = Schemas["ExecutionLimits"];
export type ExecutionStatus = Execution["status"];
export type Queue = Schemas["Queue"];
export type WaitingQueue = Schemas["WaitingQueue"];
export type Runtime = Schemas["Runtime"];
export type RuntimeNode = Schemas["RuntimeNode"];
export type ScriptExample = Schemas["ScriptExample"];
export type InspectedImage = Schemas["InspectedImage"];
export type Node = Schemas["Node"];
export type NodeEnrollment = Schemas["NodeEnrollment"];
export type Me = Schemas["Me"];
export type SecondFactor = Schemas["SecondFactor"];
export type Passkey = Schemas["Passkey"];
export type SecondFactorEnrollment = Schemas["SecondFactorEnrollment"];
export type Session = Schemas["Session"];
export type Device = Schemas["Device"];
export type Token = Schemas["Token"];
export type Script = Schemas["Script"];
/** An upload; the name File is the browser's. */
export type UploadedFile = Schemas["File"];
export type Preferences = Schemas["Preferences"];
export type PreferenceChange = Schemas["PreferenceChange"];
export type ScriptVersion = Schemas["ScriptVersion"];
export type Member = Schemas["Member"];
export type Invitation = Schemas["Invitation"];
export type ManagedUser = Schemas["ManagedUser"];
export type UserOverview = Schemas["UserOverview"];
export type ExecutionDelivery = Schemas["ExecutionDelivery"];
export type ExecutionStep = Schemas["ExecutionStep"];
export type ServiceAccount = Schemas["ServiceAccount"];
export type ServiceKey = Schemas["ServiceKey"];
export type AuditRecord = Schemas["AuditRecord"];
export type EventActor = Schemas["EventActor"];
export type Limit = Schemas["Limit"];
export type Rate = Schemas["Rate"];
export type DeadLetter = Schemas["DeadLetter"];
export type Replay = Schemas["Replay"];
export type Sink = Schemas["Sink"];
export type IdentityProvider = Schemas["IdentityProvider"];
export type LinkedIdentity = Schemas["LinkedIdentity"];
export type RetryPolicy = Schemas["RetryPolicy"];
export type Notification = Schemas["Notification"];
export type NotificationSubscription = Schemas["NotificationSubscription"];
export type NotificationDelivery = Schemas["NotificationDelivery"];
export type Health = Schemas["Health"];
export type Project = Schemas["Project"];
export type Organization = Schemas["Organization"];
export type Unit = Schemas["Unit"];

/** Something that happened: CloudEvents 1.0 with Stoa's extensions. */
export type StoaEvent = Schemas["CloudEvent"];
