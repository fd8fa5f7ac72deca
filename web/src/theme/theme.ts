import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = [
  "#eef4ff",
  "#dbe6ff",
  "#b7ceff",
  "#8fb2ff",
  "#6c98fb",
  "#4c7ff0",
  "#3068e0",
  "#2456c8",
  "#1d48a8",
  "#173a86",
];
const danger: MantineColorsTuple = [
  "#fdeeec",
  "#fbd9d6",
  "#f6b3ad",
  "#f08b83",
  "#ea695f",
  "#dd4b40",
  "#c9362b",
  "#b3261e",
  "#951d17",
  "#781510",
];
const dark: MantineColorsTuple = [
  "#e2e7ee",
  "#b3bdca",
  "#97a3b3",
  "#7b8797",
  "#404b5a",
  "#2b333f",
  "#212832",
  "#191e26",
  "#12161c",
  "#0f1318",
];

const control = { "--input-height": "30px", "--input-fz": "13px" };

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  colors: { accent, danger, dark },
  fontFamily: "var(--ol-font)",
  fontFamilyMonospace: "var(--ol-mono)",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "1.4", sm: "1.5", md: "1.5", lg: "1.4", xl: "1.3" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "3px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  defaultRadius: "sm",
  headings: {
    fontWeight: "650",
    sizes: { h1: { fontSize: "18px" }, h2: { fontSize: "15px" }, h3: { fontSize: "13px" } },
  },
  respectReducedMotion: true,
  cursorType: "pointer",
  // By name, not by import: naming a component here must not load it with the first page.
  components: {
    Button: {
      defaultProps: { size: "xs" },
      vars: () => ({ root: { "--button-height": "30px", "--button-fz": "13px" } }),
    },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: 28 } },
    Input: { vars: () => ({ wrapper: control }) },
    // The kit's small size would put descriptions at 10 px: Hangul is not read below 12.
    InputWrapper: {
      vars: () => ({
        label: { "--input-label-size": "13px" },
        error: { "--input-error-size": "12px" },
        description: { "--input-description-size": "12px" },
      }),
    },
    TextInput: { defaultProps: { size: "xs" } },
    PasswordInput: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs", comboboxProps: { shadow: "md" } } },
    MultiSelect: { defaultProps: { size: "xs", comboboxProps: { shadow: "md" } } },
    Badge: { defaultProps: { radius: "sm", variant: "light", tt: "none", fw: 550 } },
    Menu: { defaultProps: { shadow: "md", transitionProps: { duration: 120 } } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 140 } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, fz: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
  },
});

const shared = {
  "--mantine-color-body": "var(--ol-surface)",
  "--mantine-color-text": "var(--ol-text)",
  "--mantine-color-dimmed": "var(--ol-text-3)",
  "--mantine-color-placeholder": "var(--ol-text-3)",
  "--mantine-color-anchor": "var(--ol-accent)",
  "--mantine-color-default": "var(--ol-surface)",
  "--mantine-color-default-hover": "var(--ol-hover)",
  "--mantine-color-default-border": "var(--ol-border)",
  "--mantine-color-error": "var(--ol-critical)",
  "--mantine-shadow-md": "var(--ol-shadow)",
  "--mantine-shadow-lg": "var(--ol-shadow)",
  "--mantine-shadow-xl": "var(--ol-shadow)",
};

/** Mantine's own variables take their values from our tokens, so that both schemes have one source. */
export const variables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
