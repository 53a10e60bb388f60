/** How far a long call has come. */
export interface Progress {
  /** What is being done: `"fit"`, `"simulate"`, ... */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}
