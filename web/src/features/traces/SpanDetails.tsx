import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { StateView } from "@/components/state/StateView";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { TraceSpan } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { PayloadShown } from "./PayloadShown";
import { spanQuery } from "./queries";

interface Props {
  traceId: string;
  span: TraceSpan;
  onClose(): void;
}

/** What a span carries. Inputs and outputs are fetched when it is opened, not with the trace. */
export function SpanDetails({ traceId, span, onClose }: Props) {
  const { t, i18n } = useTranslation("traces");
  const detail = useQuery(spanQuery(traceId, span.id));
  const ms = (value: number) => showText(value, "ms", i18n.language);
  return (
    <Inspector
      title={span.name}
      badges={span.error === "" ? null : <StatusBadge tone="critical" label={span.error} />}
      onClose={onClose}
    >
      <InspectorSection title={t("facts")}>
        <Pairs
          pairs={[
            [t("field.time"), ms(span.duration_ms)],
            [t("field.own"), ms(span.own_ms)],
            [t("field.critical"), ms(span.critical_ms)],
            [t("field.offset"), ms(span.offset_ms)],
          ]}
        />
      </InspectorSection>
      <StateView query={detail} compact>
        {({ attributes, payload }) => (
          <>
            {Object.keys(attributes).length === 0 ? null : (
              <InspectorSection title={t("attributes")}>
                <Pairs pairs={Object.entries(attributes).map(([name, value]) => [name, String(value)])} />
              </InspectorSection>
            )}
            {Object.entries(payload ?? {}).map(([name, value]) =>
              value === null ? null : (
                <InspectorSection key={name} title={t(`payload.${name}`, { defaultValue: name })}>
                  <PayloadShown value={value} />
                </InspectorSection>
              ),
            )}
          </>
        )}
      </StateView>
    </Inspector>
  );
}
