import { useTranslation } from "react-i18next";
import type { CatalogTable } from "@/lib/api/types";
import { compact } from "@/lib/format/numbers";

/** How many rows there are, and how well that is known. */
export function RowCount({ rows }: { rows: CatalogTable["rows"] }) {
  const { t, i18n } = useTranslation("catalogs");
  if (rows === null) return "–";
  const value = compact(rows.value, i18n.language);
  return <span className="num">{t(`rows.${rows.precision}`, { value })}</span>;
}
