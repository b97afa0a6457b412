/** A name, quoted for a statement, whatever it contains. */
export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A text, quoted for a statement. */
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
