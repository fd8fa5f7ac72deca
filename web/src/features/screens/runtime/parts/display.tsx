import { Anchor, Button, Code, Divider, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { Tone } from "@/theme/status";
import { asText } from "../model/template";
import { useAround, usePage } from "../page";
import styles from "../runtime.module.css";
import type { Of, Schemas } from "../types";
import { useBound, useTruth, useWords } from "../use-bound";
import { Problem } from "./containers";
import { StatPart } from "./stat";
import { useSlug } from "./use-slug";

const Markdown = lazy(() => import("./Markdown"));
const tones: readonly string[] = ["ok", "info", "warn", "critical", "idle"];

type Displayed =
  | Of<"divider"> | Of<"text"> | Of<"markdown"> | Of<"badge"> | Of<"image"> | Of<"code"> | Of<"stat">
  | Of<"keyvalue"> | Of<"button"> | Of<"menu"> | Of<"link">; // biome-ignore format: one block

export function DisplayPart({ node, disabled }: { node: Displayed; disabled: boolean }) {
  switch (node.type) {
    case "divider":
      return <Line node={node} />;
    case "text":
      return <TextPart node={node} />;
    case "markdown":
      return <MarkdownPart node={node} />;
    case "badge":
      return <BadgePart node={node} />;
    case "image":
      return <Picture node={node} />;
    case "code":
      return <CodePart node={node} />;
    case "stat":
      return <StatPart node={node} />;
    case "keyvalue":
      return <Pairs node={node} />;
    case "button":
      return <ButtonPart node={node} disabled={disabled} />;
    case "menu":
      return <MenuPart node={node} disabled={disabled} />;
    default:
      return <LinkPart node={node} />;
  }
}

function Line({ node }: { node: Of<"divider"> }) {
  const label = useWords(node.label);
  return <Divider label={label === "" ? undefined : label} labelPosition="left" />;
}

const levels = { title: "h2", heading: "h3", body: "p", small: "p", label: "p" } as const;

function TextPart({ node }: { node: Of<"text"> }) {
  const As = levels[node.style ?? "body"];
  return (
    <As className={styles.text} data-style={node.style}>
      {useWords(node.text)}
    </As>
  );
}

function MarkdownPart({ node }: { node: Of<"markdown"> }) {
  const text = useWords(node.text);
  return (
    <Suspense fallback={<p>{text}</p>}>
      <Markdown text={text} />
    </Suspense>
  );
}

function toneOf(value: unknown): Tone {
  return tones.includes(String(value)) ? (String(value) as Tone) : "idle";
}

function BadgePart({ node }: { node: Of<"badge"> }) {
  return <StatusBadge tone={toneOf(useBound(node.tone ?? "idle").value)} label={useWords(node.text)} />;
}

const pictures = /^(\/[^/]|data:image\/(png|jpeg|gif|webp);base64,)/;

function Picture({ node }: { node: Of<"image"> }) {
  const { t } = useTranslation("screens");
  const source = String(useBound(node.source).value ?? "");
  const alt = useWords(node.alt);
  if (source === "") return null;
  // An expression may have given an address that the gate would have refused.
  if (!pictures.test(source)) return <Problem text={t("problem.picture")} />;
  return (
    <img src={source} alt={alt} className={styles.image} {...(node.height ? { height: node.height } : {})} />
  );
}

function CodePart({ node }: { node: Of<"code"> }) {
  return <Code block>{asText(useBound(node.text).value)}</Code>;
}

function Pairs({ node }: { node: Of<"keyvalue"> }) {
  const { value, problem } = useBound(node.value ?? null);
  const more = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (problem !== null) return <Problem text={problem} />;
  return (
    <dl className={styles.pairs}>
      {(node.pairs ?? []).map((pair, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pairs have no other name and do not move
        <Pair key={at} pair={pair} />
      ))}
      {more.map(([name, each]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{asText(each)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Pair({ pair }: { pair: Schemas["ShownPair"] }) {
  const label = useWords(pair.label);
  const { value, problem } = useBound(pair.value);
  const tone = useBound(pair.tone ?? null).value;
  const text = problem ?? (value === null || value === undefined ? "–" : asText(value));
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {tone === null || tone === undefined ? text : <StatusBadge plain tone={toneOf(tone)} label={text} />}
      </dd>
    </div>
  );
}

const variants = { filled: "filled", default: "default", subtle: "subtle", danger: "filled" } as const;

function ButtonPart({ node, disabled }: { node: Of<"button">; disabled: boolean }) {
  const { run } = usePage();
  const around = useAround();
  const label = useWords(node.label);
  return (
    <Button
      variant={variants[node.style ?? "default"]}
      {...(node.style === "danger" ? { color: "danger" } : {})}
      disabled={disabled}
      onClick={() => void run(node.on?.["click"], null, around)}
    >
      {label}
    </Button>
  );
}

function MenuPart({ node, disabled }: { node: Of<"menu">; disabled: boolean }) {
  const label = useWords(node.label);
  return (
    <Menu>
      <Menu.Target>
        <Button
          variant="default"
          disabled={disabled}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(node.entries ?? []).map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Entry({ entry }: { entry: Schemas["MenuEntry"] }) {
  const { run } = usePage();
  const around = useAround();
  const label = useWords(entry.label);
  if (!useTruth(entry.visible, true)) return null;
  return <Menu.Item onClick={() => void run(entry.run, null, around)}>{label}</Menu.Item>;
}

const addresses = /^(\/([^/]|$)|https:\/\/|mailto:)/;

function LinkPart({ node }: { node: Of<"link"> }) {
  const label = useWords(node.label);
  const slug = useSlug(node.screen);
  const href = asText(useBound(node.href ?? "").value);
  const search = useBound(node.parameters ?? {}).value as Record<string, unknown> | undefined;
  const navigate = useNavigate();
  if (slug !== null)
    return (
      <Anchor component={Link} to="/s/$slug" params={{ slug } as never} search={(search ?? {}) as never}>
        {label}
      </Anchor>
    );
  if (!addresses.test(href)) return <span>{label}</span>;
  if (href.startsWith("/"))
    return (
      <Anchor
        href={href}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          void navigate({ href });
        }}
      >
        {label}
      </Anchor>
    );
  return (
    <Anchor href={href} target="_blank" rel="noopener noreferrer">
      {label}
    </Anchor>
  );
}
