/** The server's schemas under the names the screens use. The one place that knows how the document calls them. */
import type { components } from "@/generated/api";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type SetupState = Schemas["SetupState"];
export type OidcState = Schemas["OidcShown"];
export type RoleName = Schemas["Role"];
export type Permission = Schemas["Permission"];
export type User = Schemas["UserShown"];
export type Role = Schemas["RoleShown"];
export type ApiKey = Schemas["KeyShown"];
export type CreatedKey = Schemas["KeyCreated"];
export type LoginSession = Schemas["SessionShown"];
export type AuditEntry = Schemas["AuditShown"];
export type AuditVerification = Schemas["AuditVerification"];
export type SystemHealth = Schemas["SystemHealth"];
export type Breaker = Schemas["BreakerShown"];
export type MetricsAnswer = Schemas["MetricsAnswer"];
export type SeriesPoints = Schemas["SeriesPoints"];
export type Aggregate = Schemas["Aggregate"];
export type Item = Schemas["Item"];
export type ItemDetail = Schemas["ItemDetail"];
export type Alert = Schemas["AlertShown"];
export type EventRow = Schemas["EventShown"];
export type AlertState = Schemas["AlertState"];
export type AlertDetail = Schemas["AlertDetail"];
export type AlertSummary = Schemas["AlertSummary"];
export type AlertTransition = Schemas["TransitionShown"];
export type Rule = Schemas["RuleShown"];
export type RuleDefinition = Schemas["ThresholdRule"];
export type RuleDraft = Schemas["RuleDraft"];
export type RuleVersion = Schemas["opsloom__rules__schemas__VersionShown"];
export type RulePreview = Schemas["PreviewShown"];
export type ConditionCheck = Schemas["opsloom__rules__schemas__CheckShown"];
export type Finding = Schemas["opsloom__rules__schemas__FindingShown"];
export type SeriesInfo = Schemas["SeriesShown"];
export type Channel = Schemas["ChannelShown"];
