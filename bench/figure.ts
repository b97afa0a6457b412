/** A measured figure and its bar. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number;
  /** How the value was measured, for readers of the table. */
  readonly detail: string;
}
