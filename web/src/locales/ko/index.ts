import common from "./common.json";
import nav from "./nav.json";
import shell from "./shell.json";

/** What every page needs. The other namespaces are named by their file and load with the page that uses them. */
export const messages: Record<string, object> = { common, nav, shell };
