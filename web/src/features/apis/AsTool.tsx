import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTool } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ToolOfApi } from "@/components/tool/ToolOfApi";
import type { Api } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import styles from "./apis.module.css";
import { referenceOf } from "./queries";
import { Fields } from "./reference/Fields";
import { Parameters } from "./reference/Parameters";

/** The tools that were made of an API, and the way to another one. */
export function AsTool({ shown }: { shown: Api }) {
  const { t } = useTranslation("apis");
  const may = useMay();
  const served = shown.published_version !== null;
  const reference = useQuery({ ...referenceOf(shown.id), enabled: served });
  const [opened, dialog] = useDisclosure(false);
  const tools = reference.data?.used_by.filter(({ kind }) => kind === "tool") ?? [];
  return (
    <section className={styles.trialTools} aria-label={t("export.tools")}>
      <h3 className={styles.subhead}>{t("export.tools")}</h3>
      {served ? null : <p className={styles.note}>{t("export.draft")}</p>}
      <ul className={styles.findings}>
        {tools.map(({ id, name }) => (
          <li key={id}>
            <Link to="/tools/$toolId" params={{ toolId: id }} className={styles.link}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
      {served && may("tools.write") ? (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconTool size={14} aria-hidden />}
          onClick={dialog.open}
        >
          {t("export.do")}
        </Button>
      ) : null}
      {opened ? <Dialog shown={shown} onClose={dialog.close} /> : null}
    </section>
  );
}

function Dialog({ shown, onClose }: { shown: Api; onClose(): void }) {
  const { t } = useTranslation("apis");
  const navigate = useNavigate();
  const { data } = useQuery(referenceOf(shown.id));
  const { slug: key, name, definition } = shown;
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t("export.title")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      {data === undefined ? null : (
        <>
          <h3 className={styles.subhead}>{t("export.input")}</h3>
          <Parameters parameters={data.parameters} />
          <h3 className={styles.subhead}>{t("export.output")}</h3>
          <Fields schema={data.answer_schema} />
        </>
      )}
      <ToolOfApi
        api={{ key, name, description: definition.description ?? "" }}
        onMade={(made) => void navigate({ to: "/tools/$toolId", params: { toolId: made.asset_id } })}
        onClose={onClose}
      />
    </Modal>
  );
}
