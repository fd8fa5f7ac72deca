import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { StateView } from "@/components/state/StateView";
import { Pairs } from "@/components/status/Pairs";
import type { EventTypeDetail } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import styles from "./events.module.css";
import { typeQuery } from "./queries";

/** A type's fields: what they hold, how often they are there, and values that were seen. */
export function TypeDetails({ type, onClose }: { type: string; onClose(): void }) {
  const { t, i18n } = useTranslation("events");
  const query = useQuery(typeQuery(type));
  const time = (text: string) => dateTime(new Date(text), i18n.language);
  return (
    <Inspector title={type} onClose={onClose}>
      <StateView query={query}>
        {(found) => (
          <>
            <Pairs
              pairs={[
                [t("types.events"), found.events.toLocaleString(i18n.language)],
                [t("types.lookedAt"), found.looked_at.toLocaleString(i18n.language)],
                [t("types.firstSeen"), time(found.first_seen)],
                [t("types.lastSeen"), time(found.last_seen)],
                [t("field.source"), found.sources.map(({ value }) => value).join(", ")],
              ]}
            />
            <Link className={styles.link} to="/events" search={{ type: [type] }}>
              {t("types.show")}
            </Link>
            <InspectorSection title={t("types.fields")}>
              <ul className={styles.fields}>
                {found.details.map((field) => (
                  <Field key={field.path} field={field} />
                ))}
              </ul>
              {found.left_out ? <p className={styles.note}>{t("types.leftOut")}</p> : null}
            </InspectorSection>
          </>
        )}
      </StateView>
    </Inspector>
  );
}

function Field({ field }: { field: EventTypeDetail["details"][number] }) {
  const { t } = useTranslation("events");
  const kinds = Object.keys(field.kinds).map((kind) => t(`types.kind.${kind}`));
  const { low, high } = field;
  return (
    <li>
      <div className={styles.fieldHead}>
        <code>{field.path}</code>
        <span className={styles.note}>
          {kinds.join(", ")} · {t("types.share", { percent: Math.round(field.share * 100) })}
        </span>
      </div>
      {low === null || high === null ? null : (
        <p className={styles.note}>{t("types.range", { low, high })}</p>
      )}
      <p className={styles.values}>
        {field.values.slice(0, 8).map(({ value, count }) => (
          <span key={value} title={t("types.times", { count })}>
            {value}
          </span>
        ))}
        {field.many || field.values.length > 8 ? <em>{t("types.more")}</em> : null}
      </p>
    </li>
  );
}
