import { Button } from "@mantine/core";
import { IconPencil, IconRefresh } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { useMay } from "@/lib/query/me";
import { screenQuery } from "./queries";
import { ScreenView } from "./runtime/ScreenView";
import { inLanguage } from "./runtime/use-bound";

/** A published screen at its address. */
export default function ScreenPage() {
  const { t, i18n } = useTranslation("screens");
  const { slug = "" } = useParams({ strict: false });
  const search: Record<string, unknown> = useSearch({ strict: false });
  const client = useQueryClient();
  const may = useMay();
  const screen = useQuery(screenQuery(slug));
  const language = i18n.language.startsWith("ko") ? "ko" : "en";
  return (
    <StateView query={screen} waiting={<Page header={<PageHeader title={t("one")} />}>{null}</Page>}>
      {(shown) => (
        <Page
          header={
            <PageHeader
              title={inLanguage(shown.title, language) || shown.name}
              text={inLanguage(shown.description, language)}
              badges={
                shown.missing.length === 0 ? null : (
                  <StatusBadge tone="warn" label={t("missing", { permissions: shown.missing.join(", ") })} />
                )
              }
              actions={
                <>
                  <Button
                    variant="default"
                    leftSection={<IconRefresh size={15} aria-hidden />}
                    onClick={() => void client.invalidateQueries({ queryKey: ["screen", shown.slug] })}
                  >
                    {t("refresh")}
                  </Button>
                  {may("screens.write") ? (
                    <Button
                      component={Link}
                      to="/assets/$assetId"
                      params={{ assetId: shown.id } as never}
                      variant="default"
                      leftSection={<IconPencil size={15} aria-hidden />}
                    >
                      {t("edit")}
                    </Button>
                  ) : null}
                </>
              }
            />
          }
        >
          <ScreenView key={`${shown.id} ${shown.version}`} shown={shown} search={search} />
        </Page>
      )}
    </StateView>
  );
}
