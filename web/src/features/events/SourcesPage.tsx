import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import type { EventSourceMade, EventSources } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import { DoorTable } from "./DoorTable";
import { EventTabs } from "./EventTabs";
import { sourcesQuery } from "./queries";
import { SourceDetails } from "./SourceDetails";
import { SourceFields } from "./SourceFields";

/** Every way in: formats for everybody with a key, and senders that sign; what came by each and what was refused. */
export default function SourcesPage() {
  const { t } = useTranslation("events");
  const may = useMay();
  const query = useQuery(sourcesQuery);
  useLiveRefresh("events", ["event-sources"], 2000);
  const { selected, select, clear } = useSelection();
  const [adding, dialog] = useDisclosure(false);
  // The secret is told once: it stays on screen until its source is left.
  const [made, setMade] = useState<EventSourceMade | null>(null);
  const writes = may("connections.write");
  const add = writes ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      {t("sources.add")}
    </Button>
  ) : null;
  return (
    <Page header={<PageHeader title={t("sources.title")} text={t("sources.text")} actions={add} />}>
      <EventTabs />
      <StateView query={query}>
        {(found) => (
          <>
            <Ways found={found} onOpen={select} />
            {selected === undefined ? null : (
              <SourceDetails
                key={selected}
                id={selected}
                sources={found}
                secret={made?.source.id === selected ? made.secret : null}
                writes={writes}
                onMade={setMade}
                onClose={() => {
                  setMade(null);
                  clear();
                }}
              />
            )}
          </>
        )}
      </StateView>
      <Modal
        opened={adding}
        onClose={dialog.close}
        title={t("sources.add")}
        size="lg"
        closeButtonProps={{ "aria-label": t("common:action.close") }}
      >
        <SourceFields
          onDone={(done) => {
            setMade(done);
            dialog.close();
            if (done !== null) select(done.source.id);
          }}
          onCancel={dialog.close}
        />
      </Modal>
    </Page>
  );
}

/** What came by each way in. */
function Ways({ found, onOpen }: { found: EventSources; onOpen(id: string): void }) {
  const { t } = useTranslation("events");
  return (
    <>
      <Panel title={t("sources.signed")}>
        {found.items.length === 0 ? (
          <EmptyState compact kind="nothing" title={t("sources.none.title")} text={t("sources.none.text")} />
        ) : (
          <DoorTable
            label={t("sources.signed")}
            rows={found.items.map(({ id, name, scheme, enabled, counts }) => ({
              id,
              name,
              note: enabled ? t(`sources.scheme.${scheme.type}`) : t("sources.off"),
              counts,
            }))}
            onOpen={onOpen}
          />
        )}
      </Panel>
      <Panel title={t("sources.formats")} note={t("sources.formatsNote")}>
        <DoorTable
          label={t("sources.formats")}
          rows={found.doors.map(({ door, path, counts }) => ({
            id: door,
            name: t(`sources.door.${door}`),
            note: path,
            counts,
          }))}
          onOpen={onOpen}
        />
      </Panel>
    </>
  );
}
