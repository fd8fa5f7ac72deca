import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { ApiKey } from "@/lib/api/types";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import { CreateKey } from "./CreateKey";
import { KeyDetails } from "./KeyDetails";
import { keyState } from "./keys";
import { useKeys } from "./queries";

const column = columnsOf<ApiKey>();

export default function KeysPage() {
  const { t } = useTranslation("admin");
  const may = useMay();
  const keys = useKeys();
  const { selected, select, clear } = useSelection();
  const [creating, { open, close }] = useDisclosure(false);
  const columns = useKeyColumns();
  const chosen = keys.data?.find(({ id }) => id === selected);
  const create = may("keys.write") ? (
    <Button leftSection={<IconKey size={16} aria-hidden />} onClick={open}>
      {t("keys.create")}
    </Button>
  ) : null;
  return (
    <Page fill header={<PageHeader title={t("keys.title")} text={t("keys.text")} actions={create} />}>
      <Panel fill>
        <StateView
          query={keys}
          isEmpty={(rows) => rows.length === 0}
          empty={
            <EmptyState
              kind="nothing"
              title={t("keys.none.title")}
              text={t("keys.none.text")}
              action={create}
            />
          }
        >
          {(rows) => (
            <DataTable
              label={t("keys.title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              selectedId={selected}
              onOpen={openSelected(select)}
              paging={keys}
            />
          )}
        </StateView>
      </Panel>
      {creating ? <CreateKey onClose={close} /> : null}
      {chosen === undefined ? null : <KeyDetails key={chosen.id} apiKey={chosen} onClose={clear} />}
    </Page>
  );
}

function useKeyColumns() {
  const { t } = useTranslation("admin");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", { header: t("field.name") }),
        column.accessor("prefix", {
          header: t("keys.prefix"),
          cell: ({ getValue }) => <code>{getValue()}…</code>,
        }),
        column.display({
          id: "state",
          header: t("field.state"),
          cell: ({ row }) => <KeyState apiKey={row.original} />,
        }),
        column.accessor("scopes", {
          header: t("keys.scopes"),
          meta: { align: "end" },
          cell: ({ getValue }) => getValue().length,
        }),
        column.accessor("created_by_name", { header: t("keys.by") }),
        column.accessor("last_used_at", {
          header: t("keys.used"),
          cell: ({ getValue }) => <AgeOr at={getValue()} text={t("keys.never")} />,
        }),
        column.accessor("expires_at", {
          header: t("keys.expires"),
          cell: ({ getValue }) => <AgeOr at={getValue()} text={t("keys.noEnd")} />,
        }),
      ]),
    [t],
  );
}

function AgeOr({ at, text }: { at: string | null; text: string }) {
  return at === null ? text : <TimeAgo at={at} />;
}

const tones = { active: "ok", expired: "warn", revoked: "idle" } as const;

export function KeyState({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation("admin");
  const state = keyState(apiKey, new Date());
  return <StatusBadge tone={tones[state]} label={t(`keys.state.${state}`)} />;
}
