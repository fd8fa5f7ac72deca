/** The trace of this page's last request: an error of the page is looked for there. */
let latest: string | null = null;

export const lastTrace = {
  note(id: string | null): void {
    if (id !== null) latest = id;
  },
  read: () => latest,
};
