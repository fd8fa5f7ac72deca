import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import type { Role } from "@/lib/api/types";
import styles from "./admin.module.css";
import { rolesQuery } from "./queries";
import { byArea, roleOrder, splitPermission } from "./roles";

/** Who may do what: roles across, permissions down. */
export default function RolesPage() {
  const { t } = useTranslation("admin");
  const roles = useQuery(rolesQuery);
  return (
    <Page header={<PageHeader title={t("roles.title")} text={t("roles.text")} />}>
      <Panel>
        <StateView query={roles}>{(list) => <Matrix roles={list} />}</StateView>
      </Panel>
    </Page>
  );
}

function Matrix({ roles }: { roles: readonly Role[] }) {
  const { t } = useTranslation("admin");
  const ordered = roleOrder.flatMap((name) => roles.filter((role) => role.name === name));
  const all = [...new Set(ordered.flatMap(({ permissions }) => permissions))];
  return (
    <table className={styles.matrix} aria-label={t("roles.title")}>
      <thead>
        <tr>
          <td />
          {ordered.map(({ name }) => (
            <th key={name} scope="col">
              {t(`shell:role.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...byArea(all)].map(([area, permissions]) => (
          <Fragment key={area}>
            <tr>
              <th scope="rowgroup" colSpan={ordered.length + 1}>
                {t(`area.${area}`)}
              </th>
            </tr>
            {permissions.map((permission) => (
              <tr key={permission}>
                <th scope="row">{t(`right.${splitPermission(permission).right}`)}</th>
                {ordered.map((role) => (
                  <td key={role.name}>
                    {role.permissions.includes(permission) ? (
                      <IconCheck size={16} color="var(--ol-ok)" aria-label={t("roles.yes")} />
                    ) : (
                      <span aria-label={t("roles.no")} role="img">
                        –
                      </span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}
