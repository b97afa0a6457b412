/** What the comparison must name, the statements of a superuser that make the difference, and those that end it for other databases of the server. */
export type Planted = readonly [name: string, change: string, undo?: string];

/** Differences that are planted in a restored database, by their kind. */
export type Mutations = Readonly<Record<string, readonly Planted[]>>;
