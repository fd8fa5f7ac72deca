/** What to type to try each way in. Pure: the exact commands, for a shell with curl and openssl. */
import type { EventDoor, EventSource } from "@/lib/api/types";

const event = '{"source": "trial", "type": "hello", "severity": "info", "data": {"message": "안녕하세요"}}';

const alert = `{
  "version": "4", "receiver": "opsloom", "externalURL": "http://alertmanager.example:9093",
  "alerts": [{"status": "firing", "labels": {"alertname": "DiskFull", "instance": "db-01:9100", "severity": "warning"},
              "annotations": {"summary": "Disk is nearly full"}, "startsAt": "'$(date -u +%FT%TZ)'", "fingerprint": "c0ffee"}]
}`;

const resource =
  '"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "checkout"}}]}';
const nanos = "'$(date +%s)000000000'";

const log = `{"resourceLogs": [{${resource},
  "scopeLogs": [{"logRecords": [{"timeUnixNano": "${nanos}", "severityNumber": 17, "body": {"stringValue": "payment declined"}}]}]}]}`;

const metric = `{"resourceMetrics": [{${resource},
  "scopeMetrics": [{"metrics": [{"name": "queue.length", "gauge":
    {"dataPoints": [{"timeUnixNano": "${nanos}", "asDouble": 7}]}}]}]}]}`;

const bodies: Record<string, string> = {
  events: event,
  alertmanager: alert,
  otlp_logs: log,
  otlp_metrics: metric,
};

/** The command for a format everybody with an API key can send. */
export function doorCommand(door: EventDoor, origin: string): string {
  if (door.door === "prometheus")
    return [
      "# prometheus.yml",
      "remote_write:",
      `  - url: ${origin}${door.path}`,
      "    authorization:",
      "      credentials: $OPSLOOM_KEY",
    ].join("\n");
  return [
    `curl ${origin}${door.path} \\`,
    '  -H "X-API-Key: $OPSLOOM_KEY" -H "Content-Type: application/json" \\',
    `  -d '${bodies[door.door] ?? "{}"}'`,
  ].join("\n");
}

const body = 'BODY=\'{"type": "hello", "message": "안녕하세요"}\'';
const hex = (what: string) =>
  `$(printf '%s' "${what}" | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d' ' -f1)`;
const raw = (what: string, key: string) =>
  `$(printf '%s' "${what}" | openssl dgst -sha256 -mac HMAC -macopt hexkey:${key} -binary | base64)`;

/** The command that signs a body as the source's scheme asks for; `secret` is known only right after it was made. */
export function sourceCommand(source: EventSource, origin: string, secret: string | null): string {
  const { scheme } = source;
  const lines = [`SECRET='${secret ?? "…"}'`, body];
  const headers: string[] = [];
  switch (scheme.type) {
    case "github":
      headers.push(`X-Hub-Signature-256: sha256=${hex("$BODY")}`, "X-GitHub-Event: push");
      break;
    case "stripe":
      lines.push("T=$(date +%s)");
      headers.push(`Stripe-Signature: t=$T,v1=${hex("$T.$BODY")}`);
      break;
    case "standard":
      lines.push(
        "T=$(date +%s)",
        "ID=msg_$T",
        "KEY=$(printf '%s' \"$SECRET\" | sed s/^whsec_// | base64 -d | od -An -v -tx1 | tr -d ' \\n')",
      );
      headers.push(
        "webhook-id: $ID",
        "webhook-timestamp: $T",
        `webhook-signature: v1,${raw("$ID.$T.$BODY", "$KEY")}`,
      );
      break;
    default: {
      const time = scheme.time_header ?? null;
      if (time !== null) lines.push("T=$(date +%s)");
      const signed = time === null ? "$BODY" : "$T.$BODY";
      if (scheme.encoding === "base64")
        lines.push("KEY=$(printf '%s' \"$SECRET\" | od -An -v -tx1 | tr -d ' \\n')");
      const signature = scheme.encoding === "base64" ? raw(signed, "$KEY") : hex(signed);
      headers.push(`${scheme.signature_header}: ${scheme.prefix ?? ""}${signature}`);
      if (time !== null) headers.push(`${time}: $T`);
    }
  }
  lines.push(`curl ${origin}${source.path} -H "Content-Type: application/json" \\`);
  lines.push(...headers.map((each) => `  -H "${each}" \\`), '  -d "$BODY"');
  return lines.join("\n");
}
