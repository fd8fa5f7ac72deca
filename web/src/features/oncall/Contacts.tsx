import { MultiSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { api } from "@/lib/api/client";
import type { Channel, OncallContact } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import styles from "./oncall.module.css";
import { channelsQuery, contactsQuery } from "./queries";

/** How everybody is reached: one's own can be changed, with the right to change users anybody's. */
export function Contacts() {
  const { t } = useTranslation("oncall");
  const contacts = useQuery(contactsQuery);
  const may = useMay();
  const { data: channels } = useQuery({ ...channelsQuery, enabled: may("channels.read") });
  return (
    <Panel title={t("contacts.title")} note={t("contacts.text")}>
      <StateView query={contacts} compact>
        {({ items }) => (
          <ul className={styles.contacts}>
            {items.map((contact) => (
              <Contact
                key={contact.user_id}
                contact={contact}
                channels={channels?.items ?? []}
                writes={contact.own || may("users.write")}
              />
            ))}
          </ul>
        )}
      </StateView>
    </Panel>
  );
}

interface Props {
  contact: OncallContact;
  channels: Channel[];
  writes: boolean;
}

function Contact({ contact, channels, writes }: Props) {
  const { t } = useTranslation("oncall");
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (chosen: string[]) =>
      api.PUT("/api/v1/oncall-contacts/{user_id}", {
        params: { path: { user_id: contact.user_id } },
        body: { channels: chosen },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["oncall", "contacts"] }),
  });
  const known = new Set(channels.map(({ id }) => id));
  return (
    <li>
      <span className={styles.name}>
        {contact.name}
        {contact.own ? ` (${t("contacts.you")})` : ""}
      </span>
      <div>
        <MultiSelect
          aria-label={t("contacts.of", { name: contact.name })}
          placeholder={contact.channels.length === 0 ? t("contacts.choose") : ""}
          data={channels.map(({ id, name }) => ({ value: id, label: name }))}
          value={contact.channels.filter((id) => known.has(id))}
          disabled={!writes || save.isPending}
          onChange={(chosen) => save.mutate(chosen)}
        />
        <ProblemNotice error={save.error} />
      </div>
      {contact.channels.length === 0 ? (
        <StatusBadge plain tone="warn" label={t("contacts.none")} />
      ) : (
        <StatusBadge plain tone="ok" label={t("contacts.some")} />
      )}
    </li>
  );
}
