import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import styles from "./lifecycle.module.css";

/** From a kind's own page to what every asset has: links, reviews, history. */
export function AssetPageLink({ id }: { id: string }) {
  const { t } = useTranslation("lifecycle");
  return (
    <Link className={styles.link} to="/assets/$assetId" params={{ assetId: id }} search={{ tab: "links" }}>
      {t("page")}
    </Link>
  );
}
