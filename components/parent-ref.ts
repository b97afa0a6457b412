/** Listener that an HTTPRoute attaches to. */
export interface ParentRef {
  readonly name: string;
  readonly namespace?: string;
  readonly sectionName: string;
}
