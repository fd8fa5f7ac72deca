import { auditRoute } from "./admin/audit";
import { keysRoute } from "./admin/keys";
import { rolesRoute } from "./admin/roles";
import { sessionsRoute } from "./admin/sessions";
import { systemRoute } from "./admin/system";
import { usersRoute } from "./admin/users";
import { alertsRoute } from "./alerts";
import { apiRunRoute, apiRunsRoute } from "./api-runs";
import { apiRoute, apisRoute, discoverRoute, newApiRoute, referencedApiRoute, referenceRoute } from "./apis";
import { approvalRoute } from "./approval";
import { askRoute, questionRoute, threadRoute } from "./ask";
import { assetRoute, assetsRoute } from "./assets";
import { catalogRoute, catalogsRoute } from "./catalogs";
import { acknowledgeRoute, channelsRoute, deliveriesRoute, notificationsRoute } from "./channels";
import { connectionRoute, connectionsRoute, newConnectionRoute, secretsRoute } from "./connections";
import { eventSourcesRoute, eventsRoute, eventTypesRoute } from "./events";
import { homeRoute } from "./home";
import { escalationRoute, incidentRoute, incidentsRoute, oncallRoute } from "./incidents";
import { inventoryRoute, itemRoute } from "./inventory";
import { llmRoute } from "./llm";
import { loginRoute } from "./login";
import { performanceRoute } from "./performance";
import { regressionRoute } from "./regression";
import { rootRoute } from "./root";
import { newRuleRoute, ruleRoute, rulesRoute } from "./rules";
import { screenRoute, screensRoute } from "./screens";
import { setupRoute } from "./setup";
import { shellRoute } from "./shell";
import { inhibitionsRoute, silencesRoute, windowsRoute } from "./silences";
import { toolImportRoute, toolRoute, toolsRoute } from "./tools";
import { comparedTracesRoute, traceRoute, tracesRoute } from "./traces";
import { workflowRunRoute, workflowRunsRoute } from "./workflow-runs";

/** Every page: those behind the login are children of the shell. */
export const routeTree = rootRoute.addChildren([
  loginRoute,
  setupRoute,
  approvalRoute,
  acknowledgeRoute,
  shellRoute.addChildren([
    homeRoute,
    alertsRoute,
    silencesRoute,
    windowsRoute,
    inhibitionsRoute,
    incidentsRoute,
    incidentRoute,
    oncallRoute,
    escalationRoute,
    eventsRoute,
    eventSourcesRoute,
    eventTypesRoute,
    channelsRoute,
    deliveriesRoute,
    notificationsRoute,
    askRoute,
    questionRoute,
    threadRoute,
    apisRoute,
    newApiRoute,
    referenceRoute,
    referencedApiRoute,
    discoverRoute,
    apiRoute,
    tracesRoute,
    traceRoute,
    comparedTracesRoute,
    apiRunsRoute,
    apiRunRoute,
    workflowRunsRoute,
    workflowRunRoute,
    performanceRoute,
    rulesRoute,
    newRuleRoute,
    ruleRoute,
    llmRoute,
    regressionRoute,
    screensRoute,
    screenRoute,
    assetsRoute,
    assetRoute,
    toolsRoute,
    toolImportRoute,
    toolRoute,
    connectionsRoute,
    newConnectionRoute,
    connectionRoute,
    secretsRoute,
    catalogsRoute,
    catalogRoute,
    inventoryRoute,
    itemRoute,
    usersRoute,
    rolesRoute,
    keysRoute,
    sessionsRoute,
    auditRoute,
    systemRoute,
  ]),
]);
