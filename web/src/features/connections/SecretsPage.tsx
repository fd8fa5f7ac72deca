import { ActionIcon, Button, Modal } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { useKindName } from "@/components/lifecycle/use-kind-name";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { toast } from "@/components/toast/toast";
import { api } from "@/lib/api/client";
import { useFilters } from "@/lib/navigation/use-filters";
import { useMay } from "@/lib/query/me";
import styles from "./connections.module.css";
import { type SecretRow, useSecrets } from "./queries";
import { SetSecretDialog } from "./SetSecretDialog";

const column = columnsOf<SecretRow>();

/** The vault: which secrets there are and who uses them. Values are written and never read. */
export default function SecretsPage() {
  const { t } = useTranslation("connections");
  const { filters, set } = useFilters<{ q?: string | undefined }>();
  const secrets = useSecrets(filters.q);
  // Undefined: no dialog; null: a secret that has no name yet.
  const [setting, setSetting] = useState<string | null | undefined>(undefined);
  const [leaving, setLeaving] = useState<SecretRow | null>(null);
  const mayWrite = useMay()("connections.write");
  const create = mayWrite ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setSetting(null)}>
      {t("secrets.new")}
    </Button>
  ) : null;
  return (
    <Page fill header={<PageHeader title={t("vault.title")} text={t("vault.text")} actions={create} />}>
      <ListPanel
        label={t("vault.title")}
        query={secrets}
        columns={useSecretColumns(mayWrite, setSetting, setLeaving)}
        search={{
          label: t("vault.search"),
          text: filters.q,
          onSearch: (text) => set({ q: text }),
        }}
        filtered={filters.q !== undefined}
        nothing={
          <EmptyState
            kind="nothing"
            title={t("vault.none.title")}
            text={t("vault.none.text")}
            action={create}
          />
        }
      />
      <SetSecretDialog
        opened={setting !== undefined}
        name={setting ?? null}
        onClose={() => setSetting(undefined)}
      />
      <DeleteSecret secret={leaving} onClose={() => setLeaving(null)} />
    </Page>
  );
}

function DeleteSecret({ secret, onClose }: { secret: SecretRow | null; onClose(): void }) {
  const { t } = useTranslation("connections");
  const client = useQueryClient();
  const name = secret?.name ?? "";
  const remove = useMutation({
    mutationFn: () => api.DELETE("/api/v1/secrets/{name}", { params: { path: { name } } }),
    onSuccess: () => {
      onClose();
      void toast({ tone: "ok", title: t("vault.deleted", { name }) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["secrets"] }),
  });
  const users = secret?.used_by ?? [];
  if (secret !== null && users.some(({ published }) => published))
    return <Needed secret={secret} onClose={onClose} />;
  const close = () => {
    remove.reset();
    onClose();
  };
  return (
    <ConfirmDanger
      opened={secret !== null}
      title={t("vault.deleteOf", { name })}
      impact={
        users.length === 0
          ? t("vault.unused")
          : t("vault.used", { count: users.length, names: users.map((each) => each.name).join(", ") })
      }
      confirmLabel={t("vault.delete")}
      typeName={name}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={close}
    />
  );
}

/** Needed by something in force: nothing to confirm, only to be told where to go. */
function Needed({ secret, onClose }: { secret: SecretRow; onClose(): void }) {
  const { t } = useTranslation("connections");
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("vault.needed", { name: secret.name })}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <div className={styles.stack}>
        <p className={styles.note}>{t("vault.neededText")}</p>
        <Users secret={secret} />
      </div>
    </Modal>
  );
}

function useSecretColumns(
  mayWrite: boolean,
  onSet: (name: string) => void,
  onDelete: (secret: SecretRow) => void,
) {
  const { t } = useTranslation("connections");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", {
          header: t("field.name"),
          cell: ({ getValue }) => <code>{getValue()}</code>,
        }),
        column.display({
          id: "users",
          header: t("vault.users"),
          cell: ({ row }) => <Users secret={row.original} />,
        }),
        column.accessor("updated_by", { header: t("vault.by"), meta: { width: 160 } }),
        column.accessor("updated_at", {
          header: t("vault.at"),
          meta: { width: 130 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
        column.display({
          id: "actions",
          header: t("vault.actions"),
          meta: { width: 100, align: "end" },
          cell: ({ row: { original } }) =>
            mayWrite ? (
              <>
                <ActionIcon
                  size={24}
                  aria-label={`${t("secrets.set")}: ${original.name}`}
                  onClick={() => onSet(original.name)}
                >
                  <IconPencil size={15} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  size={24}
                  aria-label={`${t("vault.delete")}: ${original.name}`}
                  onClick={() => onDelete(original)}
                >
                  <IconTrash size={15} aria-hidden />
                </ActionIcon>
              </>
            ) : null,
        }),
      ]),
    [t, mayWrite, onSet, onDelete],
  );
}

const pages: Record<string, string> = {
  connection: "/connections/$connectionId",
  api: "/apis/$apiId",
  tool: "/tools/$toolId",
};
const paramsOf = (id: string) => ({ connectionId: id, apiId: id, toolId: id, assetId: id });

/** What names a secret, each with the way to it. */
function Users({ secret }: { secret: SecretRow }) {
  const { t } = useTranslation("connections");
  const kindName = useKindName();
  if (secret.used_by.length + secret.hidden === 0)
    return <span className={styles.note}>{t("vault.nobody")}</span>;
  return (
    <span className={styles.inline}>
      {secret.used_by.map(({ id, kind, name, published }) => (
        <span key={id}>
          <Link className={styles.link} to={pages[kind] ?? "/assets/$assetId"} params={paramsOf(id) as never}>
            {name}
          </Link>{" "}
          <span className={styles.note}>
            {kindName(kind)}
            {published ? null : ` ${t("vault.inDraft")}`}
          </span>
        </span>
      ))}
      {secret.hidden === 0 ? null : (
        <span className={styles.note}>{t("vault.hidden", { count: secret.hidden })}</span>
      )}
    </span>
  );
}
