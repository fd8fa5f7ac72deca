import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { useMay } from "@/lib/query/me";
import { screensQuery } from "./queries";
import { inLanguage } from "./runtime/use-bound";
import styles from "./screens.module.css";

/** The screens in force. */
export default function ScreensPage() {
  const { t, i18n } = useTranslation("screens");
  const may = useMay();
  const screens = useQuery(screensQuery);
  const language = i18n.language.startsWith("ko") ? "ko" : "en";
  const drafts = may("screens.write") ? (
    <Button component={Link} to="/assets" search={{ kind: "screen" } as never} variant="default">
      {t("drafts")}
    </Button>
  ) : null;
  return (
    <Page header={<PageHeader title={t("title")} text={t("text")} actions={drafts} />}>
      <StateView query={screens}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} action={drafts} />
          ) : (
            <ul className={styles.cards}>
              {found.map((screen) => (
                <li key={screen.id}>
                  <Link to="/s/$slug" params={{ slug: screen.slug } as never}>
                    {inLanguage(screen.title, language) || screen.name}
                  </Link>
                  <p>{inLanguage(screen.description, language)}</p>
                  <code>{`/s/${screen.slug}`}</code>
                </li>
              ))}
            </ul>
          )
        }
      </StateView>
    </Page>
  );
}
