import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { VersionList } from "@/components/lifecycle/VersionList";
import { Panel } from "@/components/page/Panel";
import type { Rule } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { decidesText, stepping } from "./model";
import { versionsQuery } from "./queries";

/** What was published, newest first; any of them can be put in force again. */
export function Versions({ rule }: { rule: Rule }) {
  const { t } = useTranslation("rules");
  const may = useMay();
  const versions = useQuery(versionsQuery(rule.id));
  return (
    <Panel title={t("versions")}>
      <VersionList
        asset={stepping(rule)}
        query={versions}
        canWrite={may("rules.write")}
        text={({ name, definition }) => (definition === null ? name : <code>{decidesText(definition)}</code>)}
        also={["rules"]}
      />
    </Panel>
  );
}
