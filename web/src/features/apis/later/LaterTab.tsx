import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import type { Api } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import apis from "../apis.module.css";
import { BatchForm } from "./BatchForm";
import styles from "./later.module.css";
import { Schedules } from "./Schedules";

/** What the published version does without anybody waiting: by the clock, or as a list. */
export function LaterTab({ shown }: { shown: Api }) {
  const { t } = useTranslation("apis");
  const may = useMay();
  if (shown.published_version === null)
    return (
      <EmptyState
        kind="nothing"
        compact
        title={t("later.unpublished.title")}
        text={t("later.unpublished.text")}
      />
    );
  return (
    <div className={apis.inner}>
      <Schedules apiId={shown.id} writes={may("apis.write") && may("apis.run")} />
      {may("apis.run") ? <BatchForm apiId={shown.id} /> : null}
      <p className={styles.note}>
        {t("later.async")}{" "}
        <Link className={apis.link} to="/workflow-runs" search={{ api: shown.id }}>
          {t("later.runs")}
        </Link>
      </p>
    </div>
  );
}
