/** What an HTTPRoute hangs on. */
export interface ParentRef {
  readonly name: string;
  readonly namespace?: string;
  readonly sectionName: string;
}
