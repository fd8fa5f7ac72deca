import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiVersion } from "@/lib/api/types";
import { Compatibility } from "./Compatibility";
import styles from "./changes.module.css";

/** Any two versions of an API held against each other; at first, what is in force against the draft. */
export function CompareVersions({ apiId, versions }: { apiId: string; versions: readonly ApiVersion[] }) {
  const { t } = useTranslation("apis");
  const live = versions.find(({ is_published }) => is_published) ?? versions[0];
  const [from, setFrom] = useState<number>();
  const [to, setTo] = useState(0);
  if (live === undefined) return null;
  const choices = [
    { value: "0", label: t("changes.draft") },
    ...versions.map(({ version }) => ({
      value: String(version),
      label: t("common:object.version", { version }),
    })),
  ];
  return (
    <div className={styles.frame}>
      <div className={styles.choice}>
        <NativeSelect
          size="xs"
          label={t("changes.from")}
          value={String(from ?? live.version)}
          data={choices}
          onChange={(event) => setFrom(Number(event.currentTarget.value))}
        />
        <NativeSelect
          size="xs"
          label={t("changes.to")}
          value={String(to)}
          data={choices}
          onChange={(event) => setTo(Number(event.currentTarget.value))}
        />
      </div>
      <Compatibility apiId={apiId} from={from ?? live.version} to={to} />
    </div>
  );
}
