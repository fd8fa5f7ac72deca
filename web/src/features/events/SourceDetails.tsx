import { Alert, Button, Group, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import type { EventSource, EventSourceMade, EventSources } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { doorCommand, sourceCommand } from "./curl";
import styles from "./events.module.css";
import { refusalsQuery, removeSource, renewSecret, sourcesQuery } from "./queries";
import { SourceFields } from "./SourceFields";
import ways from "./sources.module.css";

interface Props {
  id: string;
  sources: EventSources;
  /** Known only right after it was made. */
  secret: string | null;
  writes: boolean;
  onMade(made: EventSourceMade): void;
  onClose(): void;
}

/** A way in: where it is, how to try it, and what it refused lately with the reason. */
export function SourceDetails({ id, sources, secret, writes, onMade, onClose }: Props) {
  const { t } = useTranslation("events");
  const source = sources.items.find((each) => each.id === id);
  const door = sources.doors.find((each) => each.door === id);
  const { origin } = window.location;
  if (source === undefined && door === undefined) return null;
  const command =
    source === undefined
      ? door === undefined
        ? ""
        : doorCommand(door, origin)
      : sourceCommand(source, origin, secret);
  const path = source?.path ?? door?.path ?? "";
  return (
    <Inspector title={source?.name ?? t(`sources.door.${id}`)} onClose={onClose}>
      {secret === null ? null : (
        <Alert color="blue" title={t("sources.secretOnce")}>
          <CopyText text={secret} />
        </Alert>
      )}
      <Pairs
        pairs={[
          [t("sources.address"), <CopyText key="address" text={`${origin}${path}`} />],
          ...(source === undefined
            ? []
            : ([
                [t("sources.kind"), t(`sources.scheme.${source.scheme.type}`)],
                [t("sources.mapping"), source.mapping],
              ] as [string, string | null][])),
        ]}
      />
      {source === undefined || !writes ? null : <Changes source={source} onMade={onMade} onClose={onClose} />}
      <InspectorSection title={t("sources.try")}>
        <pre className={styles.json} data-testid="command">
          {command}
        </pre>
        <CopyText text={command} label={t("common:action.copy")} />
        <p className={styles.note}>{source === undefined ? t("sources.keyNote") : t("sources.secretNote")}</p>
      </InspectorSection>
      <Refusals door={id} />
    </Inspector>
  );
}

function Changes({
  source,
  onMade,
  onClose,
}: {
  source: EventSource;
  onMade(made: EventSourceMade): void;
  onClose(): void;
}) {
  const { t } = useTranslation("events");
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: sourcesQuery.queryKey });
  const [editing, dialog] = useDisclosure(false);
  const [removing, confirm] = useDisclosure(false);
  const renew = useMutation({
    mutationFn: () => renewSecret(source.id),
    onSuccess: (made) => {
      onMade(made);
      return refresh();
    },
  });
  const remove = useMutation({
    mutationFn: () => removeSource(source.id),
    onSuccess: () => {
      onClose();
      return refresh();
    },
  });
  return (
    <>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={dialog.open}>
          {t("sources.edit")}
        </Button>
        <Button size="compact-sm" variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
          {t("sources.renew")}
        </Button>
        <Button size="compact-sm" variant="subtle" color="red" onClick={confirm.open}>
          {t("sources.remove")}
        </Button>
      </Group>
      <ProblemNotice error={renew.error} />
      <Modal
        opened={editing}
        onClose={dialog.close}
        title={t("sources.edit")}
        size="lg"
        closeButtonProps={{ "aria-label": t("common:action.close") }}
      >
        <SourceFields source={source} onDone={dialog.close} onCancel={dialog.close} />
      </Modal>
      <ConfirmDanger
        opened={removing}
        title={t("sources.removeTitle", { name: source.name })}
        impact={t("sources.removeText")}
        confirmLabel={t("sources.remove")}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={confirm.close}
      />
    </>
  );
}

function Refusals({ door }: { door: string }) {
  const { t, i18n } = useTranslation("events");
  const { data } = useQuery(refusalsQuery(door));
  return (
    <InspectorSection title={t("sources.refusals")}>
      {data?.items.length === 0 ? <p className={styles.note}>{t("sources.noRefusals")}</p> : null}
      <ul className={ways.refusals}>
        {data?.items.map((each) => (
          <li key={each.id}>
            <p>
              <code>{each.code}</code> {each.pointer === "" ? null : <code>{each.pointer}</code>}{" "}
              {each.detail}
            </p>
            <p className={styles.note}>{dateTime(new Date(each.at), i18n.language)}</p>
            {each.item === "" ? null : <pre className={styles.json}>{each.item}</pre>}
          </li>
        ))}
      </ul>
    </InspectorSection>
  );
}
