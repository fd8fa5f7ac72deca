const itemId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether this is the id of something in the inventory, and not a name. */
export function isItemId(id: string): boolean {
  return itemId.test(id);
}
