/** One measured figure and the bar it is held against. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number;
  /** How the value came about, for the reader of the table. */
  readonly detail: string;
}
