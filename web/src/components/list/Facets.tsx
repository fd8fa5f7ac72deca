import styles from "./list.module.css";

export interface FacetOption {
  value: string;
  label: string;
  /** How many there are; undefined where nobody counts, a text such as "500+" where there are more. */
  count?: number | string | undefined;
}

interface Props {
  label: string;
  options: readonly FacetOption[];
  /** The chosen ones; empty means no restriction. */
  chosen: readonly string[];
  /** The word and the count for "no restriction"; without it one option is always chosen. */
  all?: Omit<FacetOption, "value">;
  /** A column beside the list, with its heading, rather than a row above it. */
  column?: boolean;
  /** Several may be chosen: a chosen one is told again, so that it can be taken away. */
  several?: boolean;
  onChoose(value: string | undefined): void;
}

/** The values of one property with how many rows have each, also when that is zero. */
export function Facets({ label, options, chosen, all, column = false, several = false, onChoose }: Props) {
  return (
    <fieldset className={column ? styles.facetColumn : styles.facets} aria-label={label}>
      {column ? <legend className={styles.legend}>{label}</legend> : null}
      {all === undefined ? null : (
        <Choice {...all} pressed={chosen.length === 0} onPress={() => onChoose(undefined)} />
      )}
      {options.map(({ value, ...rest }) => (
        <Choice
          key={value}
          {...rest}
          pressed={chosen.includes(value)}
          onPress={() =>
            onChoose(chosen.includes(value) && all !== undefined && !several ? undefined : value)
          }
        />
      ))}
    </fieldset>
  );
}

interface ChoiceProps extends Omit<FacetOption, "value"> {
  pressed: boolean;
  onPress(): void;
}

function Choice({ label, count, pressed, onPress }: ChoiceProps) {
  return (
    <button type="button" aria-pressed={pressed} onClick={onPress}>
      <span className={styles.choice}>{label}</span>
      {count === undefined ? null : <span className="num"> {count}</span>}
    </button>
  );
}
