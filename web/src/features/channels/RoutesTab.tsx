import { Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api, dataOf } from "@/lib/api/client";
import type { AssetDetail } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { AssetList } from "./AssetList";
import styles from "./channels.module.css";
import { useAssetsOf, useChannels } from "./queries";

/** Which transitions go where beyond what channels take by themselves; each is an asset with a page of its own. */
export function RoutesTab() {
  const { t } = useTranslation("channels");
  const may = useMay();
  const navigate = useNavigate();
  const routes = useAssetsOf("route");
  const [adding, { open, close }] = useDisclosure(false);
  const show = (id: string) => void navigate({ to: "/assets/$assetId", params: { assetId: id } as never });
  return (
    <>
      <div className={styles.head}>
        <p className={styles.note}>{t("tabText.routes")}</p>
        {may("channels.write") ? (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
            {t("routes.add")}
          </Button>
        ) : null}
      </div>
      <AssetList
        label={t("tab.routes")}
        query={routes}
        empty={<EmptyState kind="nothing" title={t("routes.none.title")} text={t("routes.none.text")} />}
        onOpen={({ id }) => show(id)}
      />
      {adding ? <NewRoute onClose={close} onMade={show} /> : null}
    </>
  );
}

function NewRoute({ onClose, onMade }: { onClose(): void; onMade(id: string): void }) {
  const { t } = useTranslation("channels");
  const client = useQueryClient();
  const channels = useChannels();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string>();
  const channel = chosen ?? channels.data?.[0]?.slug ?? "";
  const make = useMutation({
    mutationFn: () =>
      dataOf<AssetDetail>(
        api.POST("/api/v1/assets", {
          body: { kind: "route", name: name.trim(), description: "", content: { to: [{ channel }] } },
        }),
      ),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["channels"] });
      onMade(made.id);
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("routes.add")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <ImeForm
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t("field.name")}
            data-autofocus
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("routes.to")}
            description={t("routes.toHint")}
            value={channel}
            onChange={(event) => setChosen(event.currentTarget.value)}
            data={(channels.data ?? []).map(({ slug, name: said }) => ({ value: slug, label: said }))}
          />
          <ProblemNotice error={make.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t("common:action.cancel")}
            </Button>
            <Button type="submit" loading={make.isPending} disabled={name.trim() === "" || channel === ""}>
              {t("create")}
            </Button>
          </Group>
        </Stack>
      </ImeForm>
    </Modal>
  );
}
