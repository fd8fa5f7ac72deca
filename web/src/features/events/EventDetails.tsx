import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import type { EventRow } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import styles from "./events.module.css";
import { conditionFor, fieldsOf } from "./filters";

interface Props {
  event: EventRow;
  /** Narrows the list to events with a field like this one's. */
  onNarrow(condition: string): void;
  onClose(): void;
}

export function EventDetails({ event, onNarrow, onClose }: Props) {
  const { t, i18n } = useTranslation("events");
  const time = (text: string) => dateTime(new Date(text), i18n.language);
  const fields = [...fieldsOf("attributes", event.attributes), ...fieldsOf("data", event.data)];
  const narrowing = fields
    .map(([path, value]) => conditionFor(path, value))
    .filter((each) => each !== null)
    .slice(0, 60);
  return (
    <Inspector title={event.type} badges={<SeverityBadge severity={event.severity} />} onClose={onClose}>
      <Pairs
        pairs={[
          [t("field.time"), time(event.time)],
          [t("field.received"), time(event.received_at)],
          [t("field.source"), event.source],
          [t("field.subject"), event.subject],
          [t("field.eventId"), <CopyText key="event" text={event.event_id} />],
          [t("field.id"), <CopyText key="id" text={event.id} />],
          ...Object.entries(event.attributes).map(
            ([name, value]) => [name, String(value)] as [string, string],
          ),
        ]}
      />
      <InspectorSection title={t("data")}>
        <pre className={styles.json}>{JSON.stringify(event.data, null, 2)}</pre>
      </InspectorSection>
      {narrowing.length === 0 ? null : (
        <InspectorSection title={t("where.like")}>
          <ul className={styles.narrowing}>
            {narrowing.map((each) => (
              <li key={each}>
                <button type="button" onClick={() => onNarrow(each)}>
                  {each}
                </button>
              </li>
            ))}
          </ul>
        </InspectorSection>
      )}
      <Link className={styles.link} to="/events/types" search={{ selected: event.type }}>
        {t("types.of")}
      </Link>
    </Inspector>
  );
}
