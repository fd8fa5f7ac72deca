import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { changesQuery } from "../queries";
import { ChangeLines } from "./ChangeLines";
import { Consumers } from "./Consumers";
import styles from "./changes.module.css";

interface Props {
  apiId: string;
  /** A version; left out: the one in force. */
  from?: number | undefined;
  /** A version; 0 is the draft. */
  to: number;
}

/** What changes for callers between two versions, and who they are. */
export function Compatibility({ apiId, from, to }: Props) {
  const { t } = useTranslation("apis");
  const changes = useQuery(changesQuery(apiId, from, to));
  return (
    <StateView query={changes} compact>
      {({ from_version, to_version, breaks, changes: found, consumers, hidden }) => (
        <section className={styles.frame} aria-label={t("changes.title")} data-testid="changes">
          <div className={styles.choice}>
            <h3 className={styles.heading}>
              {from_version === null
                ? t("changes.first")
                : t("changes.against", {
                    from: named(from_version, t("changes.draft")),
                    to: named(to_version, t("changes.draft")),
                  })}
            </h3>
            {from_version === null ? null : (
              <StatusBadge
                tone={breaks ? "critical" : "ok"}
                label={breaks ? t("changes.breaks") : t("changes.fine")}
              />
            )}
          </div>
          {from_version === null ? null : <ChangeLines changes={found} />}
          {from_version === null ? null : (
            <>
              <h3 className={styles.heading}>{t("changes.users")}</h3>
              <Consumers users={consumers} hidden={hidden} />
            </>
          )}
        </section>
      )}
    </StateView>
  );
}

const named = (version: number, draft: string) => (version === 0 ? draft : `v${version}`);
