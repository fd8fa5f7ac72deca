import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconUserPlus } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { User } from "@/lib/api/types";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import { AddUser } from "./AddUser";
import { useUsers } from "./queries";
import { UserDetails } from "./UserDetails";

const column = columnsOf<User>();

export default function UsersPage() {
  const { t } = useTranslation("admin");
  const may = useMay();
  const users = useUsers();
  const { selected, select, clear } = useSelection();
  const [adding, { open, close }] = useDisclosure(false);
  const columns = useUserColumns();
  const chosen = users.data?.find(({ id }) => id === selected);
  const add = (
    <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
      {t("users.add")}
    </Button>
  );
  return (
    <Page
      fill
      header={
        <PageHeader
          title={t("users.title")}
          text={t("users.text")}
          actions={may("users.write") ? add : null}
        />
      }
    >
      <Panel fill>
        <StateView query={users}>
          {(rows) => (
            <DataTable
              label={t("users.title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              selectedId={selected}
              onOpen={openSelected(select)}
              paging={users}
            />
          )}
        </StateView>
      </Panel>
      {adding ? <AddUser onClose={close} /> : null}
      {chosen === undefined ? null : <UserDetails key={chosen.id} user={chosen} onClose={clear} />}
    </Page>
  );
}

function useUserColumns() {
  const { t } = useTranslation("admin");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", { header: t("field.name") }),
        column.accessor("email", { header: t("field.email") }),
        column.accessor("role", {
          header: t("field.role"),
          cell: ({ getValue }) => t(`shell:role.${getValue()}`),
        }),
        column.accessor("active", {
          header: t("field.state"),
          cell: ({ getValue }) =>
            getValue() ? (
              <StatusBadge tone="ok" label={t("users.active")} />
            ) : (
              <StatusBadge tone="idle" label={t("users.inactive")} />
            ),
        }),
        column.accessor("created_at", {
          header: t("field.created"),
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t],
  );
}
