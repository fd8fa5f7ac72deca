import { Button, TextInput } from "@mantine/core";
import { IconDeviceFloppy } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { UndoButtons } from "@/components/draft/UndoButtons";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { toast } from "@/components/toast/toast";
import { api, dataOf } from "@/lib/api/client";
import type { Rule, RuleDraft } from "@/lib/api/types";
import type { JsonObject } from "@/lib/json/pointer";
import { useSaveKey } from "@/lib/keyboard/use-save-key";
import { useHandedDraft } from "@/lib/navigation/handed";
import { begin, edited, redone, undone } from "@/lib/undo/undo";
import { RuleEditor } from "./form/RuleEditor";
import { LeaveWarning } from "./LeaveWarning";
import { begun } from "./model/document";
import styles from "./rules.module.css";

/** A rule that is nowhere yet: it becomes a draft once it is saved, and then saves itself. */
export default function NewRulePage() {
  const { t } = useTranslation("rules");
  const { editing, present, change, begins, asked, save, saved } = useNewRule();
  useSaveKey(begins, true);
  const actions = (
    <>
      <UndoButtons editing={editing} />
      <Button
        leftSection={<IconDeviceFloppy size={16} aria-hidden />}
        loading={save.isPending}
        onClick={begins}
      >
        {t("save")}
      </Button>
    </>
  );
  return (
    <Page header={<PageHeader title={t("new")} text={t("newText")} actions={actions} />}>
      <div className={styles.wide}>
        <ProblemNotice error={save.error} />
        <Panel>
          <div className={styles.form}>
            <TextInput
              label={t("field.name")}
              maxLength={200}
              error={asked && present.name.trim() === "" ? t("need.name") : undefined}
              value={present.name}
              onChange={(event) => change({ name: event.currentTarget.value }, t("field.name"))}
            />
          </div>
        </Panel>
        <RuleEditor content={present.content} onChange={(content, label) => change({ content }, label)} />
        <LeaveWarning dirty={editing.history.past.length > 0} saved={saved} />
      </div>
    </Page>
  );
}

interface Written {
  name: string;
  content: JsonObject;
}

const unwritten = (): Written => ({ name: "", content: begun("threshold") });

/** A rule that another page has drafted. */
function written({ name, ...content }: JsonObject): Written {
  return { name: typeof name === "string" ? name : "", content };
}

function useNewRule() {
  const { t } = useTranslation("rules");
  const client = useQueryClient();
  const navigate = useNavigate();
  const saved = useRef(false);
  const handed = useHandedDraft<JsonObject>();
  const [history, setHistory] = useState(() =>
    begin<Written>(handed === undefined ? unwritten() : written(handed)),
  );
  const [asked, setAsked] = useState(false);
  const { present } = history;
  const save = useMutation({
    mutationFn: () => {
      const body = { ...present.content, name: present.name.trim() } as unknown as RuleDraft;
      return dataOf<Rule>(api.POST("/api/v1/rules", { body }));
    },
    onSuccess: async (stored) => {
      saved.current = true;
      client.setQueryData(["rules", "one", stored.id], stored);
      void client.invalidateQueries({ queryKey: ["rules", "list"] });
      void toast({ tone: "ok", title: t("saved") });
      await navigate({ to: "/rules/$ruleId", params: { ruleId: stored.id } });
    },
  });
  return {
    editing: { history, undo: () => setHistory(undone), redo: () => setHistory(redone) },
    present,
    change: (part: Partial<Written>, label: string) =>
      setHistory((kept) => edited(kept, { ...kept.present, ...part }, label, performance.now())),
    begins: () => {
      setAsked(true);
      if (present.name.trim() !== "") save.mutate();
    },
    asked,
    save,
    saved,
  };
}
