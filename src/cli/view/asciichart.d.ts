/** The little of asciichart that is used; it ships no types. */
declare module 'asciichart' {
  interface PlotOptions {
    height?: number;
    min?: number;
    max?: number;
    offset?: number;
    /** The label of a line of the chart. */
    format?: (value: number, index: number) => string;
  }
  const asciichart: {
    plot(series: readonly number[] | readonly (readonly number[])[], options?: PlotOptions): string;
  };
  export default asciichart;
}
