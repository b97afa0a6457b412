/** A name as it stands in a statement, whatever is in it. */
export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A text as it stands in a statement. */
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
