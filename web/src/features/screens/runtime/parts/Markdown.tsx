import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import styles from "../runtime.module.css";

const plugins = [remarkGfm];

/** Markdown without HTML; pictures come from this server only. */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className={styles.markdown}>
      <ReactMarkdown
        remarkPlugins={plugins}
        components={{
          img: ({ src, alt }) =>
            typeof src === "string" && /^\/[^/]/.test(src) ? (
              <img src={src} alt={alt ?? ""} />
            ) : (
              <span>{alt}</span>
            ),
          a: ({ href, children }) => (
            <a href={href} target="_blank" rel="noopener noreferrer">
              {children}
            </a>
          ),
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
